"""Votes of the nearest neighbours taken for posterior probabilities."""

from __future__ import annotations

from collections.abc import Mapping

from datasets.bayes_error._best_k import MORE_THAN_ONE, best_k
from datasets.bayes_error._bootstrap import mean_interval
from datasets.bayes_error._estimator import Estimator, Finding
from datasets.bayes_error._neighbours import class_votes
from datasets.types import Samples


class KnnPlugin(Estimator):
    """Too low by the scatter of votes, whose largest share is on average above the largest probability; too high
    by what neighbours further away have of other classes.
    """

    name = "knn-plugin"
    title = "1 - largest share of votes among the nearest neighbours, on average (biased both ways)"
    formula = "mean of 1 - max_c votes_c(x) / k* over the points, each left out of its own votes; k* >= 3"
    source = "Fukunaga and Hostetler, IEEE Trans. Information Theory 21, 1975"

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        best = best_k(samples, classes, least=MORE_THAN_ONE)
        votes = class_votes(samples, k=best.k, classes=classes, leave_out=True)
        missed = 1 - votes.max(axis=1) / best.k
        low, high = mean_interval(missed, seed)
        return Finding(float(missed.mean()), low=low, high=high, chosen={"k": best.k})
