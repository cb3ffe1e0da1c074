"""Error of a random forest on the points it was fitted to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from datasets.bayes_error._classifier import error_rate
from datasets.bayes_error._estimator import Estimator
from datasets.types import Samples


class ClosedLoopRnf(Estimator):
    name = "closed-loop-rnf"
    title = "a random forest scored on its own points, as in the study (too low; near 0 for deep trees)"
    requires = ("sklearn",)
    defaults: ClassVar[Mapping[str, int]] = {"trees": 100, "depth": 10}  # IMLD's

    def _value(self, samples: Samples, settings: Mapping[str, int], seed: int) -> float:
        from sklearn.ensemble import RandomForestClassifier

        forest = RandomForestClassifier(
            n_estimators=settings["trees"], max_depth=settings["depth"], random_state=seed, n_jobs=1
        )
        return error_rate(forest.fit(samples.x, samples.y), samples)
