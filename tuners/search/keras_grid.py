"""keras-grid: Keras Tuner's grid search."""

from __future__ import annotations

from typing import Any

from tuners.keras_search import KerasSearcherPlugin
from tuners.searcher import Task


class KerasGrid(KerasSearcherPlugin):
    name = "keras-grid"
    title = "Keras Tuner GridSearch: every combination in order (ten values for a real number)"

    def oracle(self, task: Task, common: dict[str, Any]) -> Any:
        from keras_tuner.oracles import GridSearchOracle

        return GridSearchOracle(max_trials=None, **common)
