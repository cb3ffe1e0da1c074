"""What a search lost against the best point of a grid of which every point was trained. Numbers only."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from datasets.plugins import scan
from manual.learner import Config
from tuners.path import path, searches, winner
from tuners.record import StudyRecord, TrialRecord, TrialState
from tuners.space import config_key
from tuners.store import Store
from tuners.tunable import HYPERMODELS, Tunable

#: Tuners that try every point of a space once.
EXHAUSTIVE = ("keras-grid", "optuna-grid")

#: How the note of a search ends that was not cut off by its budget (`tuners.system_run`).
EXHAUSTED = "search ended: nothing left to try"


@dataclass(frozen=True)
class Point:
    """A point of the grid. truth: its dev error, the mean over all trainings of it; parameters: trained weights."""

    config: Config
    truth: float
    rank: int
    parameters: int | None


@dataclass(frozen=True)
class Grid:
    """Ground truth for one learner on one data set with one number of epochs.

    points: by `key`, the best first. studies: where it was trained; trainings: how often each point was.
    """

    learner: str
    points: Mapping[str, Point]
    studies: Sequence[str]
    trainings: int

    @property
    def best(self) -> Point:
        return next(iter(self.points.values()))

    def of(self, config: Config) -> Point | None:
        """The point with this configuration, None where it is none of the grid."""
        return self.points.get(key(config))


@dataclass(frozen=True)
class Pick:
    """What a search would have selected after so many trials. point: None where it is none of the grid."""

    trials: int
    trial: TrialRecord
    point: Point | None


def key(config: Config) -> str:
    return config_key(config, 0)


def grids(store: Store, study: StudyRecord) -> dict[str, Grid]:
    """By learner of the study: the grid that was trained whole on the same data, this long, in any study."""
    wanted = {system.learner for system in study.spec.systems}
    trained: dict[str, dict[str, list[TrialRecord]]] = {}
    sources: dict[str, list[str]] = {}
    counts: dict[str, int] = {}
    for other in store.studies():
        same = other.spec.budget.max_epochs == study.spec.budget.max_epochs
        if not same or other.data.content_hash != study.data.content_hash:
            continue
        for label, repeat, learner in whole_grids(store, other):
            if learner not in wanted:
                continue
            points = trained.setdefault(learner, {})
            for trial in searches(store.trials(other.name, label))[label, repeat]:
                if trial.repeat_of is None and trial.state in (TrialState.COMPLETE, TrialState.DEGENERATE):
                    points.setdefault(key(trial.config), []).append(trial)
            counts[learner] = counts.get(learner, 0) + 1
            sources.setdefault(learner, [])
            if other.name not in sources[learner]:
                sources[learner].append(other.name)
    return {
        learner: Grid(learner, _ranked(learner, points, study), sorted(sources[learner]), counts[learner])
        for learner, points in trained.items()
        if points
    }


def whole_grids(store: Store, study: StudyRecord) -> list[tuple[str, int, str]]:
    """Searches of a study that trained every point of a grid: system, repeat and learner."""
    return [
        (system.label, search.repeat, system.learner)
        for system in store.systems(study.name)
        if system.tuner in EXHAUSTIVE
        for search in system.searches
        if search.note.startswith(EXHAUSTED)
    ]


def picks(trials: Sequence[TrialRecord], grid: Grid) -> list[Pick]:
    """What one search would have selected after each of its trials, from the first one on that gave a result."""
    done: list[TrialRecord] = []
    found = []
    for step in path(trials):
        done.append(step.trial)
        best = winner(done)
        if best is not None:
            found.append(Pick(step.trials, best, grid.of(best.config)))
    return found


def _ranked(learner: str, trained: Mapping[str, list[TrialRecord]], study: StudyRecord) -> dict[str, Point]:
    model = scan(HYPERMODELS, Tunable).get(learner)
    shape, classes = tuple(study.data.shape), len(study.data.class_names)
    truths = {
        name: statistics.fmean(trial.dev_error for trial in own if trial.dev_error is not None)
        for name, own in trained.items()
    }
    errors = sorted(truths.values())
    return {
        name: Point(
            config=trained[name][0].config,
            truth=truths[name],
            rank=1 + errors.index(truths[name]),
            parameters=None if model is None else model.parameters(trained[name][0].config, shape, classes),
        )
        for name in sorted(truths, key=lambda name: (truths[name], name))
    }
