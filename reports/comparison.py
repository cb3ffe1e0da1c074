"""Tuners against each other: what their searches found, from one study's records. Numbers only.

A block is one repeat of one model: there all tuners started from the same seed, on the same data, with the
same budget. What is compared within blocks is therefore the tuner, and chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports import statistics
from tuners.path import Step, path, searches
from tuners.record import HAND, TrialRecord
from tuners.store import Store
from tuners.summary import SystemSummary, summarize

#: The tuner that the others are tested against.
REFERENCE = "keras-random"

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


@dataclass(frozen=True)
class Ranking:
    """Mean ranks over complete blocks, 1 for the lowest eval error, and what tests make of them.

    errors: eval errors, shape (blocks, tuners). against: by tuner the mean difference to the reference
    (positive: worse), its p-value, and that after Holm's correction.
    """

    tuners: Sequence[str]
    errors: NDArray[np.float64]
    mean_ranks: NDArray[np.float64]
    friedman: float
    reference: str | None
    against: Mapping[str, tuple[float, float, float]]

    @property
    def blocks(self) -> int:
        return len(self.errors)


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
    low, high = statistics.bootstrap_band(curves)
    return Band(x, curves.mean(axis=0), low, high, len(known))


def tuned(systems: Sequence[SystemSummary]) -> list[SystemSummary]:
    """The systems that an autotuner searched, or a person's list in its place."""
    return [system for system in systems if system.tuner != HAND or system.label.endswith(f"({HAND})")]


def ranking(store: Store, study_name: str) -> Ranking | None:
    """None where fewer than two tuners have scored repeats in common."""
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
    tuners = list(scored)
    errors = np.array([[scored[tuner][block] for tuner in tuners] for block in common])
    reference = REFERENCE if REFERENCE in tuners else None
    return Ranking(
        tuners,
        errors,
        statistics.ranks(errors).mean(axis=0),
        statistics.friedman(errors) if len(tuners) > 2 else statistics.sign_flip(errors[:, 0] - errors[:, 1]),
        reference,
        {} if reference is None else _against(tuners, errors, reference),
    )


def _against(
    tuners: Sequence[str], errors: NDArray[np.float64], reference: str
) -> dict[str, tuple[float, float, float]]:
    base = errors[:, tuners.index(reference)]
    others = [tuner for tuner in tuners if tuner != reference]
    differences = [errors[:, tuners.index(tuner)] - base for tuner in others]
    p_values = [statistics.sign_flip(difference) for difference in differences]
    adjusted = statistics.holm(p_values)
    return {
        tuner: (float(difference.mean()), p, corrected)
        for tuner, difference, p, corrected in zip(others, differences, p_values, adjusted, strict=True)
    }


def verdict(found: Ranking) -> str:
    """What the repeats allow to say about the tuners, in plain words and no more than that."""
    blocks, tests = found.blocks, len(found.against)
    again = f"{blocks} paired repeat{'s' * (blocks != 1)}"
    if found.reference is None or not tests:
        return f"Random search did not take part, so nothing can be said of these tuners beyond their ranks over {again}."
    needed = statistics.pairs_needed(tests)
    if blocks < needed:
        return (
            f"With {again} no difference from random search, however large, could be told from chance: {tests} "
            f"comparison{'s' * (tests != 1)} at the 5 % level need at least {needed} repeats. The figures above describe what "
            "happened; they show no tuner to be better than another."
        )
    better = [tuner for tuner, (gap, _, p) in found.against.items() if p < 0.05 and gap < 0]
    worse = [tuner for tuner, (gap, _, p) in found.against.items() if p < 0.05 and gap > 0]
    parts = []
    for group, word in ((better, "lower"), (worse, "higher")):
        for tuner in group:
            gap, _, p = found.against[tuner]
            parts.append(
                f"{tuner} has an eval error {100 * abs(gap):.2f} points {word} than random search on average "
                f"({_p(p)} after Holm's correction)"
            )
    if not parts:
        return (
            f"Over {again} no tuner's eval error can be told from that of random search (smallest p after Holm's correction: "
            f"{min(p for _, _, p in found.against.values()):.2f}). That is no proof that they are alike: smaller differences "
            "than the intervals above are wide would not have been seen."
        )
    others = [tuner for tuner in found.against if tuner not in better + worse]
    text = f"Over {again}, {'; '.join(parts)}."
    if others:
        text += f" No difference from random search is shown for {', '.join(others)}."
    return f"{text} This holds for this data set, model and budget."


def _p(value: float) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {value:.3f}"
