"""optuna-cmaes: Optuna's CMA-ES, a normal distribution that moves and stretches towards good trials.

CMA-ES (Hansen and Ostermeier 2001) knows vectors of numbers of one length. It adapts the numbers that every
configuration has, with their log scales and steps; categories and parameters with a condition arrive whole
too, but are drawn at random in every trial. In a space of mostly such parameters it is close to a random
search.
"""

from __future__ import annotations

from typing import Any

from tuners.optuna_search import OptunaSearcherPlugin
from tuners.searcher import Task


class OptunaCmaes(OptunaSearcherPlugin):
    name = "optuna-cmaes"
    title = "Optuna CMA-ES over the numbers without a condition; all other parameters at random"
    requires = ("optuna", "cmaes")

    def sampler(self, task: Task) -> Any:
        from tuners.optuna_space import RootCmaEsSampler

        assert task.space is not None
        return RootCmaEsSampler(task.space, task.seed)
