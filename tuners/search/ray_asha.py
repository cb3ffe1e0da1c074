"""ray-asha: random configurations, stopped early by Ray Tune's asynchronous successive halving.

Li et al., A system for massively parallel hyperparameter tuning, MLSys 2020. Rungs stand at epochs 1, 3, 9,
... A trial that comes to a rung goes on only if it is among the best third of those that came there
before; Ray compares with the quantile of the trials before it, so that the first at a rung always goes on.
The order of the reports decides, so one trial is under way at a time.
"""

from __future__ import annotations

import math

import numpy as np

from tuners.draw import draw, draw_possible, first_look
from tuners.ray_schedulers import METRIC, RESULTS, TIME, OwnRandomness, Trial, schedulers, stub
from tuners.record import Outcome, Suggestion
from tuners.results import error_of
from tuners.searcher import Searcher, SearcherPlugin, Task
from tuners.seeds import derive
from tuners.space import SpaceError

#: Epochs before the first decision, and how many times as many trials come to a rung as go on from it.
GRACE, REDUCTION = 1, 3


class AshaSearcher(Searcher):
    wants_reports = True

    def __init__(self, task: Task, name: str) -> None:
        super().__init__(task)
        if task.space is None:
            raise SpaceError(f"{name} needs a search space")
        if task.guard and task.space.constraints:
            first_look(task.space)
        self.space = task.space
        self.scheduler = schedulers().AsyncHyperBandScheduler(
            **RESULTS, max_t=task.max_epochs, grace_period=GRACE, reduction_factor=REDUCTION, brackets=1
        )
        self._randomness = OwnRandomness(derive(task.seed, name))
        self._trials: dict[int, Trial] = {}
        self._last: dict[int, dict[str, float]] = {}

    def _suggest(self, number: int) -> Suggestion:
        rng = np.random.default_rng(derive(self.task.seed, "ray-asha draw", number))
        config = draw_possible(self.space, rng) if self.task.guard else draw(self.space, rng)
        trial = self._trials[number] = stub(str(number), config)
        with self._randomness.use():
            self.scheduler.on_trial_add(None, trial)
        return Suggestion(number, config, self.task.max_epochs)

    def report(self, suggestion: Suggestion, epoch: int, dev_error: float) -> bool:
        if not math.isfinite(dev_error):
            return True  # the training ends itself
        trial = self._trials[suggestion.number]
        result = self._last[suggestion.number] = {TIME: epoch, METRIC: dev_error}
        decision = self.scheduler.on_trial_result(None, trial, result)
        # At its last epoch Ray calls a trial stopped as well; here that is complete.
        return bool(decision != self.scheduler.STOP) or epoch >= self.task.max_epochs

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        trial = self._trials.pop(suggestion.number)
        result = self._last.pop(suggestion.number, None)
        if result is None or error_of(outcome) is None:
            self.scheduler.on_trial_remove(None, trial)
        else:
            self.scheduler.on_trial_complete(None, trial, result)


class RayAsha(SearcherPlugin):
    name = "ray-asha"
    title = (
        "Ray Tune AsyncHyperBandScheduler: random configurations, two of three stopped at epochs 1, 3, 9, ..."
    )
    requires = ("ray", "pandas", "pyarrow")

    def start(self, task: Task) -> Searcher:
        return AshaSearcher(task, self.name)
