"""Keras Tuner as its manual shows it for functions that are no networks: a tuner with a `run_trial` of its own."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable
from typing import Any

from direct.problems import Run


def method(algorithm: str, **settings: Any) -> Callable[[Run, int, int], None]:
    def direct(run: Run, trials: int, seed: int) -> None:
        import keras_tuner

        problem = run.problem

        class Tuner(getattr(keras_tuner, algorithm)):  # type: ignore[misc]
            def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> float:
                hp = trial.hyperparameters
                point = [hp.Float(name, problem.low, problem.high) for name in problem.names]
                return [run.train(point, epoch) for epoch in range(1, problem.epochs + 1)][-1]

        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Tuner(max_trials=trials, seed=seed, directory=folder, **settings).search(verbose=0)

    return direct


DIRECT = {
    "keras-random": method("RandomSearch"),
    "keras-bayesian": method("BayesianOptimization", num_initial_points=5),
}
