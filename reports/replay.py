"""The course of a training over its epochs, or of a search over its trials, as surfaces that follow each other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from datasets.errors import DataError
from manual.learner import Config, Value
from reports import tables
from tuners.path import Step, path, winner
from tuners.record import ScoreRecord, StudyRecord, TrialRecord, TrialState
from tuners.recording import MOST_FRAMES, Frames, kept_trials, read_frames, replay_file, trial_file
from tuners.store import Store

Over = Literal["epochs", "trials"]

#: How the settings of one layer among several end, such as units_3.
LAYER = re.compile(r"_\d+$")

#: What the second line of the curve is.
OTHER: dict[Over, str] = {"epochs": "train", "trials": "best so far"}


class NoCourse(DataError):
    """There is nothing to be played by the nature of the thing, not for want of a file."""


@dataclass(frozen=True)
class Moment:
    """One frame. number: of the epoch or trial; place: where it stands in the curve.

    title: what it is and its dev error; note: more words, the configuration of a trial. dev, other: as in the
    curve, fractions, None where there is none.
    """

    number: int
    place: int
    title: str
    note: str
    dev: float | None
    other: float | None


@dataclass(frozen=True)
class Replay:
    """Frames in their order, one moment each.

    curve: a row for every epoch or trial, with a frame or without one: place, dev, other (`OTHER`), fractions.
    best: the number whose network was kept, or the trial that was selected. damaged: recordings that could not
    be read. total: epochs or trials in all; kept: those of them that had a chance of a frame.
    """

    over: Over
    frames: Frames
    moments: tuple[Moment, ...]
    curve: pd.DataFrame
    best: int | None
    total: int
    kept: int
    damaged: int = 0


def epochs_replay(store: Store, score: ScoreRecord) -> Replay:
    """The epochs of a final training. Raises NoCourse where there are none, DataError where nothing is kept."""
    if not score.best_epoch:
        raise NoCourse(f"{score.system} is fitted at once: it has no epochs that could be played")
    if score.surface is None:
        raise DataError(f"{score.system} was scored without a decision surface")
    frames = read_frames(store.folder / replay_file(score.surface))
    points = {int(point["epoch"]): point for point in score.curve}
    rows = [(epoch, points[epoch].get("dev_error"), points[epoch].get("train_error")) for epoch in points]
    moments = []
    for number in frames.numbers.tolist():
        point = points.get(number, {})
        dev = point.get("dev_error")
        title = f"epoch {number} of {score.epochs}: dev {tables.error(dev)} %"
        if number == score.best_epoch:
            title += " (kept)"
        moments.append(Moment(number, number, title, "", dev, point.get("train_error")))
    return Replay(
        "epochs", frames, tuple(moments), _curve(rows), score.best_epoch, score.epochs, score.epochs
    )


def trials_replay(
    store: Store,
    study: StudyRecord,
    trials: Iterable[TrialRecord],
    system: str,
    repeat: int,
    wanted: int | None = None,
) -> Replay:
    """The trials of one search in the order of their results, thinned to `MOST_FRAMES`.

    wanted: the number of a trial that is to be among them. Raises NoCourse before the first trial has ended,
    DataError where nothing is kept.
    """
    own = [trial for trial in trials if trial.system == system and trial.repeat == repeat]
    steps = path(own)
    if not steps:
        raise NoCourse(f"no trial of search {repeat + 1} of {system} has ended")
    position = [spec.label for spec in study.spec.systems].index(system)
    files = {
        step.trial.number: store.folder / study.name / trial_file(position, repeat, step.trial.number)
        for step in steps
    }
    limit = kept_trials(study.spec)
    there = [step for step in steps if step.trial.number < limit and files[step.trial.number].is_file()]
    best = winner(own)
    found: list[tuple[Step, Frames]] = []
    damaged = 0
    for place in thin(there, {wanted, best.number if best else None}):
        try:
            frames = read_frames(files[there[place].trial.number])
        except DataError:
            damaged += 1
            continue
        if found and (frames.classes.shape, frames.count) != (found[0][1].classes.shape, found[0][1].count):
            damaged += 1
            continue
        found.append((there[place], frames))
    if not found:
        broken = f"{damaged} recordings are damaged" if damaged else "there is none"
        raise DataError(f"no surface of a trial of {system} can be read beside the store: {broken}")
    joined = replace(
        found[0][1],
        numbers=np.array([step.trial.number for step, _ in found], dtype=np.int64),
        classes=np.concatenate([frames.classes for _, frames in found]),
        certainty=np.concatenate([frames.certainty for _, frames in found]),
    )
    moments = tuple(_moment(step, len(steps), best) for step, _ in found)
    rows = [(step.trials, step.trial.dev_error, step.best) for step in steps]
    selected = best.number if best else None
    return Replay(
        "trials", joined, moments, _curve(rows), selected, len(steps), min(limit, len(steps)), damaged
    )


def thin(steps: Sequence[Step], wanted: set[int | None], most: int = MOST_FRAMES) -> list[int]:
    """Places of at most `most` steps: first and last, the wanted ones, those that set a record, then even ones."""
    if len(steps) <= most:
        return list(range(len(steps)))
    ends = [0, len(steps) - 1]
    asked = [place for place, step in enumerate(steps) if step.trial.number in wanted]
    records = [
        place
        for place, step in enumerate(steps)
        if step.trial.dev_error is not None and step.trial.dev_error == step.best
    ]
    chosen = dict.fromkeys([*ends, *asked])
    # Of many records the later ones: the first trials of any search set them one after the other.
    for place in reversed(records):
        if len(chosen) < most // 2:
            chosen.setdefault(place)
    rest = [place for place in range(len(steps)) if place not in chosen]
    even = np.linspace(0, len(rest) - 1, most - len(chosen)).round().astype(int)
    return sorted({*chosen, *(rest[index] for index in even)})


def nearest(replay: Replay, number: int | None) -> int:
    """The index of the frame of a number, else of the last one before it; the first for None."""
    if number is None:
        return 0
    numbers = [moment.number for moment in replay.moments]
    if number in numbers:
        return numbers.index(number)
    return max((index for index, one in enumerate(numbers) if one < number), default=0)


def _moment(step: Step, total: int, best: TrialRecord | None) -> Moment:
    trial = step.trial
    title = f"trial {trial.number} ({step.trials} of {total}): dev {tables.error(trial.dev_error)} %"
    if best is not None and trial.number == best.number:
        title += " (selected)"
    elif trial.state != TrialState.COMPLETE:
        title += f" ({trial.state.value})"
    return Moment(trial.number, step.trials, title, in_words(trial.config), trial.dev_error, step.best)


def in_words(config: Config) -> str:
    """A configuration to be read from a distance: settings of numbered layers as one, numbers in three digits."""
    found: dict[str, list[str]] = {}
    for name, value in config.items():
        found.setdefault(LAYER.sub("", name), []).append(_short(value))
    return ", ".join(f"{name} {'/'.join(values)}" for name, values in found.items())


def _short(value: Value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _curve(rows: Sequence[tuple[int, float | None, float | None]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["place", "dev", "other"])
    return frame.astype({"place": int, "dev": float, "other": float})
