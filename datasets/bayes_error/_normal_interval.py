"""The 95 % interval of a counted error rate."""

from __future__ import annotations

from math import sqrt

#: 95 % of a normal distribution lie within so many standard deviations.
Z = 1.96


def normal_interval(rate: float, points: int) -> tuple[float, float]:
    """rate +- 1.96 sqrt(rate (1 - rate) / points), fractions.

    Where not one error was counted this would be a single point; a rate of 3 / points is then still not
    excluded (the rule of three: Hanley and Lippman-Hand, JAMA 249, 1983).
    """
    if rate == 0:
        return 0.0, 3 / points
    half = Z * sqrt(rate * (1 - rate) / points)
    return rate - half, rate + half
