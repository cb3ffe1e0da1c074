"""What so many people could have shown, and how many it takes: two groups, or a rank correlation."""

from __future__ import annotations

import math
from collections.abc import Callable

from reports.statistics.intervals import ALPHA, normal_quantile
from reports.statistics.power import POWER

#: Of bell-shaped values Mann-Whitney's test needs so many more people than Student's (Pitman's efficiency 3 / pi).
EFFICIENCY = 3 / math.pi

#: Nobody gathers more people than this in a group.
MOST_PEOPLE = 10_000


def detectable_effect(first: int, second: int, tests: int = 1) -> float:
    """The smallest difference of two groups, in standard deviations within a group, that is seen in 80 of 100 contests.

    Mann-Whitney's test, two-sided at 5 % for `tests` comparisons together (Bonferroni), for bell-shaped values: the
    noncentral t of Student's test with as many people as it needs for the same power (Lehmann 1975,
    "Nonparametrics"). Infinite where a group has fewer than two.
    """
    from scipy import special

    if min(first, second) < 2:
        return math.inf
    free = (first + second) * EFFICIENCY - 2
    if free <= 0:
        return math.inf
    critical = float(special.stdtrit(free, 1 - ALPHA / (2 * tests)))
    shift = float(special.nctdtrinc(free, 1 - POWER, critical))
    return shift / math.sqrt(EFFICIENCY * first * second / (first + second))


def detectable_correlation(count: int) -> float:
    """The smallest rank correlation that is seen in 80 of 100 contests of `count` people; 1 where none is.

    From Fisher's z: variance 1 / (n − 3) where there is none, and (1 + rho² / 2) / (n − 3) at rho (Bonett and Wright
    2000, Psychometrika 65).
    """
    if count < 4:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        needed = (
            normal_quantile(1 - ALPHA / 2) + normal_quantile(POWER) * math.sqrt(1 + middle**2 / 2)
        ) / math.sqrt(count - 3)
        low, high = (low, middle) if math.atanh(middle) >= needed else (middle, high)
    return high


def people_for_effect(effect: float, tests: int = 1) -> int | None:
    """People in each of two groups that see such a difference in 80 of 100 contests; None for more than MOST_PEOPLE.

    effect: in standard deviations within a group; tests: how many comparisons are looked at together.
    """
    return _fewest(lambda count: detectable_effect(count, count, tests) <= effect)


def people_for_correlation(rho: float) -> int | None:
    """People who see such a rank correlation in 80 of 100 contests; None for more than MOST_PEOPLE."""
    return _fewest(lambda count: detectable_correlation(count) <= abs(rho))


def _fewest(seen: Callable[[int], bool]) -> int | None:
    """With more people less is detectable, so the fewest are found by halving."""
    if not seen(MOST_PEOPLE):
        return None
    low, high = 2, MOST_PEOPLE
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if seen(middle) else (middle + 1, high)
    return high
