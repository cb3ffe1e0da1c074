"""An engine that lives in memory and trains nothing, a searcher that goes through a list, and a study for both."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from datasets.bayes_error import Estimate
from manual.learner import EpochReport
from tuners import engine
from tuners.engine import BayesJob, CheckJob, Done, EpochDone, Failed, JobRunner, ScoreJob, Started, TrainJob
from tuners.loop import Loop
from tuners.progress import Progress
from tuners.record import (
    Budget,
    DataInfo,
    Environment,
    Outcome,
    SearchRecord,
    StudyRecord,
    StudySpec,
    StudyState,
    Suggestion,
    SystemRecord,
    SystemSpec,
    TrialState,
)
from tuners.searcher import Searcher, Task
from tuners.store import Store
from tuners.system_run import SystemRun

RESULT = {"class_errors": [0.1, 0.1], "degenerate": False, "collapsed": None, "best_epoch": 1}


def error_of(config) -> float:
    return config["v"] / 1000


class MemoryRunner(JobRunner):
    """Answers every job by its configuration: {"v": 250} ends with a dev error of 0.25.

    Three more values of a configuration say what becomes of it: fail (a reason), same (one class for
    everything) and collapsed (the epoch after which its training was stopped for that). Each training reports its epochs; `seconds` is what one takes on the clock of the record.
    """

    def __init__(
        self, workers: int = 1, seconds: float = 1.0, last_first: bool = False, errors=error_of
    ) -> None:
        self.errors = errors
        self.workers = workers
        self.seconds = seconds
        self.last_first = last_first
        self.busy: dict[int, object] = {}
        self.jobs: list[object] = []
        self.answers: list[tuple[int, bool]] = []
        self.most_busy = 0
        self.stopped: set[int] = set()

    @property
    def free(self) -> int:
        return self.workers - len(self.busy)

    def submit(self, job) -> int:
        assert self.free > 0, "the loop must not start more jobs than there are workers"
        self.jobs.append(job)
        self.busy[len(self.jobs)] = job
        self.most_busy = max(self.most_busy, len(self.busy))
        return len(self.jobs)

    def wait(self, timeout: float) -> list[engine.Event]:
        if not self.busy:
            return []
        ticket = (max if self.last_first else min)(self.busy)
        job = self.busy.pop(ticket)
        return self._obedient(ticket, [Started(ticket), *self._run(ticket, job)])

    def _obedient(self, ticket: int, events: list[engine.Event]) -> Iterator[engine.Event]:
        """The events of a job, which ends after the epoch that was answered with a stop."""
        self.stopped.discard(ticket)
        epochs = 0
        for event in events:
            if isinstance(event, EpochDone):
                if ticket in self.stopped:
                    continue
                epochs += 1
            if isinstance(event, Done) and ticket in self.stopped:
                event = Done(ticket, {**event.values, "epochs": epochs})
            yield event

    def answer(self, ticket: int, go_on: bool) -> None:
        self.answers.append((ticket, go_on))
        if not go_on:
            self.stopped.add(ticket)

    def close(self) -> None:
        self.busy.clear()

    def _run(self, ticket, job):
        match job:
            case CheckJob():
                if job.config.get("broken"):
                    return [Failed(ticket, TrialState.FAILED, "no network can be built", 0.1)]
                return [Done(ticket, {"seconds": 0.1})]
            case TrainJob() if "fail" in job.config:
                return [Failed(ticket, TrialState.FAILED, str(job.config["fail"]), self.seconds)]
            case TrainJob():
                error = self.errors(job.config)
                collapsed = job.config.get("collapsed")
                epochs = range(job.first_epoch + 1, (collapsed or job.epochs) + 1)
                reports = [
                    EpochReport(epoch, 0.5, 0.5, 0.5, error, 1 if collapsed else 2) for epoch in epochs
                ]
                values = RESULT | {"dev_error": error, "epochs": len(epochs), "seconds": self.seconds}
                values["degenerate"] = bool(job.config.get("same") or collapsed)
                values["collapsed"] = collapsed
                return [
                    *(EpochDone(ticket, report, self.seconds / len(epochs)) for report in reports),
                    Done(ticket, values),
                ]
            case ScoreJob():
                if job.config.get("unscored"):
                    return [Failed(ticket, TrialState.FAILED, "the disk is full", 0.1)]
                return [Done(ticket, scored(job, self.seconds, self.errors(job.config)))]
            case BayesJob():
                found = [Estimate(n, 0.05, 9, s, job.seed, low=0.04) for n, s in job.estimators.items()]
                return [Done(ticket, {"estimates": found, "seconds": 0.1})]
        raise AssertionError(job)

    def of(self, kind):
        return [job for job in self.jobs if isinstance(job, kind)]


def scored(job: ScoreJob, seconds: float, error: float) -> dict:
    return {
        "errors": {"train": error, "dev": error, "eval": error},
        "confusion": {name: [[1, 0], [0, 1]] for name in ("train", "dev", "eval")},
        "regret": {"eval": (0.01, 0.001)},
        "excess": {"eval": (-0.01, 0.002)},
        "architecture": "2-2",
        "parameters": 6,
        "epochs": job.epochs,
        "best_epoch": 1,
        "degenerate": "collapsed" in job.config,
        "collapsed": job.config.get("collapsed"),
        "curve": [],
        "patients": {},
        "surface": None,
        "weights": None,
        "seconds": seconds,
    }


class ListSearcher(Searcher):
    """Suggests the configurations of its task in order, over and over where `forever`."""

    forever = False

    def __init__(self, task: Task, parallel_limit: int | None = None) -> None:
        super().__init__(task)
        self.limit = parallel_limit
        self.out: set[int] = set()
        self.told: list[tuple[Suggestion, Outcome]] = []

    def _suggest(self, number: int) -> Suggestion | None:
        configs = self.task.configs
        if number >= len(configs) and not self.forever:
            return None
        assert self.limit is None or len(self.out) < self.limit, "too many suggestions are outstanding"
        self.out.add(number)
        return Suggestion(number, configs[number % len(configs)], self.task.max_epochs)

    def tell(self, suggestion: Suggestion, outcome: Outcome) -> None:
        self.out.remove(suggestion.number)  # a second tell raises KeyError
        self.told.append((suggestion, outcome))


class Endless(ListSearcher):
    forever = True


@dataclass
class Lab:
    """A study in a store of its own, ready to run."""

    store: Store
    budget: Budget = field(default_factory=lambda: Budget(5, 2))
    repeats: int = 1
    seed: int = 3

    def study(self, labels: list[str]) -> StudyRecord:
        spec = StudySpec(
            dataset="10",
            systems=tuple(SystemSpec(label, "mlp-m1", "test") for label in labels),
            budget=self.budget,
            seed=self.seed,
            repeats=self.repeats,
        )
        data = DataInfo(
            "10", "points2d", "generated", "drawn", "ab" * 32, 0, ("0", "1"), (2,), {"train": 4}, "data/ab"
        )
        environment = Environment("3.11", {}, "unknown", "Linux", "cpu", 2, 4.0, "cpu")
        record = StudyRecord(
            "s", spec, data, environment, "python", "2026-01-01T00:00:00Z", StudyState.RUNNING, 0.0
        )
        searches = tuple(SearchRecord(repeat) for repeat in range(self.repeats))
        systems = [
            SystemRecord("s", label, "mlp-m1", "test", i, searches=searches) for i, label in enumerate(labels)
        ]
        self.store.create_study(record, systems)
        return record

    def runs(self, study: StudyRecord, searchers: dict[str, Searcher], parallel=None) -> list[SystemRun]:
        """The searches of the study; every further search of a system begins with a copy of its searcher."""
        fresh = copy.deepcopy(searchers) if study.spec.repeats > 1 else searchers
        return [
            SystemRun(
                self.store,
                study,
                spec,
                copy.deepcopy(fresh[spec.label]) if repeat else searchers[spec.label],
                parallel,
                repeat,
            )
            for repeat in range(study.spec.repeats)
            for spec in study.spec.systems
        ]

    def loop(self, searchers: dict[str, Searcher], runner: JobRunner, parallel=None, **options) -> Loop:
        study = self.study(list(searchers))
        runs = self.runs(study, searchers, parallel)
        return Loop(
            self.store,
            study,
            runs,
            runner,
            options.pop("progress", Progress()),
            options.pop("bayes", {}),
        )


def searcher(*values, kind=ListSearcher, limit=None, epochs=2) -> Searcher:
    configs = tuple(value if isinstance(value, dict) else {"v": value} for value in values)
    return kind(Task(None, 1, epochs, configs), limit)


def states(store: Store, system: str | None = None) -> list[str]:
    return [str(trial.state) for trial in store.trials("s", system)]
