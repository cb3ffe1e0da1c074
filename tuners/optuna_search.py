"""Optuna's samplers and pruners behind ask and tell.

Optuna's own `Study.ask` and `Study.tell` are used, in memory; its loop `Study.optimize` is not, so that
budget, seeds, failures and records are those of every other system here.
"""

from __future__ import annotations

import math
import warnings
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from manual.learner import Config, Value
from tuners.draw import draw_possible, first_look
from tuners.record import Outcome, Suggestion, TrialState
from tuners.results import error_of
from tuners.searcher import Searcher, SearcherPlugin, Task
from tuners.seeds import derive
from tuners.space import SpaceError

if TYPE_CHECKING:
    import optuna

#: The pruner of Hyperband derives the bracket of a trial from this name and the trial's number.
STUDY = "handtune"

#: Random trials before a sampler uses what it was told. Optuna's default of 10 is most of a budget of 12.
STARTUP_TRIALS = 5


class StudySearcher(Searcher):
    """A study of Optuna, asked and told in memory.

    Optuna numbers the draws that a guard refused as well, so its numbers run ahead of those here: every
    suggestion keeps the trial of Optuna that it came from.
    """

    #: Draws of the sampler in a row that may break a constraint before one is drawn without it.
    most_draws: ClassVar[int] = 100

    def __init__(self, task: Task, study: optuna.Study) -> None:
        super().__init__(task)
        assert task.space is not None
        self.space = task.space
        self.study = study
        self._trials: dict[int, optuna.Trial] = {}

    def _suggest(self, number: int) -> Suggestion | None:
        with quiet():
            self._trials[number], config = self._draw(number)
        return Suggestion(number, config, self.task.max_epochs)

    def _draw(self, number: int) -> tuple[optuna.Trial, Config]:
        """The sampler's next point that can be built. A draw that cannot is told as failed, which no sampler
        learns from, and the sampler is asked again."""
        import optuna

        from tuners.optuna_space import suggest

        for _ in range(self.most_draws):
            trial = self.study.ask()
            config = suggest(self.space, trial)
            if not self.task.guard or self.space.problem(config) is None:
                return trial, config
            self.study.tell(trial, state=optuna.trial.TrialState.FAIL)
        rng = np.random.default_rng(derive(self.task.seed, "guard", number))
        return self._given(draw_possible(self.space, rng))

    def _given(self, config: dict[str, Value]) -> tuple[optuna.Trial, Config]:
        """A trial of the study at a point that was chosen elsewhere; the sampler draws nothing for it."""
        from tuners.optuna_space import suggest

        self.study.enqueue_trial(config)
        trial = self.study.ask()
        suggest(self.space, trial)
        return trial, config

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        import optuna

        trial = self._trials.pop(suggestion.number)
        error = error_of(outcome)
        with quiet():
            if error is None:
                self.study.tell(trial, state=optuna.trial.TrialState.FAIL)
            elif outcome.state == TrialState.PRUNED:
                # A sampler ranks pruned trials by what they reported; one that was stopped for another
                # reason, or that repeats a pruned one, has reported nothing here.
                if self.study.get_trials(deepcopy=False)[trial.number].last_step is None:
                    trial.report(error, outcome.epochs)
                self.study.tell(trial, state=optuna.trial.TrialState.PRUNED)
            else:
                self.study.tell(trial, error)


class PruningSearcher(StudySearcher):
    """A study whose pruner looks at every epoch. A trial that has trained all its epochs is never pruned."""

    wants_reports = True

    def report(self, suggestion: Suggestion, epoch: int, dev_error: float) -> bool:
        if not math.isfinite(dev_error):
            return True  # the loop fails such a trial
        trial = self._trials[suggestion.number]
        with quiet():
            trial.report(dev_error, epoch)
            # Asked after the last epoch too: the pruner notes what the trial reached, for later ones.
            stop = trial.should_prune()
        return not stop or epoch >= suggestion.epochs


class OptunaSearcherPlugin(SearcherPlugin):
    """An algorithm of Optuna: which sampler, and which pruner."""

    requires: ClassVar[tuple[str, ...]] = ("optuna",)

    def start(self, task: Task) -> Searcher:
        if task.space is None:
            raise SpaceError(f"{self.name} needs a search space")
        if task.guard:
            first_look(task.space)
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        with quiet():
            study = optuna.create_study(
                study_name=STUDY, sampler=self.sampler(task), pruner=self.pruner(task), direction="minimize"
            )
            return self.searcher(task, study)

    @abstractmethod
    def sampler(self, task: Task) -> optuna.samplers.BaseSampler:
        """The sampler, seeded with the task's seed."""

    def pruner(self, task: Task) -> optuna.pruners.BasePruner:
        import optuna

        return optuna.pruners.NopPruner()

    def searcher(self, task: Task, study: optuna.Study) -> Searcher:
        return StudySearcher(task, study)


def tree_sampler(task: Task) -> optuna.samplers.TPESampler:
    """The tree-structured Parzen estimator (Bergstra et al. 2011) as the plug-ins here use it.

    multivariate: parameters are drawn together, since width and learning rate depend on each other. group:
    the children of a branch as well, from the trials that took that branch; without it they are drawn one by
    one, because Optuna draws together only what all trials have in common.
    """
    import optuna

    return optuna.samplers.TPESampler(
        n_startup_trials=STARTUP_TRIALS, multivariate=True, group=True, seed=task.seed
    )


@contextmanager
def quiet() -> Iterator[None]:
    """Without Optuna's warnings, which are about experimental arguments and which nobody here can act on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
