"""The contract of everything that decides what to try next: an autotuner, or a person's list."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from datasets.errors import HandtuneError
from datasets.plugins import Plugin
from manual.learner import Config
from tuners.record import Outcome, Suggestion, TrialRecord
from tuners.space import SearchSpace

SEARCH = "tuners.search"


class ResumeError(HandtuneError):
    """A stored search cannot be continued as it was."""

    exit_code = 3


@dataclass(frozen=True)
class Task:
    """What a searcher needs to know before it starts.

    space: None for a list of configurations alone. seed: the searcher's own randomness.
    max_epochs: epochs of one trial at most; a multi-fidelity searcher may ask for fewer.
    guard: never ask for a configuration that breaks a constraint of the space.
    """

    space: SearchSpace | None
    seed: int
    max_epochs: int
    configs: tuple[Config, ...] = ()
    guard: bool = True


class Searcher(ABC):
    """A search in progress. Suggestions are numbered 0, 1, 2, ... in the order they are asked for.

    ask: the next suggestion; None when there is none now, which is final once nothing is outstanding.
    tell: the outcome of a suggestion, exactly once.
    report: after an epoch, whether the trial goes on; only called where `wants_reports` is set. A trial
    that it stops is told as pruned, with the lowest dev error that it had reached.
    resume: bring a fresh searcher into the state that a stored search was in.
    """

    #: Whether it decides after every epoch. Such a searcher has one trial under way at a time (`parallel` = 1),
    #: so that the order of its reports is that of its trials and a resumed search can replay them.
    wants_reports: ClassVar[bool] = False

    #: Whether it may ask to train a trial on from its weights, which are kept until the search is over.
    promotes: ClassVar[bool] = False

    def __init__(self, task: Task) -> None:
        self.task = task
        self.asked = 0

    def ask(self) -> Suggestion | None:
        suggestion = self._suggest(self.asked)
        if suggestion is not None:
            self.asked += 1
        return suggestion

    @abstractmethod
    def _suggest(self, number: int) -> Suggestion | None:
        """The suggestion with this number, or None."""

    @abstractmethod
    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None: ...

    def report(self, suggestion: Suggestion, epoch: int, dev_error: float) -> bool:
        return True

    def resume(
        self, trials: list[TrialRecord], reports: Mapping[int, Sequence[tuple[int, float]]] | None = None
    ) -> None:
        """Replays the recorded asks, reports and tells in their order.

        reports: by trial number the epochs that were reported, as (epoch, dev error), of told trials.
        A searcher is a function of its seed and of what it was told, so the same sequence brings it
        into the same state, whatever library it is made of and whenever the process died.
        Raises ResumeError where it now asks for something else than what the store recorded.
        """
        events = [(trial.asked, "ask", trial) for trial in trials]
        events += [(trial.told, "tell", trial) for trial in trials if trial.told is not None]
        for _, kind, trial in sorted(events, key=lambda item: item[0]):
            if kind == "tell":
                if self.wants_reports and trial.repeat_of is None:
                    for epoch, dev_error in (reports or {}).get(trial.number, ()):
                        self.report(trial.suggestion, epoch, dev_error)
                self.tell(trial.suggestion, trial.outcome)
                continue
            again = self._replay(trial)
            if again != trial.suggestion:
                raise ResumeError(
                    f"trial {trial.number} cannot be replayed: the store recorded {trial.suggestion}, and the "
                    f"searcher now asks for {again}. The version of its library changed; start a new study"
                )

    def _replay(self, trial: TrialRecord) -> Suggestion | None:
        """Asks again for what `trial` recorded; a costly searcher may take the record's word for it."""
        return self.ask()


class SearcherPlugin(Plugin, ABC):
    """An autotuner as users name it: makes searchers.

    parallel: how many suggestions may be outstanding at once without changing what is drawn: None for
    any number (random, grid, a list), 1 where each depends on the results before it.
    The loop never goes beyond it, so that a study does not depend on the number of workers.
    """

    parallel: ClassVar[int | None] = 1

    @abstractmethod
    def start(self, task: Task) -> Searcher:
        """A fresh search. Raises SpaceError where the space cannot be translated whole."""
