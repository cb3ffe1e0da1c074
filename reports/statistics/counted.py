"""Two error rates counted on the same samples: what the luck of the samples leaves open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.statistics.intervals import ALPHA, Interval, normal_quantile, ratio_interval, wilson
from reports.statistics.power import POWER


@dataclass(frozen=True)
class Counted:
    """The difference first − second of two error rates.

    interval: at 95 % for `tests` comparisons together, which is wider than 95 % for each; its count is that of
    the samples, or of the patients where they were drawn anew. patients: 0 where samples were taken for independent.
    """

    interval: Interval
    samples: int
    patients: int
    tests: int

    @property
    def shown(self) -> bool:
        """Whether the difference is more than the luck of the samples."""
        return self.interval.low > 0 or self.interval.high < 0

    @property
    def detectable(self) -> float:
        """The smallest difference that shows in 80 of 100 such counts, from the width of the interval (normal
        approximation)."""
        reach = normal_quantile(1 - ALPHA / (2 * self.tests))
        half = (self.interval.high - self.interval.low) / 2
        return half * (1 + normal_quantile(POWER) / reach)


def count_difference(
    first: float, second: float, samples: int, tests: int = 1, second_samples: int | None = None
) -> Counted:
    """From two error rates (fractions), as if each had been counted on samples of its own: as many of them, or
    `second_samples`.

    Newcombe's interval from two of Wilson's (1998, Statistics in Medicine 17, method 10). Counted on the same samples the
    two rates go up and down together, so that the interval is on the careful side.
    """
    level = 1 - ALPHA / tests
    others = second_samples or samples
    difference = first - second
    low_first, high_first = wilson(first * samples, samples, level)
    low_second, high_second = wilson(second * others, others, level)
    low = difference - math.hypot(first - low_first, high_second - second)
    high = difference + math.hypot(high_first - first, second - low_second)
    return Counted(Interval(difference, low, high, samples), samples, 0, tests)


def patient_difference(
    first: Sequence[float], second: Sequence[float], samples: Sequence[int], tests: int = 1
) -> Counted:
    """From wrong answers for each patient, the same patients in the same order: patients are drawn anew, with all
    their samples and the answers of both systems. NaN for fewer than 5 patients."""
    wrong = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    interval = ratio_interval(wrong, samples, 1 - ALPHA / tests)
    return Counted(interval, int(sum(samples)), len(samples), tests)
