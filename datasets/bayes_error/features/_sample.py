"""Rows that stand for all: chosen at random, with the shares of patients and classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datasets.types import IntArray, Samples


def rows(samples: Samples, limit: int, rng: np.random.Generator) -> IntArray:
    """At most `limit` different rows, ascending. Each class of each patient keeps its share, to one row."""
    groups = _groups(samples.y, samples.patients)
    shuffled = rng.permutation(len(groups))
    by_group = shuffled[np.argsort(groups[shuffled], kind="stable")]
    sizes = np.bincount(groups)
    starts = np.cumsum(sizes) - sizes
    # Rows of a group spread evenly over [0, 1): the first of all these are the same share of each.
    rank = np.arange(len(groups)) - np.repeat(starts, sizes)
    place = (rank + np.repeat(rng.random(len(sizes)), sizes)) / np.repeat(sizes, sizes)
    chosen: IntArray = np.sort(by_group[np.argsort(place, kind="stable")[:limit]])
    return chosen


def held_out(samples: Samples, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Rows to hold out, about `share` of them: whole patients where there are any, else some of each class."""
    if samples.patients is None or len(np.unique(samples.patients)) < 2:
        out = np.zeros(len(samples), dtype=bool)
        out[rows(Samples(samples.x, samples.y), max(1, round(share * len(samples))), rng)] = True
        return out
    people = rng.permutation(np.unique(samples.patients))
    return np.isin(samples.patients, people[: max(1, round(share * len(people)))])


def _groups(y: IntArray, patients: IntArray | None) -> IntArray:
    """The number of its patient and class for each row, from 0 without gaps."""
    keys = y if patients is None else patients * (int(y.max()) + 1) + y
    groups: IntArray = np.unique(keys, return_inverse=True)[1]
    return groups
