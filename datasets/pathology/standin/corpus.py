"""The tree of a stand-in corpus in the layout of TUDP v3: patients, splits, workers, atomic finish."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from datasets.errors import UsageError
from datasets.pathology.standin.slide import render, write_slide
from datasets.pathology.standin.traits import draw_traits
from datasets.types import SplitName

DEFAULT_PATIENTS: Final = 40
MIN_PATIENTS: Final = 6
#: Part of STAND-IN.json; goes up whenever equal arguments give other bytes than before.
GENERATOR_VERSION: Final = 1
RECORD: Final = "STAND-IN.json"
SENTENCE: Final = (
    "Made-up H&E-like slides in the file formats of the TUDP corpus, drawn by a program: no tissue, no "
    "patient; never compare figures on it with figures on TUDP without saying so."
)


@dataclass(frozen=True)
class Patient:
    """number: from 0; folder and file names come from it. slides: how many."""

    number: int
    split: SplitName
    slides: int

    @property
    def name(self) -> str:
        letters, rest = "", self.number
        for _ in range(8):
            letters, rest = chr(ord("a") + rest % 26) + letters, rest // 26
        return f"{self.number + 1:08d}_{letters}"


def write_corpus(
    out: Path,
    *,
    patients: int = DEFAULT_PATIENTS,
    difficulty: float = 0.5,
    seed: int = 0,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Writes a stand-in for the TUDP corpus to `out`: slides, regions and STAND-IN.json.

    patients: about 60 % go to train, 20 % each to dev and eval. difficulty: 0 (easy) to 1. workers:
    processes; their number changes nothing in the files. progress: called with slides done and in all.
    Written to a folder beside `out` and renamed when complete. A finished stand-in of the same
    parameters is kept as it is.
    Raises UsageError for impossible arguments, for an `out` that holds anything else, and where `out`
    cannot be written.
    """
    _check(patients, difficulty, seed, workers)
    record = _record(patients, difficulty, seed)
    if _is_there(out, record):
        return
    everybody = draw_patients(patients)
    total, done = sum(patient.slides for patient in everybody), 0
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        try:
            for count in _run(everybody, temporary, difficulty, seed, workers):
                done += count
                if progress is not None:
                    progress(done, total)
            (temporary / RECORD).write_text(record, encoding="utf-8", newline="\n")
            temporary.chmod(0o755)
            if out.exists():
                out.rmdir()
            temporary.rename(out)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"the stand-in cannot be written to {out}: {error.strerror or error}. Choose another folder."
        ) from None


def draw_patients(count: int) -> list[Patient]:
    """Splits by patient, spread evenly over the numbers; every second patient of a split has two slides."""
    dev = max(1, round(0.2 * count))
    shares: tuple[tuple[SplitName, int], ...] = (("train", count - 2 * dev), ("dev", dev), ("eval", dev))
    splits = [name for name, share in shares for _ in range(share)]
    # The order must not tell the split; it is fixed, so that a patient keeps it under every seed.
    order = np.random.default_rng(count).permutation(count)
    seen: dict[SplitName, int] = {"train": 0, "dev": 0, "eval": 0}
    everybody = []
    for number in range(count):
        split = splits[int(order[number])]
        seen[split] += 1
        everybody.append(Patient(number, split, 2 if seen[split] % 2 else 1))
    return everybody


def write_patient(root: Path, patient: Patient, difficulty: float, seed: int) -> int:
    """All slides of one patient below `root`; returns their number."""
    own, *slides = np.random.SeedSequence([seed, patient.number]).spawn(1 + patient.slides)
    tissue, colours = own.spawn(2)
    traits = draw_traits(np.random.default_rng(tissue))
    folder = root / "svs" / patient.split / patient.name / "s000_2017" / "breast"
    folder.mkdir(parents=True)
    for index, stream in enumerate(slides):
        name = f"{patient.name}_s000_0hne_{index:04d}_a005_lvl001_t000"
        # One slide in six has its regions as .xml only, another one in both forms.
        form = (patient.number + index) % 6
        slide = render(colours, stream, traits, difficulty)
        write_slide(folder, name, slide, csv=form != 5, xml=form in (2, 5))
    return patient.slides


def _run(
    everybody: Iterable[Patient], root: Path, difficulty: float, seed: int, workers: int
) -> Iterator[int]:
    if workers == 1:
        for patient in everybody:
            yield write_patient(root, patient, difficulty, seed)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = [pool.submit(write_patient, root, patient, difficulty, seed) for patient in everybody]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _check(patients: int, difficulty: float, seed: int, workers: int) -> None:
    if patients < MIN_PATIENTS:
        raise UsageError(
            f"a stand-in needs at least {MIN_PATIENTS} patients for three splits, not {patients}. "
            f"The default is {DEFAULT_PATIENTS}."
        )
    if not 0.0 <= difficulty <= 1.0:
        raise UsageError(f"difficulty lies between 0 (easy) and 1 (hard), not at {difficulty}. Try 0.5.")
    if seed < 0:
        raise UsageError(f"a seed is 0 or more, not {seed}. Try {-seed}.")
    if workers < 1:
        raise UsageError(f"at least 1 worker is needed, not {workers}. Give the number of cores.")


def _record(patients: int, difficulty: float, seed: int) -> str:
    record = {
        "stand_in": "pathology",
        "generator_version": GENERATOR_VERSION,
        "patients": patients,
        "difficulty": float(difficulty),
        "seed": seed,
        "about": SENTENCE,
    }
    return json.dumps(record, indent=2) + "\n"


def _is_there(out: Path, record: str) -> bool:
    """True for a finished stand-in of these parameters, False for nothing or an empty folder."""
    if not out.exists():
        return False
    if not out.is_dir():
        raise UsageError(f"{out} is a file; the stand-in needs a folder. Choose another name.")
    if not any(out.iterdir()):
        return False
    path = out / RECORD
    if path.is_file():
        if path.read_text(encoding="utf-8", errors="replace") == record:
            return True
        raise UsageError(
            f"{out} holds a stand-in of other parameters (see {RECORD} there). Choose another folder or "
            "delete that one."
        )
    raise UsageError(f"{out} is not empty. Choose a folder that is empty or not there yet.")
