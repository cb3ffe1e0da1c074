"""One search of a system while it runs: its searcher, its ledger, its records."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tuners.budget import Ledger
from tuners.path import winner
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
from tuners.seeds import derive, search_seed
from tuners.space import config_key
from tuners.store import Store

#: A searcher that suggests only what was tried before has seen all that it can reach.
MOST_REPEATS = 100


class SystemRun:
    """Asks, records and tells; the loop decides when, an engine does the work.

    parallel: suggestions that may be outstanding at once (None: any number).
    repeat: which search of its system this is; seeds of trials and of the final training follow from it.
    """

    def __init__(
        self,
        store: Store,
        study: StudyRecord,
        spec: SystemSpec,
        searcher: Searcher,
        parallel: int | None,
        repeat: int = 0,
    ) -> None:
        self.store = store
        self.study = study.name
        self.repeat = repeat
        self.seed = search_seed(study.spec.seed, repeat)
        self.score_seed = derive(study.spec.seed, "repeat", repeat)
        self._one_seed = study.spec.seed if study.spec.one_seed else None
        self.spec = spec
        self.searcher = searcher
        self.parallel = parallel
        self.ledger = Ledger(_budget_of(spec, study.spec.budget))
        self.trials: dict[int, TrialRecord] = {}
        self.running: dict[int, TrialRecord] = {}
        self.redo: list[TrialRecord] = []
        self.score: ScoreRecord | None = None
        self.exhausted = False
        self.overhead = 0.0
        self._by_key: dict[str, int] = {}
        self._events = 0
        self._repeated = 0
        self._clocks: dict[int, float] = {}
        self._ended: dict[int, float] = {}
        self._granted: dict[int, int] = {}
        self._pruned: set[int] = set()
        self._reported: dict[int, int] = {}
        self._lost: dict[int, str] = {}

    # Resume ---------------------------------------------------------------------------------------

    def restore(
        self, trials: list[TrialRecord], epochs: list[EpochRecord], score: ScoreRecord | None, overhead: float
    ) -> None:
        """Continues from what the store holds: finished trials count, cut-off ones run again."""
        reports: dict[int, list[tuple[int, float]]] = {}
        for record in epochs:
            reports.setdefault(record.trial, []).append((record.epoch, record.dev_error))
        self.searcher.resume(trials, reports)
        self.score = score
        self.overhead = overhead
        self._events = 1 + max(
            (event for trial in trials for event in (trial.asked, trial.told) if event is not None),
            default=-1,
        )
        for trial in trials:
            self.trials[trial.number] = trial
            if trial.state == TrialState.RUNNING and trial.repeat_of is not None:
                self._tell_again(trial)
            elif trial.state == TrialState.RUNNING:
                self.store.restart_trial(trial)
                self.redo.append(trial)
            elif trial.repeat_of is None:
                self._remember(trial)
                self.ledger.book(trial.epochs, trial.seconds)

    # Asking ---------------------------------------------------------------------------------------

    def next_trial(self) -> TrialRecord | None:
        """The next trial to train, recorded as running; None when there is none now."""
        if self.redo:
            trial = self.redo.pop(0)
            return self._run(trial)
        while not self.exhausted:
            if self.parallel is not None and len(self.running) >= self.parallel:
                return None
            if self.ledger.spent(len(self.running), self._promised()):
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
                return self._run(trial)
            self._repeated += 1
            self.exhausted = self._repeated >= MOST_REPEATS
            self._tell_again(trial)
        return None

    def _run(self, trial: TrialRecord) -> TrialRecord:
        wanted = trial.epochs_due - trial.first_epoch
        self._granted[trial.number] = self.ledger.grant(wanted, self._promised())
        self.running[trial.number] = trial
        return trial

    def _promised(self) -> int:
        """Epochs that the trials under way may train."""
        return sum(self._granted[number] for number in self.running)

    def last_epoch(self, trial: TrialRecord) -> int:
        """The epoch to which a trial under way is trained: the one that is due, unless the budget ends before."""
        return trial.first_epoch + self._granted[trial.number]

    def source(self, parent: int | None) -> int | None:
        """The trial that left the weights of `parent`: an earlier one where that was a repetition."""
        if parent is None:
            return None
        first = self.trials[parent].repeat_of
        return parent if first is None else first

    @property
    def share(self) -> tuple[float, int]:
        """How much of its budget this search has used, trials under way included; to compare with others."""
        trials = self.ledger.trials + len(self.running)
        return self.ledger.share(len(self.running)), trials

    @property
    def searched(self) -> str | None:
        """Why the search is over, or None while it goes on."""
        if self.running or self.redo:
            return None
        if self.exhausted:
            return "nothing left to try"
        return self.ledger.spent()

    def _record(self, suggestion: Suggestion) -> TrialRecord:
        source = self.source(suggestion.parent)
        key = config_key(suggestion.config, suggestion.epochs, suggestion.first_epoch, source)
        trial = TrialRecord(
            study=self.study,
            system=self.spec.label,
            number=suggestion.number,
            state=TrialState.RUNNING,
            config=dict(suggestion.config),
            seed=self._trial_seed(suggestion.number),
            epochs_planned=suggestion.epochs,
            first_epoch=suggestion.first_epoch,
            parent=suggestion.parent,
            asked=self._tick(),
            repeat_of=self._by_key.get(key),
            started=time.time(),
            repeat=self.repeat,
        )
        self.store.add_trial(trial)
        self.trials[trial.number] = trial
        return trial

    def _trial_seed(self, number: int) -> int:
        return (
            derive(self._one_seed, "trial")
            if self._one_seed is not None
            else derive(self.seed, "trial", number)
        )

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
        self._ended.pop(number, None)

    def stop_clock(self, number: int) -> None:
        """The training has ended; its result is still to come."""
        self._ended[number] = time.monotonic()

    def _under_way(self) -> float:
        """Seconds of training so far of the trials that have no result yet."""
        now = time.monotonic()
        clocks = {number: self._clocks[number] for number in self.running if number in self._clocks}
        return sum(self._ended.get(number, now) - started for number, started in clocks.items())

    def restarted(self, number: int, epochs: int, seconds: float) -> None:
        """Forgets what a lost worker had trained of a trial, which begins again."""
        trial = self.trials[number]
        self.store.restart_trial(trial)
        self._lost[number] = (
            f"its worker was lost after {epochs} epoch{'s' * (epochs != 1)} ({seconds:.1f} s), and it was trained again"
        )
        self.start_clock(number)

    def epoch(self, number: int, record: EpochRecord) -> bool:
        """Records one epoch and says whether the trial goes on."""
        self.store.add_epoch(self.study, record)
        trial = self.trials[number]
        go_on = True
        if self.searcher.wants_reports and record.epoch > self._reported.get(number, 0):
            # What is trained again after its worker was lost has been reported before.
            self._reported[number] = record.epoch
            started = time.monotonic()
            go_on = self.searcher.report(trial.suggestion, record.epoch, record.dev_error)
            self.overhead += time.monotonic() - started
            if not go_on and record.epoch < self.last_epoch(trial):
                self._pruned.add(number)
        return go_on and not self.ledger.out_of_time(self._under_way())

    def complete(self, number: int, values: Mapping[str, Any]) -> TrialRecord:
        """Books a trial that ended with a result."""
        trial = self.running.pop(number)
        degenerate = bool(values["degenerate"])
        ended = trial.first_epoch + int(values["epochs"])
        running = self._under_way()
        state, reason = TrialState.COMPLETE, ""
        if degenerate:
            state = TrialState.DEGENERATE
            reason = degenerate_reason(values["collapsed"], trial.epochs_due)
        elif number in self._pruned and ended < trial.epochs_due:
            state = TrialState.PRUNED
            reason = f"stopped by the tuner after epoch {ended} of {trial.epochs_due}"
        elif (
            self.ledger.budget.total_epochs is not None and ended == self.last_epoch(trial) < trial.epochs_due
        ):
            reason = f"stopped after epoch {ended} of {trial.epochs_due}: the epochs of the search were spent"
        elif ended < trial.epochs_due and self.ledger.out_of_time(running + float(values["seconds"])):
            reason = f"stopped after epoch {ended} of {trial.epochs_due}: the time of the search was spent"
        return self._settle(
            replace(
                trial,
                state=state,
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
        """The winner by dev error, the earlier of two equal ones."""
        return winner(self.trials.values())

    def _settle(self, trial: TrialRecord) -> TrialRecord:
        self._clocks.pop(trial.number, None)
        self._ended.pop(trial.number, None)
        self._granted.pop(trial.number, None)
        self._pruned.discard(trial.number)
        self._reported.pop(trial.number, None)
        if trial.number in self._lost:
            reason = "; ".join(filter(None, [trial.reason, self._lost.pop(trial.number)]))
            trial = replace(trial, reason=reason)
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
        source = self.source(trial.parent)
        key = config_key(trial.config, trial.epochs_planned, trial.first_epoch, source)
        self._by_key.setdefault(key, trial.number)

    def _tick(self) -> int:
        self._events += 1
        return self._events - 1


def _budget_of(spec: SystemSpec, budget: Budget) -> Budget:
    """A baseline's own list ends by itself: its length is its budget of trials, its time is unlimited.

    A list that competes with tuners on their own model has their budget.
    """
    if spec.epochs is not None:
        return Budget(max_trials=len(spec.configs), max_epochs=spec.epochs)
    return budget
