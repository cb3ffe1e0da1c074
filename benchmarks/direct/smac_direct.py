"""SMAC as its manual shows it: a target function and `optimize`, set as the plug-in sets it."""

from __future__ import annotations

import warnings
from tempfile import TemporaryDirectory
from typing import Any

from direct.problems import Run

from tuners.seeds import derive


def smac(run: Run, trials: int, seed: int) -> None:
    from ConfigSpace import ConfigurationSpace
    from smac import HyperparameterOptimizationFacade, Scenario

    problem = run.problem
    space = ConfigurationSpace({name: (problem.low, problem.high) for name in problem.names}, seed=seed)

    def objective(config: Any, seed: int = 0) -> float:
        return run.train([float(config[name]) for name in problem.names], problem.epochs)

    facade = HyperparameterOptimizationFacade
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scenario = Scenario(
            space,
            output_directory=folder,
            deterministic=True,
            n_trials=trials,
            seed=derive(seed, "smac"),  # the one that the searcher starts it with
        )
        facade(
            scenario,
            objective,
            initial_design=facade.get_initial_design(scenario, n_configs=5, max_ratio=1.0),
            config_selector=facade.get_config_selector(scenario, retrain_after=1),
            logging_level=False,
            overwrite=True,
        ).optimize()


DIRECT = {"smac": smac}
