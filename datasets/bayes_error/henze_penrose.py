"""Bounds from how often a minimum spanning tree steps from one class to another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from datasets.bayes_error._estimator import Estimator, Finding, Role
from datasets.bayes_error._spanning_tree import spanning_tree
from datasets.bayes_error.cover_hart import smallest_bayes_error
from datasets.types import Samples


class HenzePenrose(Estimator):
    name = "henze-penrose"
    title = "edges between classes in a minimum spanning tree (generalised Henze-Penrose divergence)"
    formula = (
        "L(U) <= R* <= U with U = edges between classes / n, L as in cover-hart; the value is their middle"
    )
    source = "Sekeh, Oselio and Hero, Learning to Bound the Multi-class Bayes Error, 2018"
    role: ClassVar[Role] = "bound"
    asymptotic = True

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        points = np.asarray(samples.x, dtype=np.float64)
        start, end = spanning_tree(points, np.random.default_rng(seed)).T
        upper = int(np.count_nonzero(samples.y[start] != samples.y[end])) / len(samples)
        lower = smallest_bayes_error(upper, classes)
        note = ""
        if points.shape[1] > 2:
            note = f"with {points.shape[1]} features the bracket can lie far above the Bayes error"
        return Finding((lower + upper) / 2, lower, upper, note=note)
