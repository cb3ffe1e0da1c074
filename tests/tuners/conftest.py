"""A small folder of points, the command as a user runs it, and what every test of a search needs."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from datasets.types import Samples, TuningSplit
from imld_synth import write_csv

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves a test's own folder off the path

from memory_study import Lab

from tuners.cli import main
from tuners.contest.book import Book
from tuners.store import Store

SIZES = {"train": 400, "dev": 200, "eval": 200}

# Read where Ray is imported. Its own patience with the start of a node, 30 seconds, is too little for a busy machine.
os.environ.setdefault("RAY_raylet_start_wait_time_s", "240")

#: The keras backend of studies whose networks do not matter: it compiles nothing, so a trial takes moments.
QUICK = {"KERAS_BACKEND": "torch"}


def write_points(folder: Path, **sizes: int) -> Path:
    """Two overlapping clouds as train.csv, dev.csv and eval.csv."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name, count in (SIZES | sizes).items():
        y = rng.integers(0, 2, count)
        write_csv(folder / f"{name}.csv", rng.normal(size=(count, 2)) + 2 * y[:, None], y)
    return folder


@pytest.fixture(scope="session", autouse=True)
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Functions that Vizier's library has compiled in one process, for all others: a third of its search."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAX_COMPILATION_CACHE_DIR", str(shared / "compiled"))
        patch.setenv("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
        yield


@pytest.fixture(scope="session")
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one's own with 400, 200 and 200 points of two classes; nearest means err by about 8 %."""
    return write_points(tmp_path_factory.mktemp("points") / "own")


@pytest.fixture(scope="session")
def many_points(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with so many points that a training takes seconds: there is time to kill it in the middle."""
    return write_points(tmp_path_factory.mktemp("points") / "many", train=15_000)


#: What a network sees of a sample of each kind, as small as the models allow.
SHAPES = {
    "points2d": (2,),
    "eeg": (12, 12, 15),
    "patches": (40, 40, 3),
    "images": (32, 32, 3),
    "small-images": (8, 8, 1),
    "large-images": (40, 40, 3),
}


def toy_samples(kind: str, count: int, seed: int) -> Samples:
    """Samples of two classes that are easy to tell apart."""
    rng = np.random.default_rng(seed)
    y = np.arange(count) % 2
    x = rng.normal(size=(count, *SHAPES[kind]))
    level = y.reshape(-1, *(1 for _ in SHAPES[kind]))
    match kind:
        case "points2d":
            return Samples(x + 3 * level, y)
        case "eeg":
            return Samples((x * (1 + 4 * level)).astype(np.float32), y)
        case _:
            return Samples((90 + 60 * level + 10 * x).clip(0, 255).astype(np.uint8), y)


@pytest.fixture(scope="session")
def toy() -> Callable[[str], TuningSplit]:
    """`toy(kind)`: 48 and 24 samples of a kind, of two classes."""
    return lambda kind: TuningSplit(toy_samples(kind, 48, 1), toy_samples(kind, 24, 2), kind)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store of its own, in a folder that is made with it."""
    store = Store(str(tmp_path / "runs" / "s.sqlite"))
    yield store
    store.close()


@pytest.fixture
def book(store: Store) -> Book:
    """The contests of that store."""
    return Book(store)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A study in a store of its own whose trials are answered from memory."""
    return Lab(Store(str(tmp_path / "s.sqlite")))


@pytest.fixture(scope="session")
def quick() -> dict[str, str]:
    """An environment in which trials of Keras networks take moments."""
    return dict(QUICK)


@pytest.fixture(scope="session")
def environment() -> Callable[..., dict[str, str]]:
    """`environment(KEY="value")`: that of a user who has set nothing of Handtune's own."""

    def make(**changes: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HANDTUNE_", "KERAS_BACKEND"))}
        return {**kept, **changes}

    return make


@pytest.fixture(scope="session")
def command(
    repo_root: Path, environment: Callable[..., dict[str, str]]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`command("--list")` runs python tuners/run.py --list in the root of the repository."""

    def run(
        *words: str, program: tuple[str, ...] = ("tuners/run.py",), limit: float = 240, **changes: str
    ) -> subprocess.CompletedProcess[str]:
        process = subprocess.Popen(
            [sys.executable, *program, *words],
            cwd=repo_root,
            env=environment(**changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # its workers too
            raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    return run


@pytest.fixture(scope="session")
def inside(environment: Callable[..., dict[str, str]]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`inside("--list", KEY="value")`: what `command` says, from this process.

    For studies whose process is not what is tested: each would import the libraries of its searchers once more.
    """

    def run(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
        import keras  # noqa: F401  # with the backend that this process's other tests mean: the first import decides

        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            wanted = environment(**changes)
            for name in os.environ.keys() - wanted.keys():
                patch.delenv(name)
            for name, value in changes.items():
                patch.setenv(name, value)
            code = main(list(words))
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    return run
