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
from pathlib import Path
from typing import Any

from datasets.errors import HandtuneError
from manual.learner import Learner
from tuners.draw import first_look
from tuners.engine import (
    BayesJob,
    CheckJob,
    DataFolder,
    Done,
    EpochDone,
    Event,
    Failed,
    Job,
    JobRunner,
    ScoreJob,
    Started,
    TrainJob,
)
from tuners.progress import Progress, SoFar
from tuners.record import (
    BayesRecord,
    EpochRecord,
    ScoreRecord,
    StudyRecord,
    SystemSpec,
    TrialRecord,
    degenerate_reason,
)
from tuners.seeds import derive
from tuners.store import Store
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
    repeat: int
    trial: TrialRecord
    planned: int


@dataclass(frozen=True)
class _Bayes:
    split: str


Purpose = _Trial | _Score | _Bayes


class Loop:
    """Runs the systems of one study to their end.

    learners: by name, for what the loop must know about them. bayes: settings of the closed-loop
    errors per split that are still missing from the store.
    """

    def __init__(
        self,
        store: Store,
        study: StudyRecord,
        runs: list[SystemRun],
        learners: dict[str, Learner],
        runner: JobRunner,
        progress: Progress,
        bayes: dict[str, dict[str, int]],
    ) -> None:
        self.store = store
        self.study = study
        self.runs = runs
        self.learners = learners
        self.runner = runner
        self.progress = progress
        self.bayes = dict(bayes)
        self.data = DataFolder(study.data.folder, len(study.data.class_names))
        self.files = store.folder / study.name
        self.jobs: dict[int, Purpose] = {}
        self._searched: set[str] = set()
        self._failed_scores: set[tuple[str, int]] = set()
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
                name, run = waiting.popitem()
                space = run.searcher.task.space
                config = run.spec.configs[0] if space is None else first_look(space)
                running[self.runner.submit(CheckJob(self.data, name, config))] = run.spec
            for event in self.runner.wait(timeout=0.5):
                if isinstance(event, Failed):
                    raise CheckFailed(
                        f"{running[event.ticket].label} cannot start: {event.reason}. No trial was run; "
                        "change the model's file or choose another --model"
                    )
                if isinstance(event, Done):
                    del running[event.ticket]
            self._beat()

    def run(self) -> None:
        """Searches, selects and scores until every system is done."""
        for run in self.runs:
            best = run.best()
            so_far = SoFar(run.ledger.trials, run.ledger.epochs, best.dev_error if best else None)
            self.progress.system_started(run.spec.label, run.ledger.budget.max_trials, so_far)
        while True:
            while self.runner.free and self._start_one():
                pass
            if not self.jobs:
                break
            for event in self.runner.wait(timeout=0.5):
                self._handle(event)
            self._beat()
        self._close_searches()

    # Choosing work ---------------------------------------------------------------------------------

    def _start_one(self) -> bool:
        """Starts the most urgent job; False when there is nothing to start now."""
        self._close_searches()
        for run in sorted(self.runs, key=lambda run: run.ledger.trials + len(run.running)):
            trial = run.next_trial()
            if trial is not None:
                self._submit(self._train_job(run, trial), _Trial(run, trial.number))
                return True
        self._close_searches()
        for run in self.runs:
            score = self._next_score(run)
            if score is not None:
                self._submit(self._score_job(score), score)
                return True
        if self.bayes:
            split, settings = self.bayes.popitem()
            seed = derive(self.study.spec.seed, "closed-loop")
            self._submit(BayesJob(self.data, split, settings, seed), _Bayes(split))
            return True
        return False

    def _next_score(self, run: SystemRun) -> _Score | None:
        if run.spec.label not in self._searched:
            return None
        best = run.best()
        if best is None:
            return None
        busy = {job.repeat for job in self.jobs.values() if isinstance(job, _Score) and job.run is run}
        for repeat in run.missing_repeats():
            if repeat not in busy and (run.spec.label, repeat) not in self._failed_scores:
                planned = run.spec.epochs or self.study.spec.budget.max_epochs
                return _Score(run, repeat, best, planned)
        return None

    def _close_searches(self) -> None:
        """Selects the winner of every search that is over, once."""
        for run in self.runs:
            why = run.searched
            if why is None or run.spec.label in self._searched:
                continue
            self._searched.add(run.spec.label)
            best = run.best()
            self.store.update_system(
                self.study.name,
                run.spec.label,
                state="failed" if best is None else "searched" if run.missing_repeats() else "scored",
                overhead=run.overhead,
                selected=None if best is None else best.number,
                note=f"search ended: {why}",
            )
            for weights in self.files.glob(f"checkpoints/{self._checkpoint_name(run, '*')}"):
                weights.unlink()  # nothing trains on from them any more
            self.progress.system_searched(run.spec.label, why)

    # Jobs ------------------------------------------------------------------------------------------

    def _submit(self, job: Job, purpose: Purpose) -> None:
        self.jobs[self.runner.submit(job)] = purpose

    def _train_job(self, run: SystemRun, trial: TrialRecord) -> TrainJob:
        return TrainJob(
            data=self.data,
            learner=run.spec.learner,
            config=trial.config,
            seed=trial.seed,
            epochs=trial.epochs_planned,
            first_epoch=trial.first_epoch,
            start=None if trial.parent is None else str(self._checkpoint(run, trial.parent)),
            keep=str(self._checkpoint(run, trial.number)) if run.searcher.promotes else None,
            synchronous=run.searcher.wants_reports,
        )

    def _score_job(self, score: _Score) -> ScoreJob:
        run = score.run
        position = self.runs.index(run)
        return ScoreJob(
            data=self.data,
            learner=run.spec.learner,
            config=score.trial.config,
            seed=derive(self.study.spec.seed, "repeat", score.repeat),
            epochs=score.planned,
            files=str(self.files / f"system{position}-repeat{score.repeat}"),
        )

    def _checkpoint(self, run: SystemRun, number: int) -> Path:
        return self.files / "checkpoints" / self._checkpoint_name(run, number)

    def _checkpoint_name(self, run: SystemRun, number: int | str) -> str:
        return f"system{self.runs.index(run)}-trial{number}.npz"

    # Events ----------------------------------------------------------------------------------------

    def _handle(self, event: Event) -> None:
        purpose = self.jobs[event.ticket]
        match event, purpose:
            case Started(), _Trial(run, number):
                run.start_clock(number)
            case EpochDone(ticket, report, seconds), _Trial(run, number):
                self._epochs[ticket] = self._epochs.get(ticket, 0) + 1
                record = EpochRecord(run.spec.label, number, seconds=seconds, **vars(report))
                go_on = run.epoch(number, record)
                if run.searcher.wants_reports or not go_on:
                    self.runner.answer(ticket, go_on)
                self.progress.epoch_done(run.spec.label, record)
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
            case Failed(ticket, _, reason, _), _Score(run, repeat):
                del self.jobs[ticket]
                self._failed_scores.add((run.spec.label, repeat))
                self.progress.say(f"{run.spec.label}: repeat {repeat + 1} could not be scored: {reason}")
                note = f"search ended: {run.searched}; repeat {repeat + 1} could not be scored: {reason}"
                self.store.update_system(self.study.name, run.spec.label, state="failed", note=note)
            case Done(ticket, values), _Bayes(split):
                del self.jobs[ticket]
                self._bayes_done(split, values)
            case Failed(ticket, _, reason, _), _Bayes(split):
                del self.jobs[ticket]
                self.progress.say(f"the closed-loop error of {split} could not be computed: {reason}")

    def _trial_done(self, run: SystemRun, trial: TrialRecord) -> None:
        best = run.best()
        self.progress.trial_done(run.spec.label, trial, run.ledger.trials, best.dev_error if best else None)
        self.store.update_system(self.study.name, run.spec.label, state="searching", overhead=run.overhead)

    def _score_done(self, score: _Score, values: Any) -> None:
        run = score.run
        folder = self.study.name
        record = ScoreRecord(
            study=self.study.name,
            system=run.spec.label,
            repeat=score.repeat,
            seed=derive(self.study.spec.seed, "repeat", score.repeat),
            trial=score.trial.number,
            config=score.trial.config,
            errors=values["errors"],
            confusion=values["confusion"],
            architecture=values["architecture"],
            parameters=values["parameters"],
            epochs=values["epochs"],
            best_epoch=values["best_epoch"],
            seconds=values["seconds"],
            degenerate=values["degenerate"],
            curve=values["curve"],
            surface=values["surface"] and f"{folder}/{values['surface']}",
            weights=values["weights"] and f"{folder}/{values['weights']}",
            reason=degenerate_reason(values["collapsed"], score.planned) if values["degenerate"] else "",
            patients=values["patients"],
        )
        self.store.add_score(record)
        run.scores[score.repeat] = record
        if not run.missing_repeats():
            self.store.update_system(self.study.name, run.spec.label, state="scored")
            self.progress.system_scored(run.spec.label)

    def _bayes_done(self, split: str, values: Any) -> None:
        self.store.add_bayes(
            *(
                BayesRecord(self.study.name, split, estimator, value, 0.0, settings)
                for estimator, (value, settings) in values["errors"].items()
            )
        )

    def _beat(self) -> None:
        if time.monotonic() - self._beaten > BEAT:
            self._beaten = time.monotonic()
            self.store.beat(self.study.name)
