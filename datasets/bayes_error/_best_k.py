"""The number of neighbours that leave-one-out prefers."""

from __future__ import annotations

from dataclasses import dataclass

from datasets.bayes_error._neighbours import closed_and_left_out, k_grid
from datasets.errors import UsageError
from datasets.types import Samples

#: For what a single neighbour cannot say: with k = 1 the closed loop counts 0 errors and a vote is unanimous,
#: on any data.
MORE_THAN_ONE = 3


@dataclass(frozen=True)
class BestK:
    """k with the smallest leave-one-out error, and the two errors at it (fractions).

    Of equal errors the largest k has it, as more votes scatter less.
    """

    k: int
    closed: float
    left_out: float


def best_k(samples: Samples, classes: int, least: int = 1) -> BestK:
    """Tries the k of `k_grid` that are at least `least`.

    Raises UsageError where there are too few points for any of them.
    """
    ks = [k for k in k_grid(len(samples)) if least <= k < len(samples)]
    if not ks:
        raise UsageError(
            f"k nearest neighbours need more than {len(samples)} points here (k of {least} or more)"
        )
    closed, left_out = closed_and_left_out(samples, ks, classes)
    k = min(ks, key=lambda k: (left_out[k], -k))
    return BestK(k, closed[k], left_out[k])
