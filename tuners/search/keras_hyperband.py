"""keras-hyperband: Keras Tuner's Hyperband, many short trials of which the best are trained on."""

from __future__ import annotations

from typing import Any

from tuners.keras_search import KerasSearcherPlugin, PromotingSearcher
from tuners.searcher import Searcher, Task


class KerasHyperband(KerasSearcherPlugin):
    name = "keras-hyperband"
    title = "Keras Tuner Hyperband: starts many short trials, trains the best third on"

    def oracle(self, task: Task, common: dict[str, Any]) -> Any:
        from keras_tuner.oracles import HyperbandOracle

        # None iterations: bracket after bracket until the ledger's budget is spent.
        return HyperbandOracle(max_epochs=task.max_epochs, factor=3, hyperband_iterations=None, **common)

    def searcher(self, task: Task, oracle: Any) -> Searcher:
        return PromotingSearcher(task, oracle)
