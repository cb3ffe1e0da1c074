"""optuna-median: Optuna's TPE under its median pruner (the rule of Google Vizier, Golovin et al. 2017)."""

from __future__ import annotations

from typing import Any

from tuners.optuna_search import STARTUP_TRIALS, OptunaSearcherPlugin, PruningSearcher, tree_sampler
from tuners.searcher import Searcher, Task


class OptunaMedian(OptunaSearcherPlugin):
    name = "optuna-median"
    title = "Optuna TPE with the median pruner: stops a trial that is worse than half of the others were"

    def sampler(self, task: Task) -> Any:
        return tree_sampler(task)

    def pruner(self, task: Task) -> Any:
        import optuna

        # The first trials and the first quarter of a trial are left alone: a median of two says little, and
        # learning curves cross early.
        return optuna.pruners.MedianPruner(
            n_startup_trials=STARTUP_TRIALS, n_warmup_steps=max(1, task.max_epochs // 4)
        )

    def searcher(self, task: Task, study: Any) -> Searcher:
        return PruningSearcher(task, study)
