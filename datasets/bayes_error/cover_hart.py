"""The bracket of Cover and Hart around the Bayes error, from the nearest neighbour."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import ClassVar

from datasets.bayes_error._estimator import Estimator, Finding, Role
from datasets.bayes_error._neighbours import errors_by_k
from datasets.bayes_error._normal_interval import normal_interval
from datasets.types import Samples


def smallest_bayes_error(rate: float, classes: int) -> float:
    """L(rate), the Bayes error below which the nearest neighbour cannot have this error rate in the limit.

    rate: fraction; above (C-1)/C, where no limit can be, it counts as (C-1)/C.
    """
    most = (classes - 1) / classes
    return most * (1 - sqrt(min(1.0, max(0.0, 1 - rate / most))))


class CoverHart(Estimator):
    name = "cover-hart"
    title = "lower and upper bound from the leave-one-out error of 1-NN (asymptotic)"
    formula = "L(R1) <= R* <= R1 with L(R) = (C-1)/C (1 - sqrt(1 - C R / (C-1))); the value is their middle"
    source = "Cover and Hart, IEEE Trans. Information Theory 13, 1967"
    role: ClassVar[Role] = "bound"
    asymptotic = True

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        rate = errors_by_k(samples, ks=(1,), classes=classes, leave_out=True)[1]
        lower = smallest_bayes_error(rate, classes)
        # Both bounds grow with the rate, and so does their middle.
        low, high = (
            (smallest_bayes_error(end, classes) + end) / 2 for end in normal_interval(rate, len(samples))
        )
        return Finding((lower + rate) / 2, lower, rate, low, high)
