"""Error of k nearest neighbours on the points they were fitted to, each point its own neighbour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from datasets.bayes_error._classifier import error_rate
from datasets.bayes_error._estimator import Estimator, Finding, Role
from datasets.errors import UsageError
from datasets.types import Samples


class ClosedLoopKnn(Estimator):
    name = "closed-loop-knn"
    title = "k nearest neighbours scored on their own points, as in the study (too low; 0 for k = 1)"
    requires = ("sklearn",)
    formula = "share of points whose k nearest, the point itself among them, outvote its class"
    source = (
        "the study; Fukunaga, Introduction to Statistical Pattern Recognition, 1990, calls it resubstitution"
    )
    role: ClassVar[Role] = "replication"
    misled_by_copies = False
    defaults: ClassVar[Mapping[str, int]] = {"k": 5}  # IMLD's

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        from sklearn.neighbors import KNeighborsClassifier

        k = settings["k"]
        if k > len(samples):
            raise UsageError(f"k = {k} needs as many points; there are {len(samples)}. Choose a smaller k.")
        # The study's own class, so that ties are broken as it broke them.
        classifier = KNeighborsClassifier(n_neighbors=k).fit(samples.x, samples.y)
        return Finding(error_rate(classifier, samples))
