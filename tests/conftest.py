"""What every test may use."""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# One thread a process, as trials have: small networks on two threads of a busy machine are many times slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# For the processes that are started from here, xdist's as well: glibc gives the memory of a large array back at once,
# and the kernel hands it out again page by page. With its own it takes a fifth less to make and to look at slides.
os.environ.setdefault("MALLOC_MMAP_THRESHOLD_", str(2**28))
os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", str(2**29))
os.environ.setdefault("MALLOC_TOP_PAD_", str(2**26))
# Before anything imports tensorflow: its start-up lines would drown a failure.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Imports of large libraries, and assertions rewritten, make millions of objects that stay: looking through them all
# for garbage again and again took a quarter of the time of collecting the tests.
gc.set_threshold(100_000, 20, 50)

# Seconds on a busy machine say nothing about a property.
settings.register_profile("handtune", deadline=None, print_blob=True)
settings.load_profile("handtune")

#: Patients of the stand-in corpora that tests share: as many as tell whether pathology's are hard in the right way,
#: and the fewest there may be.
PATIENTS = {"11": 9, "12": 6}
FEWEST = 6

#: Files of a minute or more, the longest first. They are begun first, so that no process is left alone with one.
LONG = (
    "test_tuners_searchers",
    "test_tuners_resume",
    "test_tuners_ray_engine",
    "test_pathology_standin",
    "test_tuners_corpora",
    "test_tuners_acceptance",
    "test_tuners_cli",
    "test_tuners_hypermodels",
    "test_eeg_standin_hardness",
    "test_browser_contest",
    "test_browser_pages",
    "test_browser_dashboard",
)

ROOT = Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONG)))


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The folder that holds the Makefile and the packages."""
    return ROOT


@pytest.fixture(scope="session")
def whole_corpus(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`whole_corpus("11")`: a stand-in corpus of PATIENTS["11"] patients; tests read it only.

    Written once a run, whatever the number of its processes: their temporary folders lie side by side.
    """
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own

    @cache
    def corpus(name: str) -> Path:
        from datasets.source import sources

        folder = shared / "corpora" / name
        folder.parent.mkdir(exist_ok=True)
        with (shared / f"corpus-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            # A finished one is kept.
            sources()[name].standin().write(folder, patients=PATIENTS[name], workers=2)
        return folder

    return corpus


@pytest.fixture(scope="session")
def small_corpus(
    whole_corpus: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """`small_corpus("11")`: the first six patients of the stand-in corpus, in its files; tests read it only."""

    @cache
    def corpus(name: str) -> Path:
        whole = whole_corpus(name)
        if PATIENTS[name] == FEWEST:
            return whole
        patients = sorted({path.name for path in whole.glob("svs/*/*")})
        small = tmp_path_factory.mktemp("corpora") / name
        beyond = shutil.ignore_patterns(*patients[FEWEST:])
        return Path(shutil.copytree(whole, small, ignore=beyond, copy_function=os.link))

    return corpus


@pytest.fixture
def answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`answer("datasets", "list")`: what python -m datasets list says in tmp_path, without the start of a process.

    Each command is run as a process too, by one test or another; this is for its many answers.
    """

    def run(module: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        main = importlib.import_module(f"{module}.__main__").main
        capfd.readouterr()
        with monkeypatch.context() as patch:
            patch.chdir(tmp_path)
            patch.delenv("HANDTUNE_STORE", raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            code = main(list(words))
        out, err = capfd.readouterr()
        return subprocess.CompletedProcess([module, *words], code, out, err)

    return run


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the real sets (set_08, set_10, ...), which are not part of the repository."""
    named = os.environ.get("HANDTUNE_SHARED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data" / "isip"
    if not folder.is_dir():
        pytest.skip(f"the real sets are not here: no folder {folder} (HANDTUNE_SHARED_DATA names another)")
    return folder
