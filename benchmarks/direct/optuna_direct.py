"""Optuna as its manual shows it: an objective, `study.optimize`, and samplers set as the plug-ins set them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from direct.problems import Problem, Run


def tpe(problem: Problem, seed: int) -> Any:
    from optuna.samplers import TPESampler

    return TPESampler(n_startup_trials=5, multivariate=True, group=True, seed=seed)


def gp(problem: Problem, seed: int) -> Any:
    from optuna.samplers import GPSampler

    return GPSampler(n_startup_trials=5, seed=seed)


def cmaes(problem: Problem, seed: int) -> Any:
    from optuna.samplers import CmaEsSampler

    return CmaEsSampler(seed=seed)


def grid(problem: Problem, seed: int) -> Any:
    from optuna.samplers import GridSampler

    axis = np.linspace(problem.low, problem.high, 10).tolist()
    return GridSampler(dict.fromkeys(problem.names, axis), seed=seed)


def unpruned(problem: Problem) -> Any:
    from optuna.pruners import NopPruner

    return NopPruner()


def hyperband(problem: Problem) -> Any:
    from optuna.pruners import HyperbandPruner

    return HyperbandPruner(min_resource=1, max_resource=problem.epochs, reduction_factor=3)


def median(problem: Problem) -> Any:
    from optuna.pruners import MedianPruner

    return MedianPruner(n_startup_trials=5, n_warmup_steps=max(1, problem.epochs // 4))


def method(
    sampler: Callable[[Problem, int], Any], pruner: Callable[[Problem], Any] = unpruned
) -> Callable[[Run, int, int], None]:
    def direct(run: Run, trials: int, seed: int) -> None:
        import optuna

        problem = run.problem

        def objective(trial: optuna.Trial) -> float:
            point = [trial.suggest_float(name, problem.low, problem.high) for name in problem.names]
            error = 1.0
            for epoch in range(1, problem.epochs + 1):
                error = run.train(point, epoch)
                trial.report(error, epoch)
                if trial.should_prune() and epoch < problem.epochs:
                    raise optuna.TrialPruned
            return error

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The Hyperband pruner derives brackets from the name of the study.
            study = optuna.create_study(
                study_name="handtune", sampler=sampler(problem, seed), pruner=pruner(problem)
            )
            study.optimize(objective, n_trials=trials)

    return direct


DIRECT = {
    "optuna-tpe": method(tpe),
    "optuna-gp": method(gp),
    "optuna-cmaes": method(cmaes),
    "optuna-grid": method(grid),
    "optuna-hyperband": method(tpe, hyperband),
    "optuna-median": method(tpe, median),
}
