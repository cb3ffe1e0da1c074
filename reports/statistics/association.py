"""Whether two things that were measured of the same people go along."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from reports.statistics.groups import rounded
from reports.statistics.intervals import ALPHA, spearman_interval

#: With fewer people a correlation has to be above about 0.8 to be seen in four of five cases: none is computed.
CORRELATE_FROM = 10


@dataclass(frozen=True)
class Association:
    """Spearman's rank correlation with its 95 % interval and the p-value of "they have nothing to do with each other"."""

    rho: float
    low: float
    high: float
    p: float
    count: int

    @property
    def shown(self) -> bool:
        """Whether the p-value is below 5 %, this test alone considered."""
        return self.p < ALPHA


def associate(first: ArrayLike, second: ArrayLike) -> Association | None:
    """Spearman (1904, American Journal of Psychology 15), ties by mean ranks.

    None below CORRELATE_FROM pairs, and where one of the two is the same for everybody. The interval is that of
    Bonett and Wright; of a perfect order it is a point, which says more than so few people can.
    """
    from scipy import stats

    a, b = rounded(first), rounded(second)
    if len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} values are no pairs")
    if len(a) < CORRELATE_FROM or len(np.unique(a)) == 1 or len(np.unique(b)) == 1:
        return None
    rho = float(stats.spearmanr(a, b).statistic)
    if abs(rho) >= 1 - 1e-12:
        return Association(math.copysign(1.0, rho), rho, rho, spearman_p(rho, len(a)), len(a))
    return Association(rho, *spearman_interval(rho, len(a)), spearman_p(rho, len(a)), len(a))


def spearman_p(rho: float, count: int) -> float:
    """The two-sided p-value of a rank correlation of `count` pairs, from Student's t with count − 2 degrees of freedom
    (Kendall and Stuart, "The Advanced Theory of Statistics", 31.19)."""
    from scipy import special

    if abs(rho) >= 1 - 1e-12:
        return 2.0 / math.factorial(count)  # of all orders only this one and its reverse are as extreme
    t = abs(rho) * math.sqrt((count - 2) / (1 - rho**2))
    return float(2 * special.stdtr(count - 2, -t))
