"""What the searchers that use Ray Tune's schedulers share: their import, and randomness of their own.

A scheduler of Ray decides from `on_trial_add` and `on_trial_result` alone; Ray's own loop, which starts a
cluster and writes into ~/ray_results, is not used. Its trials here are Ray's own `Trial` objects as stubs.
"""

from __future__ import annotations

import logging
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from manual.learner import Config

#: A ray.tune.experiment.Trial, whose methods have no types.
Trial = Any

#: The names under which results reach a scheduler.
TIME, METRIC = "training_iteration", "dev_error"

#: What every scheduler here is told about its results.
RESULTS = {"time_attr": TIME, "metric": METRIC, "mode": "min"}


def schedulers() -> Any:
    """The module ray.tune.schedulers; importing it starts nothing and reports nothing to anybody."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    import ray.tune.schedulers

    # They tell of every decision, in the middle of our bars.
    logging.getLogger("ray.tune.schedulers").setLevel(logging.WARNING)
    return ray.tune.schedulers


def stub(name: str, config: Config) -> Trial:
    """A trial of Ray that nobody runs."""
    from ray.tune import experiment

    return experiment.Trial("handtune", trial_id=name, config=dict(config), stub=True)


class OwnRandomness:
    """Python's and NumPy's global random numbers, which Ray's schedulers draw from, kept apart.

    Between two uses both generators are as they were for everybody else, and what the scheduler draws
    follows from `seed` and from nothing that others draw.
    """

    def __init__(self, seed: int) -> None:
        self._python = random.Random(seed).getstate()
        self._numpy = np.random.RandomState(seed).get_state()

    @contextmanager
    def use(self) -> Iterator[None]:
        others = random.getstate(), np.random.get_state()
        random.setstate(self._python)
        np.random.set_state(self._numpy)
        try:
            yield
        finally:
            self._python, self._numpy = random.getstate(), np.random.get_state()
            random.setstate(others[0])
            np.random.set_state(others[1])
