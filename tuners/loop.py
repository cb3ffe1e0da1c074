"""The one loop: every system of a study is searched, selected, retrained and scored by it.

Trials of all systems share the workers, and a free worker goes to the system that has trained the
least, so that no system works on a quieter machine than another. A searcher whose suggestions depend
on earlier results has one trial under way at a time, whatever the number of workers: the same seed
draws the same study on any machine.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

from datasets.errors import HandtuneError
from tuners.engine import (
    Done,
    EpochDone,
    Event,
    Failed,
    Job,
    JobRunner,
    Restarted,
    Started,
    Trained,
)
from tuners.path import winner
from tuners.progress import Progress, SoFar
from tuners.record import (
    EpochRecord,
    SearchState,
    StudyRecord,
    SystemSpec,
    TrialRecord,
)
from tuners.store import Store
from tuners.study_jobs import StudyJobs
from tuners.system_run import SystemRun

#: Seconds between two signs of life in the store.
BEAT = 2.0


class CheckFailed(HandtuneError):
    """The first look at a system, before its first trial, failed."""

    exit_code = 2


@dataclass(frozen=True)
class _Trial:
    run: SystemRun
    number: int


@dataclass(frozen=True)
class _Score:
    run: SystemRun
    trial: TrialRecord
    planned: int


@dataclass(frozen=True)
class _Bayes:
    split: str


Purpose = _Trial | _Score | _Bayes


@dataclass(frozen=True)
class Work:
    """A job that was chosen, and what for."""

    job: Job
    purpose: Purpose


class Loop:
    """Runs the searches of one study to their end, all of them side by side.

    runs: one a system and repeat. bayes: by split the estimators of the Bayes error, with their settings, whose values
    are still missing from the store.
    """

    def __init__(
        self,
        store: Store,
        study: StudyRecord,
        runs: list[SystemRun],
        runner: JobRunner,
        progress: Progress,
        bayes: dict[str, dict[str, dict[str, int]]],
    ) -> None:
        self.store = store
        self.study = study
        self.runs = runs
        self.runner = runner
        self.progress = progress
        self.bayes = dict(bayes)
        self.jobs: dict[int, Purpose] = {}
        self._study_jobs = StudyJobs(study, store.folder)
        #: The searches by system, in the order of the study.
        self._systems: dict[str, list[SystemRun]] = {}
        for run in runs:
            self._systems.setdefault(run.spec.label, []).append(run)
        self._searched: set[SystemRun] = set()
        self._failed_scores: set[SystemRun] = set()
        self._epochs: dict[int, int] = {}
        self._beaten = 0.0

    def check(self) -> None:
        """Builds the first network of every system, so that a wrong space costs no trial.

        Raises CheckFailed with the system and the reason.
        """
        waiting = {run.spec.learner: run for run in self.runs if not run.trials}
        running: dict[int, SystemSpec] = {}
        while waiting or running:
            while waiting and self.runner.free:
                _, run = waiting.popitem()
                running[self.runner.submit(self._study_jobs.check(run))] = run.spec
            for event in self.runner.wait(timeout=0.5):
                if isinstance(event, Failed):
                    raise CheckFailed(
                        f"{running[event.ticket].label} cannot start: {event.reason}. No trial was run; "
                        "change the model's file or choose another --model"
                    )
                if isinstance(event, Done):
                    del running[event.ticket]
            self.beat()

    def run(self) -> None:
        """Searches, selects and scores until every system is done."""
        self.begin()
        while True:
            while self.runner.free and self.start_one():
                pass
            if not self.jobs:
                break
            for event in self.runner.wait(timeout=0.5):
                self.handle(event)
            self.beat()
        self._close_searches()

    # For a runner that others use as well, its owner calls these instead of `run`. ------------------

    def begin(self) -> None:
        """Says how far each system is, before its first job."""
        for label, runs in self._systems.items():
            limits = [run.ledger.budget.max_trials for run in runs]
            planned = None if None in limits else sum(limit or 0 for limit in limits)
            trials, epochs = (sum(getattr(run.ledger, name) for run in runs) for name in ("trials", "epochs"))
            self.progress.system_started(label, planned, SoFar(trials, epochs, self._best_error(label)))

    def start_one(self) -> bool:
        """Starts the most urgent job; False when there is nothing to start now."""
        work = self.next_job()
        if work is not None:
            self.submit(work)
        return work is not None

    def next_job(self) -> Work | None:
        """Chooses the most urgent job, which has to be submitted then; None when there is nothing to start now.

        It asks a searcher, which may take seconds; nothing else may be called meanwhile.
        """
        self._close_searches()
        for run in sorted(self.runs, key=lambda run: run.share):
            trial = run.next_trial()
            if trial is not None:
                return Work(self._study_jobs.train(run, trial), _Trial(run, trial.number))
        self._close_searches()
        for run in self.runs:
            score = self._next_score(run)
            if score is not None:
                return Work(self._study_jobs.score(run, score.trial, score.planned), score)
        if self.bayes:
            split, estimators = self.bayes.popitem()
            return Work(self._study_jobs.bayes(split, estimators), _Bayes(split))
        return None

    def submit(self, work: Work) -> None:
        """Hands a chosen job to a free worker."""
        self.jobs[self.runner.submit(work.job)] = work.purpose

    @property
    def over(self) -> bool:
        """Whether every search has ended; scores may still be missing."""
        return len(self._searched) == len(self.runs)

    # Choosing work ---------------------------------------------------------------------------------

    def _next_score(self, run: SystemRun) -> _Score | None:
        best = run.best()
        if not self.study.spec.scored:
            return None
        if run not in self._searched or run in self._failed_scores or run.score or best is None:
            return None
        if any(isinstance(job, _Score) and job.run is run for job in self.jobs.values()):
            return None
        return _Score(run, best, run.spec.epochs or self.study.spec.budget.max_epochs)

    def _best_error(self, label: str) -> float | None:
        """The lowest dev error of a system so far, over all its searches."""
        best = winner(trial for run in self._systems[label] for trial in run.trials.values())
        return best.dev_error if best else None

    def _close_searches(self) -> None:
        """Selects the winner of every search that is over, once."""
        for run in self.runs:
            why = run.searched
            if why is None or run in self._searched:
                continue
            self._searched.add(run)
            best = run.best()
            state = SearchState.SCORED if run.score else SearchState.SEARCHED
            self._update(
                run,
                state=SearchState.FAILED if best is None else state,
                overhead=run.overhead,
                selected=None if best is None else best.number,
                note=f"search ended: {why}",
            )
            self._study_jobs.drop_checkpoints(run)
            others = self._systems[run.spec.label]
            if all(other in self._searched for other in others):
                ends = "; ".join(dict.fromkeys(other.searched or "" for other in others))
                many = f"{len(others)} searches, each: " if len(others) > 1 else ""
                self.progress.system_searched(run.spec.label, many + ends)

    def _update(self, run: SystemRun, **values: Any) -> None:
        self.store.update_search(self.study.name, run.spec.label, run.repeat, **values)

    # Events ----------------------------------------------------------------------------------------

    def handle(self, event: Event) -> None:
        """Takes in what happened to one of its jobs."""
        purpose = self.jobs[event.ticket]
        match event, purpose:
            case Started(), _Trial(run, number):
                run.start_clock(number)
            case EpochDone(ticket, report, seconds), _Trial(run, number):
                self._epochs[ticket] = self._epochs.get(ticket, 0) + 1
                record = EpochRecord(
                    run.spec.label, number, seconds=seconds, repeat=run.repeat, **vars(report)
                )
                go_on = run.epoch(number, record)
                if run.searcher.wants_reports or not go_on:
                    self.runner.answer(ticket, go_on)
                self.progress.epoch_done(run.spec.label, record)
            case Trained(), _Trial(run, number):
                run.stop_clock(number)
            case Restarted(ticket, epochs, seconds), _Trial(run, number):
                self._epochs[ticket] = 0
                run.restarted(number, epochs, seconds)
                self.progress.say(
                    f"{run.spec.label}: the worker of trial {number} was lost; it is trained again"
                )
            case Done(ticket, values), _Trial(run, number):
                del self.jobs[ticket]
                dev_error = float(values["dev_error"])
                assert math.isfinite(dev_error)
                self._trial_done(run, run.complete(number, values))
            case Failed(ticket, state, reason, seconds), _Trial(run, number):
                del self.jobs[ticket]
                self._trial_done(run, run.fail(number, state, reason, seconds, self._epochs.get(ticket, 0)))
            case Done(ticket, values), _Score():
                del self.jobs[ticket]
                self._score_done(purpose, values)
            case Failed(ticket, _, reason, _), _Score(run):
                del self.jobs[ticket]
                self._failed_scores.add(run)
                trouble = f"the winner of search {run.repeat + 1} could not be scored: {reason}"
                self.progress.say(f"{run.spec.label}: {trouble}")
                note = f"search ended: {run.searched}; {trouble}"
                self._update(run, state=SearchState.FAILED, note=note)
            case Done(ticket, values), _Bayes(split):
                del self.jobs[ticket]
                self.store.add_bayes(*self._study_jobs.bayes_records(split, values))
            case Failed(ticket, _, reason, _), _Bayes(split):
                del self.jobs[ticket]
                self.progress.say(f"the Bayes error of {split} could not be estimated: {reason}")

    def _trial_done(self, run: SystemRun, trial: TrialRecord) -> None:
        label = run.spec.label
        done = sum(other.ledger.trials for other in self._systems[label])
        self.progress.trial_done(label, trial, done, self._best_error(label))
        self._update(run, state=SearchState.SEARCHING, overhead=run.overhead)

    def _score_done(self, score: _Score, values: Any) -> None:
        run = score.run
        record = self._study_jobs.score_record(run, score.trial, score.planned, values)
        self.store.add_score(record)
        run.score = record
        self._update(run, state=SearchState.SCORED)
        if all(other.score for other in self._systems[run.spec.label]):
            self.progress.system_scored(run.spec.label)

    def beat(self) -> None:
        """A sign of life of the study, every few seconds."""
        if time.monotonic() - self._beaten > BEAT:
            self._beaten = time.monotonic()
            self.store.beat(self.study.name)
