"""optuna-gp: Optuna's Gaussian process with expected improvement.

The process models the parameters that all completed trials have in common, categories among them. A
parameter with a condition is drawn at random in every trial, as Optuna's own study does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tuners.optuna_search import STARTUP_TRIALS, OptunaSearcherPlugin, StudySearcher, quiet
from tuners.record import Suggestion, TrialRecord
from tuners.searcher import Searcher, Task
from tuners.seeds import derive

if TYPE_CHECKING:
    import optuna


class GaussianSearcher(StudySearcher):
    """A suggestion follows from the seed, its number and the completed trials alone: every one has a sampler
    of its own. So a replay need not fit the process again, which costs up to a second a suggestion."""

    #: Every draw fits the process, which knows nothing of the constraint and mostly wants the same again.
    most_draws = 3

    def _suggest(self, number: int) -> Suggestion | None:
        self.study.sampler = gaussian_sampler(derive(self.task.seed, "ask", number))
        return super()._suggest(number)

    def _replay(self, trial: TrialRecord) -> Suggestion | None:
        import optuna

        completed = self.study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
        if len(completed) < STARTUP_TRIALS:
            return self.ask()
        with quiet():
            self._trials[trial.number], _ = self._given(self.space.resolve(trial.config))
        self.asked += 1
        return trial.suggestion


class OptunaGp(OptunaSearcherPlugin):
    name = "optuna-gp"
    title = f"Optuna GP: a Gaussian process after {STARTUP_TRIALS} random trials; conditional parameters at random"
    requires = ("optuna", "scipy", "torch")

    def sampler(self, task: Task) -> Any:
        return gaussian_sampler(task.seed)

    def searcher(self, task: Task, study: Any) -> Searcher:
        return GaussianSearcher(task, study)


def gaussian_sampler(seed: int) -> optuna.samplers.GPSampler:
    import optuna

    return optuna.samplers.GPSampler(
        seed=seed, n_startup_trials=STARTUP_TRIALS, warn_independent_sampling=False
    )
