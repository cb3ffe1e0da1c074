"""How many tries something takes, where some never get there: they count for as long as they were seen trying.

Whoever stops before is censored: all that is known is that it takes more tries than they made. Putting their number of
tries in place of the answer, as if they had got there with the last one, makes it look quicker than it is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.statistics.groups import GROUP_FROM
from reports.statistics.intervals import LEVEL, normal_quantile


@dataclass(frozen=True)
class Survival:
    """The share that is not there yet after so many tries, as steps.

    times: where it changes, ascending; share: from there on; low, high: its 95 % interval; at_risk: how many were still
    trying just before. count: all; events: those who got there.
    """

    times: NDArray[np.float64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    error: NDArray[np.float64]
    at_risk: NDArray[np.int64]
    count: int
    events: int

    @property
    def median(self) -> float:
        """After so many tries half of them are there; infinite where that was never seen."""
        reached = self.times[self.share <= 0.5 + 1e-12]
        return float(reached[0]) if len(reached) else math.inf


def kaplan_meier(times: ArrayLike, reached: ArrayLike) -> Survival:
    """Kaplan and Meier (1958, JASA 53).

    times: the try that got there, or the last one made; reached: whether it did. error: Greenwood's standard error
    (1926); the interval is taken on the scale log(−log share), so that it stays within [0, 1] (Kalbfleisch and
    Prentice 1980, "The Statistical Analysis of Failure Time Data"); NaN where the share is 1 or 0.
    """
    time, event = np.asarray(times, dtype=float), np.asarray(reached, dtype=bool)
    places = np.unique(time[event])
    at_risk = np.array([(time >= place).sum() for place in places], dtype=np.int64)
    there = np.array([(time[event] == place).sum() for place in places], dtype=np.int64)
    share = np.cumprod(1.0 - there / np.maximum(at_risk, 1), dtype=np.float64)
    left = at_risk - there
    with np.errstate(divide="ignore", invalid="ignore"):
        total = np.cumsum(np.where(left > 0, there / (at_risk * left), np.inf))
        error = share * np.sqrt(total)
        logged = np.log(share)
        reach = normal_quantile((1 + LEVEL) / 2) * np.sqrt(total) / np.abs(logged)
        low, high = share ** np.exp(reach), share ** np.exp(-reach)
    ended = share <= 0
    for values in (low, high, error):
        values[ended] = math.nan
    return Survival(places, share, low, high, error, at_risk, len(time), int(event.sum()))


def log_rank(groups: Mapping[str, tuple[Sequence[float], Sequence[bool]]]) -> tuple[float, float] | None:
    """Chi-square and p-value of "all groups take as many tries" (Mantel 1966, Cancer Chemotherapy Reports 50; for more
    than two groups Peto and Peto 1972, JRSS A 135).

    groups: times and whether they were reached, by name. Groups of fewer than GROUP_FROM are left out; None where
    fewer than two remain or nobody got there while somebody of another group was still trying.
    """
    from scipy import special

    large = [
        (np.asarray(times, dtype=float), np.asarray(reached, dtype=bool))
        for times, reached in groups.values()
        if len(times) >= GROUP_FROM
    ]
    if len(large) < 2:
        return None
    excess, variance = np.zeros(len(large)), np.zeros((len(large), len(large)))
    for place in np.unique(np.concatenate([time[event] for time, event in large])):
        risk = np.array([(time >= place).sum() for time, _ in large], dtype=float)
        there = np.array([(time[event] == place).sum() for time, event in large], dtype=float)
        total, found = risk.sum(), there.sum()
        shares = risk / total
        excess += there - found * shares
        if total > 1:
            scale = found * (total - found) / (total - 1)
            variance += scale * (np.diag(shares) - np.outer(shares, shares))
    # The last group follows from the others; where one was never at risk together with another nothing is compared.
    kept = variance[:-1, :-1]
    if np.linalg.matrix_rank(kept) != len(large) - 1:
        return None
    statistic = float(excess[:-1] @ np.linalg.solve(kept, excess[:-1]))
    return statistic, float(special.chdtrc(len(large) - 1, statistic))
