"""Intervals by the bootstrap, of figures that are functions of means over points.

Which bootstrap? Drawing points with replacement and computing everything anew is wrong for nearest
neighbours: a point that is drawn twice is its own nearest neighbour at distance 0 and votes for itself, so
that leave-one-out becomes a closed loop (1-NN loses about 63 % of its errors). The same holds for spanning
trees and for densities whose bandwidth is chosen by held-out points. So the neighbours are found once, on
all points, and what is drawn again is what each point contributed: its error, its posterior, its moments.
Such an interval holds the scatter of the points that are scored. It leaves out that of the points that
voted, which is of a smaller order (Efron and Tibshirani, An Introduction to the Bootstrap, 1993), and it
says nothing about bias.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 1000
#: Means of blocks of points stand for the points where there are more of these: the scatter of a mean is
#: the same, and time and memory no longer grow with n.
BLOCKS = 2000
LOW, HIGH = 2.5, 97.5


def interval(
    contributions: Floats, statistic: Callable[[Floats], Floats], seed: int, draws: int = DRAWS
) -> tuple[float, float]:
    """The 95 % percentile interval of statistic(mean of contributions over points).

    contributions: shape (n, m), a row a point. statistic: turns means of shape (draws, m) into values of
    shape (draws,); a draw for which it gives no number is passed over. Same seed, same interval.
    """
    rng = np.random.default_rng(seed)
    sums, sizes = _blocks(contributions, rng)
    blocks = len(sizes)
    drawn = rng.integers(0, blocks, (draws, blocks)) + blocks * np.arange(draws)[:, None]
    times = np.bincount(drawn.ravel(), minlength=draws * blocks).reshape(draws, blocks)
    values = statistic(times @ sums / (times @ sizes)[:, None])
    low, high = np.nanpercentile(values, (LOW, HIGH))
    return float(low), float(high)


def mean_interval(contributions: Floats, seed: int) -> tuple[float, float]:
    """The 95 % percentile interval of the mean of contributions, shape (n,)."""
    return interval(contributions[:, None], lambda means: means[:, 0], seed)


def _blocks(contributions: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Sums and sizes of at most `BLOCKS` blocks of randomly chosen points."""
    n = len(contributions)
    if n <= BLOCKS:
        return np.asarray(contributions, dtype=np.float64), np.ones(n)
    starts = np.linspace(0, n, BLOCKS, endpoint=False).astype(np.int64)
    shuffled = np.asarray(contributions, dtype=np.float64)[rng.permutation(n)]
    return np.add.reduceat(shuffled, starts, axis=0), np.diff(starts, append=n).astype(np.float64)
