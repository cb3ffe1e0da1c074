"""How far a search is, from its records. Dev errors only: eval stays closed until the selection."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tuners.path import path, searches, winner
from tuners.record import (
    EpochRecord,
    StudyRecord,
    StudyState,
    SystemRecord,
    SystemSpec,
    TrialRecord,
    TrialState,
)

Against = Literal["trials", "epochs", "seconds"]

#: What names a trial within a study: system, repeat, number.
Key = tuple[str, int, int]

#: States of a system in which its search goes on no more.
OVER = ("searched", "scored", "failed")

TROUBLE = (TrialState.FAILED, TrialState.DEGENERATE, TrialState.CANCELLED)


@dataclass(frozen=True)
class SystemProgress:
    """One system's row. planned: trials of its budget, None where only seconds limit it; one_class: trials
    that run and have answered one class so far."""

    label: str
    state: str
    done: int
    running: int
    planned: int | None
    fraction: float
    epochs: int
    seconds: float
    best_dev: float | None
    troubled: int
    note: str
    one_class: int = 0


@dataclass(frozen=True)
class Lane:
    """One search in the race.

    points: (spent, best dev error) at every new best. head: where it is now, by what it has spent, the epochs of its
    running trials included. over: it searches no more. main: the one of its system's searches that the race follows.
    """

    system: str
    repeat: int
    points: list[tuple[float, float]]
    head: tuple[float, float]
    over: bool
    main: bool


@dataclass(frozen=True)
class Curve:
    """The learning curve of one trial: (epoch, dev error). trial: as people call it. one_class: it answers one class, so far or to
    its end."""

    system: str
    trial: str
    running: bool
    points: list[tuple[int, float]]
    one_class: bool = False


def progress(
    study: StudyRecord,
    systems: Sequence[SystemRecord],
    trials: Sequence[TrialRecord],
    epochs: Sequence[EpochRecord] = (),
) -> list[SystemProgress]:
    """A row for every system, in the study's order."""
    specs = {spec.label: spec for spec in study.spec.systems}
    flat = answers_one_class(epochs)
    return [
        _progress(study, specs[system.label], system, [t for t in trials if t.system == system.label], flat)
        for system in systems
    ]


def answers_one_class(epochs: Sequence[EpochRecord]) -> set[Key]:
    """Trials that gave one class for all of dev after every epoch so far.

    Epochs of older stores do not say how many classes were answered: their trials are not among them.
    """
    seen: dict[Key, bool] = {}
    for record in epochs:
        key = (record.system, record.repeat, record.trial)
        seen[key] = seen.get(key, True) and record.dev_answers == 1
    return {key for key, flat in seen.items() if flat}


def lanes(
    trials: Sequence[TrialRecord],
    epochs: Sequence[EpochRecord],
    systems: Sequence[SystemRecord],
    against: Against,
) -> list[Lane]:
    """The searches that have found something, in the order of the systems.

    Of several searches of a system the race follows the one that runs; once all are over, the one whose final error is
    the middle one (the lower of the two middle ones where they are even in number).
    """
    under_way = _under_way(trials, epochs, against)
    over = {(s.label, one.repeat): one.state in OVER for s in systems for one in s.searches}
    found = []
    for (label, repeat), own in searches(trials).items():
        steps = path(own)
        points = [(float(getattr(step, against)), step.best) for step in steps if step.best is not None]
        if points:
            spent = float(getattr(steps[-1], against))
            head = (spent + under_way.get((label, repeat), 0.0), points[-1][1])
            ended = over.get((label, repeat), True)
            found.append(Lane(label, repeat, _improvements(points), head, ended, main=False))
    return [
        replace(lane, main=lane == _followed(own))
        for system in systems
        for own in [[lane for lane in found if lane.system == system.label]]
        for lane in own
    ]


