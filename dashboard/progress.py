"""How far a search is, from its records. Dev errors only: eval stays closed until the selection."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

from tuners.path import path, winner
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


def best_so_far(trials: Sequence[TrialRecord], against: Against) -> list[tuple[float, float]]:
    """The best dev error of one search after every trial that was really trained."""
    return [(float(getattr(step, against)), step.best) for step in path(trials) if step.best is not None]


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
    drawn = [t for t in trials if t.epochs_planned > 1 and _key(t) in points]
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
