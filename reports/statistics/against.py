"""One person's final configuration against the runs of a tuner, each trained from the same seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.statistics.intervals import BOOTSTRAP_FROM, DRAWS, LEVEL, Interval, expanded


@dataclass(frozen=True)
class Against:
    """difference: the mean error of the one less that of the tuner's runs, with its 95 % interval; its low and high are
    NaN below BOOTSTRAP_FROM runs or seeds. beaten: runs whose mean error is higher; runs, seeds: how many of each."""

    difference: Interval
    beaten: int
    runs: int
    seeds: int

    @property
    def enough(self) -> bool:
        """Whether there are runs and seeds enough for an interval."""
        return not math.isnan(self.difference.low)

    @property
    def shown(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.enough and (self.difference.low > 0 or self.difference.high < 0)


def against_runs(one: ArrayLike, runs: ArrayLike) -> Against:
    """The paired-seed bootstrap of a person (or of the defaults) against a tuner.

    one: errors by seed; runs: shape (runs, seeds), the same seeds in the same order; all finite. Seeds are drawn again for
    both together, which takes out what a lucky seed gives to everybody, and runs are drawn again as a whole, since
    another run of the tuner would have ended elsewhere (Bouthillier et al. 2021, MLSys, on which luck to draw again). The
    percentiles are moved outwards as for a mean of so many runs, or seeds where these are fewer (Hesterberg 2015).
    What is not drawn again is the person: another hour of the same person would have ended elsewhere too. Raises
    ValueError for other shapes.
    """
    own, table = np.asarray(one, dtype=float), np.asarray(runs, dtype=float)
    if table.ndim != 2 or own.shape != table.shape[1:] or not table.size:
        raise ValueError(f"{own.shape} errors by seed do not fit runs of shape {table.shape}")
    if not (np.isfinite(own).all() and np.isfinite(table).all()):
        raise ValueError("errors are finite; leave out seeds whose training failed")
    count, seeds = table.shape
    mean = float(own.mean() - table.mean())
    beaten = int((table.mean(axis=1) > own.mean() + 1e-12).sum())
    fewest = min(count, seeds)
    if fewest < BOOTSTRAP_FROM:
        return Against(Interval(mean, math.nan, math.nan, fewest), beaten, count, seeds)
    of_runs, of_seeds = _weights(count, seeds)
    drawn = (of_seeds * (own - of_runs @ table)).sum(axis=1)
    low, high = np.quantile(drawn, expanded(fewest, LEVEL))
    return Against(Interval(mean, float(low), float(high), fewest), beaten, count, seeds)


@cache
def _weights(runs: int, seeds: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How often each run and each seed is drawn, as shares of all, by draw; every comparison of a contest has the same."""
    rng = np.random.default_rng(0)
    return (
        rng.multinomial(runs, np.full(runs, 1 / runs), size=DRAWS) / runs,
        rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=DRAWS) / seeds,
    )
