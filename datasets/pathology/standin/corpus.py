"""The tree of a stand-in corpus in the layout of TUDP v3: patients, splits, workers, atomic finish."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from datasets.pathology.standin.slide import render, write_slide
from datasets.pathology.standin.traits import draw_traits
from datasets.standin import check_arguments, write_whole
from datasets.types import SplitName

DEFAULT_PATIENTS: Final = 40
#: Part of STAND-IN.json; goes up whenever equal arguments give other bytes than before.
GENERATOR_VERSION: Final = 1
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
    check_arguments(patients, difficulty, seed, workers, DEFAULT_PATIENTS)
    card = {
        "stand_in": "pathology",
        "generator_version": GENERATOR_VERSION,
        "patients": patients,
        "difficulty": float(difficulty),
        "seed": seed,
        "about": SENTENCE,
    }
    everybody = draw_patients(patients)
    total = sum(patient.slides for patient in everybody)
    write = partial(write_patient, difficulty=difficulty, seed=seed)
    write_whole(out, card, write, everybody, total, workers, progress)


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
