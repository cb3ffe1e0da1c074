"""optuna-hyperband: Optuna's TPE under its Hyperband pruner.

The pruner deals the trials out to brackets and stops a trial after 1, 3, 9, ... epochs unless it is among
the best third of its bracket there (Li et al. 2018, without waiting as in Li et al. 2020). Nothing is
resumed: a trial is trained to its end or stopped for good.
"""

from __future__ import annotations

from typing import Any

from tuners.optuna_search import OptunaSearcherPlugin, PruningSearcher, tree_sampler
from tuners.searcher import Searcher, Task


class OptunaHyperband(OptunaSearcherPlugin):
    name = "optuna-hyperband"
    title = "Optuna TPE with the Hyperband pruner: stops a trial that is not among the best third so far"

    def sampler(self, task: Task) -> Any:
        return tree_sampler(task)

    def pruner(self, task: Task) -> Any:
        import optuna

        return optuna.pruners.HyperbandPruner(
            min_resource=1, max_resource=task.max_epochs, reduction_factor=3
        )

    def searcher(self, task: Task, study: Any) -> Searcher:
        return PruningSearcher(task, study)
