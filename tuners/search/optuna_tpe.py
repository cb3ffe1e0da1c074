"""optuna-tpe: Optuna's tree-structured Parzen estimator."""

from __future__ import annotations

from typing import Any

from tuners.optuna_search import STARTUP_TRIALS, OptunaSearcherPlugin, tree_sampler
from tuners.searcher import Task


class OptunaTpe(OptunaSearcherPlugin):
    name = "optuna-tpe"
    title = (
        f"Optuna TPE: draws where good trials are denser than bad ones, after {STARTUP_TRIALS} random trials"
    )

    def sampler(self, task: Task) -> Any:
        return tree_sampler(task)
