"""Devroye's bound for two classes: how far below the error of k nearest neighbours the Bayes error can lie."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import ClassVar

from datasets.bayes_error._best_k import best_k
from datasets.bayes_error._estimator import Estimator, Finding, Role
from datasets.bayes_error._normal_interval import normal_interval
from datasets.types import Samples

ALPHA, BETA = 0.3399, 0.9749
#: The inequality is stated for k > 5; of the k that are tried, the first above that.
LEAST_K = 9


class Devroye(Estimator):
    name = "devroye"
    title = "lower bound from k nearest neighbours, two classes (asymptotic)"
    formula = (
        "R_k / (1 + a_k) <= R* <= R_k, a_k = 0.3399 sqrt(k) / (k - 3.25) (1 + 0.9749 / sqrt(k - 3)), k > 5"
    )
    source = "Devroye, IEEE Trans. Pattern Analysis and Machine Intelligence 3, 1981"
    role: ClassVar[Role] = "bound"
    only = 2
    asymptotic = True

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        best = best_k(samples, classes, least=LEAST_K)
        share = 1 / (1 + _excess(best.k))
        factor = (share + 1) / 2  # of the middle of the two bounds
        low, high = (factor * end for end in normal_interval(best.left_out, len(samples)))
        return Finding(factor * best.left_out, share * best.left_out, best.left_out, low, high, {"k": best.k})


def _excess(k: int) -> float:
    """a_k: by which share of the Bayes error the limit of the k-NN error may exceed it."""
    return ALPHA * sqrt(k) / (k - 3.25) * (1 + BETA / sqrt(k - 3))
