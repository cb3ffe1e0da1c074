"""keras-random: Keras Tuner's random search."""

from __future__ import annotations

from typing import Any

from tuners.keras_search import KerasSearcherPlugin
from tuners.searcher import Task


class KerasRandom(KerasSearcherPlugin):
    name = "keras-random"
    title = "Keras Tuner RandomSearch: draws configurations at random, none twice"
    parallel = None

    def oracle(self, task: Task, common: dict[str, Any]) -> Any:
        from keras_tuner.oracles import RandomSearchOracle

        return RandomSearchOracle(max_trials=None, **common)
