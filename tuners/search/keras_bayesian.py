"""keras-bayesian: Keras Tuner's Bayesian optimization."""

from __future__ import annotations

from typing import Any

from tuners.keras_search import BayesianSearcher, KerasSearcherPlugin
from tuners.searcher import Searcher, Task

#: Random trials before the Gaussian process takes over. Keras Tuner's own default is three times the
#: number of parameters, which for the spaces here (16 and more) is more than most budgets hold.
INITIAL_TRIALS = 5


class KerasBayesian(KerasSearcherPlugin):
    name = "keras-bayesian"
    title = f"Keras Tuner BayesianOptimization: a Gaussian process after {INITIAL_TRIALS} random trials"
    requires = ("keras_tuner", "keras", "scipy", "sklearn")

    def oracle(self, task: Task, common: dict[str, Any]) -> Any:
        from keras_tuner.oracles import BayesianOptimizationOracle

        return BayesianOptimizationOracle(max_trials=None, num_initial_points=INITIAL_TRIALS, **common)

    def searcher(self, task: Task, oracle: Any) -> Searcher:
        return BayesianSearcher(task, oracle)
