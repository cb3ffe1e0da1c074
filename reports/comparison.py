"""Tuners against each other: what their searches found, from one study's records. Numbers only.

A block is one repeat of one model: there all tuners started from the same seed, on the same data, with the
same budget. What is compared within blocks is therefore the tuner, and chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from reports.statistics import Several, bootstrap_band, compare_systems, sentences
from tuners.path import Step, path, searches
from tuners.record import HAND, REFERENCE, ScoreRecord, TrialRecord
from tuners.store import Store
from tuners.summary import SystemSummary, summarize

#: What a best-so-far curve is drawn against.
SCALES: Mapping[str, Callable[[Step], float]] = {
    "trials": lambda step: step.trials,
    "epochs": lambda step: step.epochs,
    "seconds": lambda step: step.seconds,
}

#: Points of a curve.
POINTS = 200


@dataclass(frozen=True)
class Band:
    """Mean best dev error of a system's searches, with the 95 % bootstrap band of that mean; shapes (points,).

    Begins where every search has found something, and ends where the first of them had spent its budget.
    """

    x: NDArray[np.float64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    searches: int


def bands(trials: Sequence[TrialRecord], scale: str) -> dict[str, Band]:
    """By system; without those of which no search found anything."""
    by_system: dict[str, list[list[Step]]] = {}
    for (system, _), own in searches(trials).items():
        by_system.setdefault(system, []).append(path(own))
    return {
        system: band
        for system, paths in by_system.items()
        if (band := _band(paths, SCALES[scale])) is not None
    }


def _band(paths: list[list[Step]], spent: Callable[[Step], float]) -> Band | None:
    known = [[step for step in steps if step.best is not None] for steps in paths]
    if not all(known):
        return None
    start = max(spent(steps[0]) for steps in known)
    end = min(spent(steps[-1]) for steps in known)
    if end < start:
        return None
    x = np.unique(np.concatenate([[spent(step) for step in steps] for steps in known] + [[start, end]]))
    x = x[(x >= start) & (x <= end)]
    if len(x) > POINTS:
        x = np.linspace(start, end, POINTS)
    curves = np.empty((len(known), len(x)))
    for row, steps in enumerate(known):
        at = np.searchsorted([spent(step) for step in steps], x, side="right") - 1
        curves[row] = np.array([step.best for step in steps])[at]
    low, high = bootstrap_band(curves)
    return Band(x, curves.mean(axis=0), low, high, len(known))


def wrong_by_patient(scores: Sequence[ScoreRecord], split: str) -> dict[str, tuple[int, float]]:
    """By patient of a split: their samples, and how many of them are answered wrongly, mean over the final trainings.

    Empty where samples belong to no patient.
    """
    counts = [score.patients[split] for score in scores if score.patients.get(split)]
    found: dict[str, tuple[int, float]] = {}
    for patient, samples, _ in counts[0] if counts else ():
        wrong = [errors for training in counts for name, _, errors in training if name == patient]
        found[patient] = (int(samples), fmean(wrong))
    return found


def tuned(systems: Sequence[SystemSummary]) -> list[SystemSummary]:
    """The systems that an autotuner searched, or a person's list in its place."""
    return [system for system in systems if system.tuner != HAND or system.label.endswith(f"({HAND})")]


def ranking(store: Store, study_name: str) -> Several | None:
    """Tuners over complete blocks by eval error, against random search where it took part, else each with each.

    None where fewer than two tuners have scored repeats in common.
    """
    rows = tuned(summarize(store, study_name).systems)
    scored: dict[str, dict[tuple[str, int], float]] = {}
    for row in rows:
        for score in row.scores:
            scored.setdefault(row.tuner, {})[row.learner, score.repeat] = score.errors["eval"]
    if len(scored) < 2:
        return None
    common = sorted(set.intersection(*(set(blocks) for blocks in scored.values())))
    if not common:
        return None
    errors = [[blocks[block] for blocks in scored.values()] for block in common]
    return compare_systems(list(scored), errors, REFERENCE if REFERENCE in scored else None)


def verdict(found: Several) -> str:
    """What the repeats allow to say about the tuners, in plain words and no more than that."""
    return sentences.several(
        found,
        word="tuner",
        reference=None if found.reference is None else "random search",
        scope="This holds for this data set, model and budget.",
    )