def _under_way(
    trials: Sequence[TrialRecord], epochs: Sequence[EpochRecord], against: Against
) -> dict[tuple[str, int], float]:
    """By search, what its running trials have spent so far: of a trial, the share of its epochs."""
    running = {_key(trial): trial for trial in trials if trial.state == TrialState.RUNNING}
    spent: dict[tuple[str, int], float] = {}
    for record in epochs:
        trial = running.get((record.system, record.repeat, record.trial))
        if trial is not None:
            planned = max(1, trial.epochs_due - trial.first_epoch)
            worth = {"trials": 1 / planned, "epochs": 1.0, "seconds": record.seconds}[against]
            spent[trial.system, trial.repeat] = spent.get((trial.system, trial.repeat), 0.0) + worth
    return spent


def _improvements(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points at which the best fell; they hold the whole curve, however many trials there were."""
    return [point for place, point in enumerate(points) if place == 0 or point[1] < points[place - 1][1]]


def _followed(lanes: Sequence[Lane]) -> Lane | None:
    running = [lane for lane in lanes if not lane.over]
    if running:
        return running[-1]
    by_end = sorted(lanes, key=lambda lane: lane.head[1])
    return by_end[(len(by_end) - 1) // 2] if by_end else None


def curves(
    trials: Sequence[TrialRecord], epochs: Sequence[EpochRecord], recent: int, alive: bool = True
) -> list[Curve]:
    """Learning curves of the trials that run, and of the `recent` ones that ended last, oldest first.

    alive: whether the study runs; in one that was cut off no trial does.
    """
    points: dict[Key, list[tuple[int, float]]] = {}
    for record in epochs:
        points.setdefault((record.system, record.repeat, record.trial), []).append(
            (record.epoch, record.dev_error)
        )
    # What is fitted in one go has one point and no curve.
    drawn = [t for t in trials if t.epochs_due > 1 and _key(t) in points]
    drawn.sort(key=lambda t: t.started)
    ended = [t for t in drawn if t.state != TrialState.RUNNING][-recent:]
    running = [t for t in drawn if t.state == TrialState.RUNNING]
    flat = answers_one_class(epochs)
    return [
        Curve(
            t.system,
            t.title,
            alive and t.state == TrialState.RUNNING,
            points[_key(t)],
            one_class=t.state == TrialState.DEGENERATE or (t.state == TrialState.RUNNING and _key(t) in flat),
        )
        for t in ended + running
    ]


def troubles(trials: Sequence[TrialRecord]) -> list[TrialRecord]:
    """Trials that gave no usable result, the latest first."""
    found = [t for t in trials if t.state in TROUBLE and t.repeat_of is None]
    return sorted(found, key=lambda t: t.started, reverse=True)


def _key(trial: TrialRecord) -> Key:
    return trial.system, trial.repeat, trial.number


def _progress(
    study: StudyRecord,
    spec: SystemSpec,
    system: SystemRecord,
    trials: list[TrialRecord],
    flat: Container[Key],
) -> SystemProgress:
    trained = [t for t in trials if t.repeat_of is None and t.state != TrialState.RUNNING]
    seconds, epochs = sum(t.seconds for t in trained), sum(t.epochs for t in trained)
    budget = study.spec.budget
    searches = len(system.searches)
    planned = len(spec.configs) if spec.configs else budget.max_trials
    planned = None if planned is None else planned * searches
    limits = () if spec.configs else ((seconds, budget.max_seconds), (epochs, budget.total_epochs))
    begun = sum(t.state == TrialState.RUNNING for t in trials)
    running = begun if study.state == StudyState.RUNNING else 0
    state = "searching" if begun and system.state == "waiting" else system.state
    if begun > running:
        state = "cut off"
    shares = [len(trained) / planned if planned else 0.0]
    shares += [spent / (limit * searches) for spent, limit in limits if limit]
    return SystemProgress(
        label=system.label,
        state=state,
        done=len(trained),
        running=running,
        planned=planned,
        fraction=1.0 if system.state in OVER else min(1.0, max(shares)),
        epochs=epochs,
        seconds=seconds,
        best_dev=best.dev_error if (best := winner(trained)) else None,
        troubled=sum(t.state in TROUBLE for t in trained),
        note=system.note,
        one_class=sum(t.state == TrialState.RUNNING and _key(t) in flat for t in trials) if running else 0,
    )
