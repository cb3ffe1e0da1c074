"""Tests and intervals for few paired repeats. They say how much a handful of searches allows to say.

Sources: Student (1908) for the interval of a mean; Efron (1979) for the bootstrap; Friedman (1937) for
ranks within blocks; Fisher (1935) for the permutation of signs; Holm (1979) for several tests at once;
Demšar (2006), "Statistical comparisons of classifiers over multiple data sets", for how they go together.
Random numbers come from fixed seeds: the same values give the same result.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEVEL = 0.95

#: Up to so many pairs all 2^n patterns of signs are gone through; beyond, as many are drawn as this makes.
EXACT_PAIRS = 14
DRAWN = 9_999


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % confidence interval; low and high are NaN for a single value."""

    mean: float
    low: float
    high: float
    count: int


def mean_interval(values: ArrayLike) -> Interval:
    """Student's interval of the mean, which holds for a few values where a bootstrap is too narrow."""
    from scipy import stats

    array = np.asarray(values, dtype=float)
    mean = float(array.mean())
    if len(array) < 2:
        return Interval(mean, math.nan, math.nan, len(array))
    half = float(stats.t.ppf((1 + LEVEL) / 2, len(array) - 1) * array.std(ddof=1) / math.sqrt(len(array)))
    return Interval(mean, mean - half, mean + half, len(array))


def bootstrap_band(
    curves: NDArray[np.float64], draws: int = 1_000
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95 % percentile band of the mean of curves, shape (repeats, points): whole curves are drawn again.

    Points at which a curve has no value yet (NaN) have no band; nor has a single curve.
    """
    repeats, points = curves.shape
    if repeats < 2:
        nothing = np.full(points, np.nan)
        return nothing, nothing
    rng = np.random.default_rng(0)
    picks = rng.integers(repeats, size=(draws, repeats))
    means = curves[picks].mean(axis=1)
    low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low, high


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks within each row of (blocks, treatments), 1 for the lowest; equal values share their mean rank."""
    from scipy import stats

    return np.asarray(stats.rankdata(values, axis=1))


def friedman(values: NDArray[np.float64]) -> float:
    """The p-value of "all treatments are alike", for errors of shape (blocks, treatments).

    By permutation within the blocks, as the chi-square distribution is far off for few of them. 1 where
    nothing differs.
    """
    own = ranks(values)
    observed = own.mean(axis=0).var()
    if observed == 0:
        return 1.0
    rng = np.random.default_rng(0)
    drawn = rng.permuted(np.broadcast_to(own, (DRAWN, *own.shape)), axis=2).mean(axis=1).var(axis=1)
    # The arrangement that was seen is one of those that could have been.
    return float((1 + np.sum(drawn >= observed - 1e-12)) / (DRAWN + 1))


def sign_flip(differences: ArrayLike) -> float:
    """The two-sided p-value of "the paired differences have mean 0", by flipping their signs."""
    array = np.asarray(differences, dtype=float)
    observed = abs(array.mean())
    if observed == 0:
        return 1.0
    if len(array) <= EXACT_PAIRS:
        signs = np.array(list(itertools.product((1.0, -1.0), repeat=len(array))))
        return float(np.mean(np.abs(signs @ array / len(array)) >= observed - 1e-12))
    signs = np.random.default_rng(0).choice((1.0, -1.0), size=(DRAWN, len(array)))
    found = np.sum(np.abs(signs @ array / len(array)) >= observed - 1e-12)
    return float((1 + found) / (DRAWN + 1))


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values as they count when all these tests are looked at together."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = [0.0] * len(p_values)
    most = 0.0
    for place, index in enumerate(order):
        most = max(most, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = most
    return adjusted


def pairs_needed(tests: int) -> int:
    """The fewest pairs with which `tests` sign-flip tests can show anything at all at the 5 % level."""
    return math.ceil(math.log2(2 * tests / (1 - LEVEL)) - 1e-9)
