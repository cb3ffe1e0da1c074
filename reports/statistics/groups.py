"""Groups of people or of runs, each value somebody's own: which groups have the higher values, and by how much."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from reports.statistics.intervals import ALPHA, LEVEL, normal_quantile
from reports.statistics.permutation import DECIMALS, holm

#: A group of fewer is compared with none: four against four can never fall below the 5 % level once three pairs of
#: groups are looked at together (Mann-Whitney's smallest p is 2 / 70), and five against five can (2 / 252).
GROUP_FROM = 5

#: Larger groups, and such with ties, are judged by the normal distribution.
EXACT_UP_TO = 50


@dataclass(frozen=True)
class GroupPair:
    """The values of `first` against those of `second`.

    p: Mann-Whitney's, two-sided; corrected: after Holm among all pairs. delta: Cliff's, from −1 (every value of first is
    lower) to 1; low, high: its 95 % interval.
    """

    first: str
    second: str
    p: float
    corrected: float
    delta: float
    low: float
    high: float

    @property
    def shown(self) -> bool:
        """Whether the test shows a difference, all pairs of groups considered."""
        return self.corrected < ALPHA


@dataclass(frozen=True)
class Groups:
    """At least two groups. statistic, p: Kruskal and Wallis's H and the p-value of "all are alike"."""

    sizes: Mapping[str, int]
    statistic: float
    p: float
    pairs: tuple[GroupPair, ...]


def compare_groups(values: Mapping[str, Sequence[float]], reference: str | None = None) -> Groups | None:
    """Kruskal and Wallis (1952, JASA 47) over all groups, then Mann and Whitney (1947, Annals of Mathematical
    Statistics 18) for each pair with Holm's correction, or for each group against `reference` alone.

    Groups of fewer than GROUP_FROM values are left out; None where fewer than two remain, or the reference is none of
    them. p of groups up to EXACT_UP_TO without ties is exact, otherwise from the normal distribution with ties corrected (SciPy).
    """
    from scipy import stats

    large = {name: rounded(own) for name, own in values.items() if len(own) >= GROUP_FROM}
    if len(large) < 2 or (reference is not None and reference not in large):
        return None
    tested = (
        [(name, reference) for name in large if name != reference]
        if reference is not None
        else list(itertools.combinations(large, 2))
    )
    single = []
    for first, second in tested:
        delta, low, high = cliffs_delta(large[first], large[second])
        p = mann_whitney(large[first], large[second])
        single.append(GroupPair(first, second, p, p, delta, low, high))
    corrected = holm([pair.p for pair in single])
    alike = len(np.unique(np.concatenate(list(large.values())))) == 1
    test = (0.0, 1.0) if alike else stats.kruskal(*large.values())
    return Groups(
        sizes={name: len(own) for name, own in large.items()},
        statistic=float(test[0]),
        p=float(test[1]),
        pairs=tuple(replace(pair, corrected=p) for pair, p in zip(single, corrected, strict=True)),
    )


def mann_whitney(first: ArrayLike, second: ArrayLike) -> float:
    """The two-sided p-value of "a value of first is as often above one of second as below it"; 1 where all are equal.

    first, second: at least one finite value each, in one unit. Exact (Mann and Whitney 1947) for small groups without
    ties, else from the normal distribution with SciPy's corrections for ties and continuity.
    """
    from scipy import stats

    a, b = rounded(first), rounded(second)
    different = len(np.unique(np.concatenate([a, b])))
    if different == 1:
        return 1.0
    countable = different == len(a) + len(b) and max(len(a), len(b)) <= EXACT_UP_TO
    method: Literal["exact", "asymptotic"] = "exact" if countable else "asymptotic"
    return float(stats.mannwhitneyu(a, b, alternative="two-sided", method=method).pvalue)


def cliffs_delta(first: ArrayLike, second: ArrayLike) -> tuple[float, float, float]:
    """How much more often a value of first lies above one of second than below it, with its 95 % interval.

    Cliff (1993, Psychological Bulletin 114); the interval is the asymmetric one of Feng and Cliff (2004, Journal of Modern
    Applied Statistical Methods 3), which stays within [−1, 1]. Where no value overlaps it is the one they give for that
    case. NaN for an interval of fewer than two values in a group.
    """
    a, b = rounded(first), rounded(second)
    signs = np.sign(a[:, None] - b[None, :])
    delta = float(signs.mean())
    n, m = signs.shape
    if n < 2 or m < 2:
        return delta, math.nan, math.nan
    z = normal_quantile((1 + LEVEL) / 2)
    if abs(delta) == 1.0:
        few = min(n, m)
        bound = max(0.0, (few - z**2) / (few + z**2))
        return (delta, bound, 1.0) if delta > 0 else (delta, -1.0, -bound)
    rows = float(((signs.mean(axis=1) - delta) ** 2).sum())
    columns = float(((signs.mean(axis=0) - delta) ** 2).sum())
    whole = float(((signs - delta) ** 2).sum())
    variance = (m**2 * rows + n**2 * columns - whole) / (n * m * (n - 1) * (m - 1))
    variance = max(
        variance, (1 - delta**2) / (n * m - 1)
    )  # the least that it can be; an estimate may fall below it
    half = z * math.sqrt(variance) * math.sqrt((1 - delta**2) ** 2 + z**2 * variance)
    scale = 1 - delta**2 + z**2 * variance
    low, high = ((delta - delta**3 + side * half) / scale for side in (-1, 1))
    return delta, max(-1.0, low), min(1.0, high)


def rounded(values: ArrayLike) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Values whose difference is rounding only are made equal, so that they count as ties."""
    return np.round(np.asarray(values, dtype=float), DECIMALS).reshape(-1)
