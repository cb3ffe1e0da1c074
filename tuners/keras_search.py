"""Keras Tuner's oracles behind ask and tell.

An oracle is the part of Keras Tuner that decides; its `Tuner`, which trains, is not used, so that
budget, seeds, failures and records are those of every other system here. Every trap that Keras
Tuner 1.4.8 sets at this border is named where it is avoided.
"""

from __future__ import annotations

import os
import sys
import warnings
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from tuners.record import Outcome, Suggestion, TrialRecord
from tuners.results import error_of
from tuners.searcher import Searcher, SearcherPlugin, Task
from tuners.space import SpaceError

if TYPE_CHECKING:
    import keras_tuner

#: The name under which the dev error is reported to the oracle.
OBJECTIVE = "dev_error"


class OracleSearcher(Searcher):
    """An oracle driven through create_trial and end_trial, in memory."""

    def __init__(self, task: Task, oracle: keras_tuner.Oracle) -> None:
        super().__init__(task)
        self.oracle = oracle
        self._trials: dict[int, Any] = {}
        self._over = False
        oracle.verbose = 0
        # An oracle writes its state to disk three times a trial, not atomically; the store of this
        # project is the memory of a search, and replaying it restores the oracle (see `resume`).
        oracle.save = lambda: None
        oracle._save_trial = lambda trial: None
        assert task.space is not None
        if task.guard and task.space.constraints:
            from tuners.keras_guard import guard

            guard(oracle, task.space, task.seed)

    def _suggest(self, number: int) -> Suggestion | None:
        from tuners.keras_guard import searched
        from tuners.keras_space import own_values

        if self._over:
            return None
        # One tuner id a trial: an oracle hands a client its own unfinished trial again.
        with warnings.catch_warnings():
            # The Gaussian process warns about length scales at their bounds, which nobody here can change.
            warnings.simplefilter("ignore")
            trial = self.oracle.create_trial(f"trial-{number}")
        if trial.status != "RUNNING":
            # A random draw that failed for collisions may succeed at the next try. How often a loop asks
            # depends on the clock, and a replay knows of answered asks only: the end is the end.
            self._over = trial.status == "STOPPED"
            return None
        self._trials[number] = trial
        values = trial.hyperparameters.values
        assert self.task.space is not None
        config = self.task.space.resolve(own_values(self.task.space, searched(values)))
        parent = values.get("tuner/trial_id")
        return Suggestion(
            number=number,
            config=config,
            epochs=int(values.get("tuner/epochs", self.task.max_epochs)),
            first_epoch=int(values.get("tuner/initial_epoch", 0)),
            parent=None if parent is None else self._number_of(parent),
        )

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        trial = self._trials[suggestion.number]
        error = error_of(outcome)
        # +inf counts as a result for an oracle, and the Bayesian one even takes it for 0, excellent:
        # nothing that is not a finite number may reach it.
        if error is None:
            trial.status = "FAILED"
        else:
            self.oracle.update_trial(trial.trial_id, {OBJECTIVE: error}, step=outcome.epochs)
            trial.status = "COMPLETED"
        self.oracle.end_trial(trial)

    def _number_of(self, trial_id: str) -> int:
        return next(number for number, trial in self._trials.items() if trial.trial_id == trial_id)


class PromotingSearcher(OracleSearcher):
    """An oracle that trains the best of its short trials on."""

    promotes = True


class KerasSearcherPlugin(SearcherPlugin):
    """A Keras Tuner algorithm: which oracle, with which arguments."""

    requires: ClassVar[tuple[str, ...]] = ("keras_tuner", "keras")

    def start(self, task: Task) -> Searcher:
        if task.space is None:
            raise SpaceError(f"{self.name} needs a search space")
        # The oracle's process trains nothing: it must be quiet and leave the GPU's memory alone.
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        with _silence():
            import keras_tuner

        from tuners.keras_space import hyperparameters

        # Limits belong to the ledger of the loop: the oracle itself never stops at a number of trials,
        # and its "three failures in a row" would raise in the middle of end_trial. Every name is
        # declared beforehand, so that the size of the space never changes in mid-search.
        common = {
            "objective": keras_tuner.Objective(OBJECTIVE, "min"),
            "hyperparameters": hyperparameters(task.space),
            "allow_new_entries": False,
            "tune_new_entries": False,
            "max_consecutive_failed_trials": 10**9,
            # A seed of 0 would be replaced by a random one.
            "seed": task.seed or 1,
        }
        return self.searcher(task, self.oracle(task, common))

    @abstractmethod
    def oracle(self, task: Task, common: dict[str, Any]) -> keras_tuner.Oracle:
        """The oracle, made from the arguments that all of them share."""

    def searcher(self, task: Task, oracle: keras_tuner.Oracle) -> Searcher:
        return OracleSearcher(task, oracle)


@contextmanager
def _silence() -> Iterator[None]:
    """Nothing on standard error: TensorFlow greets before its log level counts, in the middle of our bars."""
    sys.stderr.flush()
    kept, nothing = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nothing)


class BayesianSearcher(OracleSearcher):
    """Replays without fitting the Gaussian process again, which costs seconds a suggestion."""

    def _replay(self, trial: TrialRecord) -> Suggestion | None:
        oracle: Any = self.oracle
        original = oracle.populate_space

        def recorded(trial_id: str) -> dict[str, Any]:
            completed = sum(1 for past in oracle.trials.values() if past.status == "COMPLETED")
            initial = oracle.num_initial_points or max(3 * len(oracle.hyperparameters.space), 3)
            if completed < initial:
                return dict(original(trial_id))
            # What the oracle draws for its 50 restarts, so that the next real draw is the right one.
            oracle._random_state.uniform(size=(50, len(oracle._nonfixed_space())))
            return {"status": "RUNNING", "values": dict(trial.config)}

        oracle.populate_space = recorded
        try:
            return self.ask()
        finally:
            oracle.populate_space = original
