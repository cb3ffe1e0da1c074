"""Half way between the closed-loop and the leave-one-out error of nearest neighbours: the recommended one."""

from __future__ import annotations

from collections.abc import Mapping

from datasets.bayes_error._best_k import best_k
from datasets.bayes_error._estimator import Estimator, Finding
from datasets.bayes_error._normal_interval import normal_interval
from datasets.types import Samples


class KnnMidpoint(Estimator):
    """The closed loop is too low as each point votes for itself, leave-one-out too high as any real
    classifier is; near the best k both miss by about as much.
    """

    name = "knn-midpoint"
    title = "mean of closed-loop and leave-one-out error of nearest neighbours at the best k"
    formula = (
        "(E_closed(k*) + E_loo(k*)) / 2 with k* = argmin E_loo(k); bracket [E_closed, E_loo];"
        " interval +- 1.96 sqrt(p (1 - p) / n)"
    )
    source = "Fukunaga, Introduction to Statistical Pattern Recognition, 2nd ed., 1990, ch. 7"

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        best = best_k(samples, classes)
        value = (best.closed + best.left_out) / 2
        lower, upper = sorted((best.closed, best.left_out))
        return Finding(value, lower, upper, *normal_interval(value, len(samples)), {"k": best.k})
