"""The corpus as a tree of files, written whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from datasets.eeg.standin.case import Case, write_case
from datasets.standin import check_arguments, write_whole

DEFAULT_PATIENTS: Final = 65
# Raise it with every change that changes bytes: a corpus of another version is not taken for an equal one.
GENERATOR_VERSION: Final = 1


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
    check_arguments(patients, difficulty, seed, workers, DEFAULT_PATIENTS)
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
    write = partial(_write_patient, difficulty, seed)
    write_whole(out, card, write, range(patients), patients, workers, progress)


def _write_patient(difficulty: float, seed: int, root: Path, index: int) -> int:
    write_case(Case(root, index, difficulty, seed))
    return 1
