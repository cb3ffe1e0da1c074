"""One system of a study while it runs: its searcher, its ledger, its records."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tuners.budget import Ledger
from tuners.record import (
    Budget,
    EpochRecord,
    ScoreRecord,
    StudyRecord,
    Suggestion,
    SystemSpec,
    TrialRecord,
    TrialState,
    degenerate_reason,
)
from tuners.searcher import Searcher
from tuners.seeds import derive
from tuners.space import config_key
from tuners.store import Store

#: A searcher that suggests only what was tried before has seen all that it can reach.
MOST_REPEATS = 100

#: States whose dev error counts when the winner is chosen.
SELECTABLE = (TrialState.COMPLETE, TrialState.DEGENERATE)


class SystemRun:
    """Asks, records and tells; the loop decides when, an engine does the work.

    parallel: suggestions that may be outstanding at once (None: any number).
    """

    def __init__(
        self,
        store: Store,
        study: StudyRecord,
        spec: SystemSpec,
        searcher: Searcher,
        parallel: int | None,
        deterministic: bool,
    ) -> None:
        self.store = store
        self.study = study.name
        self.seed = study.spec.seed
        self.spec = spec
        self.searcher = searcher
        self.parallel = parallel
        self.repeats = 1 if deterministic else study.spec.repeats
        self.ledger = Ledger(_budget_of(spec, study.spec.budget))
        self.trials: dict[int, TrialRecord] = {}
        self.running: dict[int, TrialRecord] = {}
        self.redo: list[TrialRecord] = []
        self.scores: dict[int, ScoreRecord] = {}
        self.exhausted = False
        self.overhead = 0.0
        self._by_key: dict[str, int] = {}
        self._events = 0
        self._repeated = 0
        self._clocks: dict[int, float] = {}

    # Resume ---------------------------------------------------------------------------------------

    def restore(self, trials: list[TrialRecord], scores: list[ScoreRecord]) -> None:
        """Continues from what the store holds: finished trials count, cut-off ones run again."""
        self.searcher.resume(trials)
        self.scores = {score.repeat: score for score in scores}
        self._events = 1 + max(
            (event for trial in trials for event in (trial.asked, trial.told) if event is not None),
            default=-1,
        )
        for trial in trials:
            self.trials[trial.number] = trial
            if trial.state == TrialState.RUNNING and trial.repeat_of is not None:
                self._tell_again(trial)
            elif trial.state == TrialState.RUNNING:
                self.store.restart_trial(self.study, self.spec.label, trial.number)
                self.redo.append(trial)
            elif trial.repeat_of is None:
                self._remember(trial)
                self.ledger.book(trial.epochs, trial.seconds)

    # Asking ---------------------------------------------------------------------------------------

    def next_trial(self) -> TrialRecord | None:
        """The next trial to train, recorded as running; None when there is none now."""
        if self.redo:
            trial = self.redo.pop(0)
            self.running[trial.number] = trial
            return trial
        while not self.exhausted:
            if self.parallel is not None and len(self.running) >= self.parallel:
                return None
            if self.ledger.spent(len(self.running)):
                return None
            started = time.monotonic()
            suggestion = self.searcher.ask()
            self.overhead += time.monotonic() - started
            if suggestion is None:
                self.exhausted = not self.running
                return None
            trial = self._record(suggestion)
            if trial.repeat_of is None:
                self._repeated = 0
                self.running[trial.number] = trial
                return trial
            self._repeated += 1
            self.exhausted = self._repeated >= MOST_REPEATS
            self._tell_again(trial)
        return None

    @property
    def searched(self) -> str | None:
        """Why the search is over, or None while it goes on."""
        if self.running or self.redo:
            return None
        if self.exhausted:
            return "nothing left to try"
        return self.ledger.spent()

    def _record(self, suggestion: Suggestion) -> TrialRecord:
        key = config_key(suggestion.config, suggestion.epochs, suggestion.first_epoch)
        trial = TrialRecord(
            study=self.study,
            system=self.spec.label,
            number=suggestion.number,
            state=TrialState.RUNNING,
            config=dict(suggestion.config),
            seed=derive(self.seed, "trial", suggestion.number),
            epochs_planned=suggestion.epochs,
            first_epoch=suggestion.first_epoch,
            parent=suggestion.parent,
            asked=self._tick(),
            repeat_of=self._by_key.get(key),
            started=time.time(),
        )
        self.store.add_trial(trial)
        self.trials[trial.number] = trial
        return trial

    def _tell_again(self, trial: TrialRecord) -> None:
        """Answers a repeated suggestion with the result that is on record; nothing is trained."""
        assert trial.repeat_of is not None
        first = self.trials[trial.repeat_of]
        self._finish(
            replace(
                trial,
                state=first.state,
                dev_error=first.dev_error,
                class_errors=first.class_errors,
                best_epoch=first.best_epoch,
                reason=f"the same configuration as trial {first.number}, whose result was told again",
            )
        )

    # Results --------------------------------------------------------------------------------------

    def start_clock(self, number: int) -> None:
        self._clocks[number] = time.monotonic()

    def epoch(self, number: int, record: EpochRecord) -> bool:
        """Records one epoch and says whether the trial goes on."""
        self.store.add_epoch(self.study, record)
        trial = self.trials[number]
        go_on = True
        if self.searcher.wants_reports:
            go_on = self.searcher.report(trial.suggestion, record.epoch, record.dev_error)
        running = sum(
            time.monotonic() - self._clocks[other] for other in self.running if other in self._clocks
        )
        return go_on and not self.ledger.out_of_time(running)

    def complete(self, number: int, values: Mapping[str, Any]) -> TrialRecord:
        """Books a trial that ended with a result."""
        trial = self.running.pop(number)
        degenerate = bool(values["degenerate"])
        ended = trial.first_epoch + int(values["epochs"])
        running = sum(
            time.monotonic() - self._clocks[other] for other in self.running if other in self._clocks
        )
        reason = ""
        if degenerate:
            reason = degenerate_reason(values["collapsed"], trial.epochs_planned)
        elif ended < trial.epochs_planned and self.ledger.out_of_time(running + float(values["seconds"])):
            reason = (
                f"stopped after epoch {ended} of {trial.epochs_planned}: the time of the search was spent"
            )
        return self._settle(
            replace(
                trial,
                state=TrialState.DEGENERATE if degenerate else TrialState.COMPLETE,
                dev_error=float(values["dev_error"]),
                class_errors=tuple(values["class_errors"]),
                epochs=int(values["epochs"]),
                best_epoch=int(values["best_epoch"]),
                seconds=float(values["seconds"]),
                reason=reason,
            )
        )

    def fail(self, number: int, state: TrialState, reason: str, seconds: float, epochs: int) -> TrialRecord:
        """Books a trial that ended without a result; the search goes on."""
        trial = self.running.pop(number)
        return self._settle(replace(trial, state=state, reason=reason, seconds=seconds, epochs=epochs))

    def best(self) -> TrialRecord | None:
        """The winner by dev error; the earlier of two equal ones, a degenerate one only for want of others."""
        candidates = [t for t in self.trials.values() if t.state in SELECTABLE and t.repeat_of is None]
        return min(
            candidates,
            key=lambda t: (t.state == TrialState.DEGENERATE, t.dev_error, t.number),
            default=None,
        )

    def missing_repeats(self) -> list[int]:
        return [repeat for repeat in range(self.repeats) if repeat not in self.scores]

    def _settle(self, trial: TrialRecord) -> TrialRecord:
        self._clocks.pop(trial.number, None)
        self.ledger.book(trial.epochs, trial.seconds)
        finished = self._finish(trial)
        self._remember(finished)
        return finished

    def _finish(self, trial: TrialRecord) -> TrialRecord:
        trial = replace(trial, told=self._tick())
        # Recorded before it is told: what a searcher knows is always on record too.
        self.store.finish_trial(trial)
        self.trials[trial.number] = trial
        started = time.monotonic()
        self.searcher.tell(trial.suggestion, trial.outcome)
        self.overhead += time.monotonic() - started
        return trial

    def _remember(self, trial: TrialRecord) -> None:
        self._by_key.setdefault(
            config_key(trial.config, trial.epochs_planned, trial.first_epoch), trial.number
        )

    def _tick(self) -> int:
        self._events += 1
        return self._events - 1


def _budget_of(spec: SystemSpec, budget: Budget) -> Budget:
    """A person's list ends by itself: its length is its budget of trials, its time is unlimited."""
    if spec.configs:
        return Budget(max_trials=len(spec.configs), max_epochs=spec.epochs or 1)
    return budget
