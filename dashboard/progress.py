"""How far a search is, from its records. Dev errors only: eval stays closed until the selection."""

from __future__ import annotations

import math
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Literal

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
    """The learning curve of one trial: (epoch, dev error). one_class: it answers one class, so far or to
    its end."""

    system: str
    trial: int
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


def answers_one_class(epochs: Sequence[EpochRecord]) -> set[tuple[str, int]]:
    """Trials (system, number) that gave one class for all of dev after every epoch so far.

    Epochs of older stores do not say how many classes were answered: their trials are not among them.
    """
    seen: dict[tuple[str, int], bool] = {}
    for record in epochs:
        key = (record.system, record.trial)
        seen[key] = seen.get(key, True) and record.dev_answers == 1
    return {key for key, flat in seen.items() if flat}


def best_dev(trials: Sequence[TrialRecord]) -> float | None:
    """The lowest dev error of a search; one of a degenerate trial only for want of others."""
    for state in (TrialState.COMPLETE, TrialState.DEGENERATE):
        errors = [t.dev_error for t in trials if t.state == state and t.dev_error is not None]
        if errors:
            return min(errors)
    return None


def best_so_far(trials: Sequence[TrialRecord], against: Against) -> list[tuple[float, float]]:
    """The best dev error of one system after every trial that was really trained."""
    done = [t for t in trials if t.told is not None and t.repeat_of is None]
    points: list[tuple[float, float]] = []
    spent, best = 0.0, math.inf
    for trial in sorted(done, key=lambda t: t.told or 0):
        spent += {"trials": 1.0, "epochs": float(trial.epochs), "seconds": trial.seconds}[against]
        if trial.state == TrialState.COMPLETE and trial.dev_error is not None:
            best = min(best, trial.dev_error)
        if best < math.inf:
            points.append((spent, best))
    return points


def curves(
    trials: Sequence[TrialRecord], epochs: Sequence[EpochRecord], recent: int, alive: bool = True
) -> list[Curve]:
    """Learning curves of the trials that run, and of the `recent` ones that ended last, oldest first.

    alive: whether the study runs; in one that was cut off no trial does.
    """
    points: dict[tuple[str, int], list[tuple[int, float]]] = {}
    for record in epochs:
        points.setdefault((record.system, record.trial), []).append((record.epoch, record.dev_error))
    # What is fitted in one go has one point and no curve.
    drawn = [t for t in trials if t.epochs_planned > 1 and (t.system, t.number) in points]
    drawn.sort(key=lambda t: t.started)
    ended = [t for t in drawn if t.state != TrialState.RUNNING][-recent:]
    running = [t for t in drawn if t.state == TrialState.RUNNING]
    flat = answers_one_class(epochs)
    return [
        Curve(
            t.system,
            t.number,
            alive and t.state == TrialState.RUNNING,
            points[t.system, t.number],
            one_class=t.state == TrialState.DEGENERATE
            or (t.state == TrialState.RUNNING and (t.system, t.number) in flat),
        )
        for t in ended + running
    ]


def troubles(trials: Sequence[TrialRecord]) -> list[TrialRecord]:
    """Trials that gave no usable result, the latest first."""
    found = [t for t in trials if t.state in TROUBLE and t.repeat_of is None]
    return sorted(found, key=lambda t: t.started, reverse=True)


def _progress(
    study: StudyRecord,
    spec: SystemSpec,
    system: SystemRecord,
    trials: list[TrialRecord],
    flat: Container[tuple[str, int]],
) -> SystemProgress:
    trained = [t for t in trials if t.repeat_of is None and t.state != TrialState.RUNNING]
    seconds = sum(t.seconds for t in trained)
    budget = study.spec.budget
    planned = len(spec.configs) if spec.configs else budget.max_trials
    limit = None if spec.configs else budget.max_seconds
    begun = sum(t.state == TrialState.RUNNING for t in trials)
    running = begun if study.state == StudyState.RUNNING else 0
    state = "searching" if begun and system.state == "waiting" else system.state
    if begun > running:
        state = "cut off"
    shares = [len(trained) / planned if planned else 0.0, seconds / limit if limit else 0.0]
    return SystemProgress(
        label=system.label,
        state=state,
        done=len(trained),
        running=running,
        planned=planned,
        fraction=1.0 if system.state in OVER else min(1.0, max(shares)),
        epochs=sum(t.epochs for t in trained),
        seconds=seconds,
        best_dev=best_dev(trained),
        troubled=sum(t.state in TROUBLE for t in trained),
        note=system.note,
        one_class=sum(t.state == TrialState.RUNNING and (t.system, t.number) in flat for t in trials)
        if running
        else 0,
    )
