"""`--second-dev SHARE`: a part of dev on which nothing is selected, stopped or tuned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from datasets.errors import UsageError
from datasets.train_limit import stratified_rows
from datasets.types import Features, IntArray, Samples, TuningSplit

#: Random orders of the patients among which the division closest to the share is taken.
ORDERS = 50


def divide_dev(split: TuningSplit, share: float, classes: int, seed: int) -> TuningSplit:
    """The split with dev divided in two: `dev`, which a search learns, and `second`, which it does not."""
    rows = second_rows(split.dev, share, classes, seed)
    rest = np.setdiff1d(np.arange(len(split.dev)), rows)
    return replace(split, dev=_take(split.dev, rest), second=_take(split.dev, rows))


def second_rows(dev: Samples, share: float, classes: int, seed: int) -> IntArray:
    """Rows of dev that make up the second dev set, ascending: about `share` of every class.

    Whole patients where samples belong to patients: a second dev set that shared patients with dev would not
    measure what is lost on new ones.
    """
    rng = np.random.default_rng(seed)
    if dev.patients is None:
        return stratified_rows(dev.y, round(share * len(dev)), classes, rng)
    owners, index = np.unique(dev.patients, return_inverse=True)
    counts = np.zeros((len(owners), classes))
    np.add.at(counts, (index, dev.y), 1)
    held = _held_out(counts / np.maximum(counts.sum(axis=0), 1), share, rng)
    return np.flatnonzero(held[index])


def check_second(dev: Samples, rows: IntArray, class_names: Sequence[str]) -> None:
    """Raises UsageError where a class of dev is missing from one of the two parts."""
    whole = np.bincount(dev.y, minlength=len(class_names))
    second = np.bincount(dev.y[rows], minlength=len(class_names))
    for name, count, part in zip(class_names, whole.tolist(), second.tolist(), strict=True):
        if count and part in (0, count):
            owners = "" if dev.patients is None else _owners(dev, class_names.index(name))
            raise UsageError(
                f"--second-dev divides dev in two parts with every class in both, and class {name} has too few samples "
                f"there ({count}{owners}) for this share; take a share nearer to 0.5, more dev samples, or no --second-dev"
            )


def _held_out(weights: NDArray[np.float64], share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which patients are held out, by their shares of each class, shape (patients, classes).

    In a random order a patient is taken where that brings the shares of the classes nearer to `share`; of
    several orders the one that comes nearest counts.
    """
    best, least = np.zeros(len(weights), dtype=np.bool_), np.inf
    for _ in range(ORDERS):
        taken, total = np.zeros(len(weights), dtype=np.bool_), np.zeros(weights.shape[1])
        away = _distance(total, share)
        for patient in rng.permutation(len(weights)):
            with_it = _distance(total + weights[patient], share)
            if with_it < away:
                taken[patient], total, away = True, total + weights[patient], with_it
        if away < least:
            best, least = taken, away
    return best


def _distance(shares: NDArray[np.float64], share: float) -> float:
    return float(np.sum((shares - share) ** 2))


def _owners(dev: Samples, label: int) -> str:
    assert dev.patients is not None
    count = len(np.unique(dev.patients[dev.y == label]))
    return f" of {count} patient{'s' * (count != 1)}"


def _take(samples: Samples, rows: IntArray) -> Samples:
    patients = None if samples.patients is None else samples.patients[rows]
    x = samples.x[rows] if samples.x.ndim == 2 else cast(Features, _Rows(samples.x, rows))
    return Samples(x, samples.y[rows], patients)


class _Rows:
    """Some rows of an array that may be mapped from a file and larger than memory: read when asked for."""

    def __init__(self, x: Features, rows: IntArray) -> None:
        self._x = x
        self._rows = rows
        self.shape = (len(rows), *x.shape[1:])
        self.dtype = x.dtype
        self.ndim = x.ndim

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, rows: Any) -> Features:
        part: Features = self._x[self._rows[rows]]
        return part
