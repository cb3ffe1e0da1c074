"""Tests by permutation, which hold for a handful of repeats where approximations are far off."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.statistics.intervals import ALPHA

#: Differences that are closer than this are equal: errors are counts over samples, and only rounding parts them.
DECIMALS = 12

#: Up to so many pairs all 2^n patterns of signs are counted; beyond, so many are drawn.
EXACT_PAIRS = 30
DRAWN = 9_999

#: Friedman's test counts all arrangements while no step has more than so many sums of ranks, and draws otherwise.
EXACT_SUMS = 100_000

#: Arrangements of more treatments than this are not listed.
EXACT_TREATMENTS = 6


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks within each row of (blocks, treatments), 1 for the lowest; equal values share their mean rank."""
    from scipy import stats

    return np.asarray(stats.rankdata(np.round(values, DECIMALS), axis=1))


def friedman(values: NDArray[np.float64]) -> float:
    """The p-value of "all treatments are alike" (Friedman 1937), for errors of shape (blocks, treatments).

    By permutation within the blocks, as the chi-square distribution is far off for few of them: over all
    arrangements where they can be counted, else over 9,999 that are drawn. 1 where nothing differs.
    """
    # Twice the rank is a whole number, ties included, so that nothing is lost to rounding.
    doubled = np.rint(2 * ranks(values)).astype(np.int64)
    observed = int((doubled.sum(axis=0) ** 2).sum())
    counted = _all_sums(doubled)
    if counted is not None:
        sums, shares = counted
        return float(min(1.0, shares[(sums**2).sum(axis=1) >= observed].sum()))
    rng = np.random.default_rng(0)
    drawn = rng.permuted(np.broadcast_to(doubled, (DRAWN, *doubled.shape)), axis=2).sum(axis=1)
    # The arrangement that was seen is one of those that could have been.
    return float((1 + np.sum((drawn**2).sum(axis=1) >= observed)) / (DRAWN + 1))


def _all_sums(doubled: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """All sums of ranks that arrangements within blocks make, sorted within a row, and the share of each.

    Which treatment has which sum does not matter to the test, so that sums are kept sorted. None where there are
    too many.
    """
    blocks, treatments = doubled.shape
    if treatments > EXACT_TREATMENTS:
        return None
    orders = np.array(list(itertools.permutations(range(treatments))))
    place = (2 * treatments * blocks + 1) ** np.arange(treatments)
    sums: NDArray[np.int64] = np.zeros((1, treatments), dtype=np.int64)
    shares: NDArray[np.float64] = np.ones(1)
    for row in doubled:
        arranged = np.unique(row[orders], axis=0)
        if len(sums) * len(arranged) > EXACT_SUMS:
            return None
        reached = np.sort((sums[:, None, :] + arranged).reshape(-1, treatments), axis=1)
        _, first, group = np.unique(reached @ place, return_index=True, return_inverse=True)
        sums = reached[first]
        weights = np.repeat(shares / len(arranged), len(arranged))
        shares = np.bincount(group, weights).astype(np.float64)
    return sums, shares


def sign_flip(differences: ArrayLike) -> float:
    """The two-sided p-value of "paired differences are as often up as down", by flipping signs (Fisher 1935, The Design
    of Experiments).

    differences: shape (n,), finite, in any unit. Exact up to EXACT_PAIRS of them, else from DRAWN patterns of signs with
    seed 0; 1 where nothing differs.
    """
    array = np.asarray(differences, dtype=float)
    total = np.abs(array).sum()
    # Patterns that are as far from 0 as the one that was seen, but for rounding, count as such.
    observed = abs(array.sum()) - 10.0**-DECIMALS * max(1.0, total)
    if observed <= 0:
        return 1.0
    if len(array) > EXACT_PAIRS:
        signs = np.random.default_rng(0).choice((1.0, -1.0), size=(DRAWN, len(array)))
        return float((1 + np.sum(np.abs(signs @ array) >= observed)) / (DRAWN + 1))
    # Every pattern is one of the first half with one of the second; a sorted second half is counted by bisection.
    first, second = (_signed_sums(half) for half in np.array_split(array, 2))
    above = len(second) * len(first) - np.searchsorted(np.sort(second), observed - first).sum()
    return float(2 * above / 2 ** len(array))


def _signed_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums + value, sums - value])
    return sums


def signed_ranks(differences: ArrayLike) -> NDArray[np.float64]:
    """Ranks of the sizes of differences with their signs, 0 for no difference (Wilcoxon 1945).

    Flipping their signs is Wilcoxon's signed-rank test, exact with ties. For blocks whose differences have no common
    scale: a point on an easy data set is not a point on a hard one.
    """
    from scipy import stats

    array = np.round(np.asarray(differences, dtype=float), DECIMALS)
    found = np.zeros(len(array))
    moved = array != 0
    found[moved] = np.sign(array[moved]) * stats.rankdata(np.abs(array[moved]))
    return found


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values as they count when all these tests are looked at together (Holm 1979, Scandinavian Journal of Statistics
    6), in the order given; none is above 1."""
    order = sorted(range(len(p_values)), key=lambda index: p_values[index])
    adjusted = [0.0] * len(p_values)
    most = 0.0
    for place, index in enumerate(order):
        most = max(most, min(1.0, (len(p_values) - place) * p_values[index]))
        adjusted[index] = most
    return adjusted


def pairs_needed(tests: int) -> int:
    """The fewest pairs with which `tests` sign-flip tests can show anything at all at the 5 % level."""
    return math.ceil(math.log2(2 * tests / ALPHA) - 1e-9)
