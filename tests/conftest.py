"""What every test may use."""

from __future__ import annotations

import importlib
import os
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

# One thread a process, as trials have: small networks on two threads of a busy machine are many times slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Before anything imports tensorflow: its start-up lines would drown a failure.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# Seconds on a busy machine say nothing about a property.
settings.register_profile("handtune", deadline=None, print_blob=True)
settings.load_profile("handtune")

#: Patients of the stand-in corpora that tests share: the fewest there may be.
PATIENTS = 6

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The folder that holds the Makefile and the packages."""
    return ROOT


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`small_corpus("11")`: a stand-in corpus of six patients, written once; tests read it only."""

    @cache
    def corpus(name: str) -> Path:
        from datasets.source import sources

        folder = tmp_path_factory.mktemp("corpus") / name
        sources()[name].standin().write(folder, patients=PATIENTS, workers=2)
        return folder

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
