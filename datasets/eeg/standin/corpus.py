"""The corpus as a tree of files, written whole or not at all."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Final

from datasets.eeg.standin.case import Case, write_case
from datasets.errors import UsageError

DEFAULT_PATIENTS: Final = 65
# Raise it with every change that changes bytes: a corpus of another version is not taken for an equal one.
GENERATOR_VERSION: Final = 1
_FEWEST_PATIENTS: Final = 6
_CARD: Final = "STAND-IN.json"


def write_corpus(
    out: Path,
    *,
    patients: int = DEFAULT_PATIENTS,
    difficulty: float = 0.5,
    seed: int = 0,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write a stand-in for TUSZ v2.0.x into the folder `out`.

    patients: at least 6, shared out over train, dev and eval 60/20/20. difficulty: 0 (easy) to 1 (hard).
    workers: processes; they change the time only, never a byte. progress: called with (patients written,
    patients) as they are finished.

    An equal corpus that is there already is kept. Raises UsageError for an impossible argument and where
    `out` holds anything else.
    """
    _check(patients, difficulty, seed, workers)
    card = _card(patients, difficulty, seed)
    if _is_kept(out, card):
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    # A folder beside it, renamed at the end: a run that is killed leaves nothing at `out`.
    unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}.unfinished-", dir=out.parent))
    try:
        # mkdtemp makes folders for their owner only; a corpus is readable as any other folder is.
        (root := unfinished / "corpus").mkdir()
        cases = [Case(root, index, difficulty, seed) for index in range(patients)]
        for done, _ in enumerate(_written(cases, workers), start=1):
            if progress is not None:
                progress(done, patients)
        (root / _CARD).write_text(card, encoding="utf-8")
        if out.exists():
            out.rmdir()
        root.rename(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _written(cases: list[Case], workers: int) -> Iterator[None]:
    """Yields once for each patient that is written."""
    if workers == 1:
        for case in cases:
            write_case(case)
            yield
        return
    # Spawned, because a fork of a process with threads (those of BLAS) may hang.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(cases)), mp_context=context) as pool:
        futures = [pool.submit(write_case, case) for case in cases]
        try:
            for future in as_completed(futures):
                future.result()
                yield
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _check(patients: int, difficulty: float, seed: int, workers: int) -> None:
    if patients < _FEWEST_PATIENTS:
        raise UsageError(
            f"--patients {patients}: a stand-in needs {_FEWEST_PATIENTS} patients or more, so that each of"
            f" train, dev and eval has some; the default is {DEFAULT_PATIENTS}."
        )
    if not 0 <= difficulty <= 1:
        raise UsageError(
            f"--difficulty {difficulty:g}: it goes from 0 (easy) to 1 (hard); the default is 0.5."
        )
    if seed < 0:
        raise UsageError(f"--seed {seed}: a seed is 0 or a positive whole number.")
    if workers < 1:
        raise UsageError(f"--workers {workers}: at least one process has to write.")


def _card(patients: int, difficulty: float, seed: int) -> str:
    card = {
        "kind": "eeg",
        "generator_version": GENERATOR_VERSION,
        "patients": patients,
        "difficulty": float(difficulty),
        "seed": seed,
        "source": (
            f"Stand-in for TUSZ: made-up EEG of {patients} made-up patients (difficulty {difficulty:g}, seed"
            f" {seed}); its figures are never to be put beside figures on TUSZ without saying so."
        ),
    }
    return json.dumps(card, indent=2) + "\n"


def _is_kept(out: Path, card: str) -> bool:
    """Whether the same corpus is there. Raises UsageError where something else is."""
    if not out.exists():
        return False
    if not out.is_dir():
        raise UsageError(f"{out}: a file is in the way; name a folder for the stand-in.")
    if not any(out.iterdir()):
        return False
    there = out / _CARD
    # The card is written last, so its presence says that the corpus is whole.
    if there.is_file() and there.read_text(encoding="utf-8", errors="replace") == card:
        return True
    what = "another stand-in corpus" if there.is_file() else "other files"
    raise UsageError(f"{out}: the folder holds {what}; name an empty or a new folder, or delete it first.")
