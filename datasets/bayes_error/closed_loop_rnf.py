"""Error of a random forest on the points it was fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from datasets.bayes_error._classifier import error_rate
from datasets.bayes_error._estimator import Estimator, Finding, Role
from datasets.types import Samples


class ClosedLoopRnf(Estimator):
    name = "closed-loop-rnf"
    title = "a random forest scored on its own points, as in the study (too low; near 0 for deep trees)"
    requires = ("sklearn",)
    slow = True
    formula = "share of points that a random forest, grown on these very points, gets wrong"
    source = "the study, with IMLD's forest; Breiman, Random Forests, 2001"
    role: ClassVar[Role] = "replication"
    misled_by_copies = False
    defaults: ClassVar[Mapping[str, int]] = {"trees": 100, "depth": 10}  # IMLD's

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        from sklearn.ensemble import RandomForestClassifier

        forest = RandomForestClassifier(
            n_estimators=settings["trees"], max_depth=settings["depth"], random_state=seed, n_jobs=1
        )
        return Finding(error_rate(forest.fit(samples.x, samples.y), samples))
