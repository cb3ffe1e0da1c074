"""Leave-one-out error of nearest neighbours at the best k."""

from __future__ import annotations

from collections.abc import Mapping

from datasets.bayes_error._best_k import best_k
from datasets.bayes_error._estimator import Estimator, Finding
from datasets.bayes_error._normal_interval import normal_interval
from datasets.types import Samples


class KnnLeaveOneOut(Estimator):
    """An upper bound on average: no classifier is better than the Bayes rule. But k* is chosen by the same errors."""

    name = "knn-leave-one-out"
    title = "leave-one-out error of nearest neighbours at the best k (on average a little too high)"
    formula = "E_loo(k*) = min over k of the share of points outvoted by their k nearest others"
    source = "Lachenbruch and Mickey, Technometrics 10, 1968; Fukunaga, 1990, ch. 7"

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        best = best_k(samples, classes)
        value = best.left_out
        return Finding(value, None, value, *normal_interval(value, len(samples)), {"k": best.k})
