"""The jobs of a search: a first look at a network, and the training of a trial.

They open the train and dev files of the data alone; eval is opened by `tuners.scoring_jobs`, after the selection.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from datasets.cache import read_tuning_split
from datasets.inputs import input_shape
from datasets.second_dev import divide_dev
from datasets.types import Samples, TuningSplit
from manual.collapse import Collapse
from manual.learner import Diverged, EpochReport, Fitted, ImpossibleArchitecture, Plan, Pulse, Stopped
from tuners.clock import Clock
from tuners.confusion import class_errors, confusion_table, one_class
from tuners.engine import CheckJob, DataFolder, EpochDone, Event, Pulsed, Trained, TrainJob
from tuners.recording import SIDE, keep_frames, one_frame, plane
from tuners.tunable import find_learner
from tuners.weights import read_weights, write_weights


class Pipe(Protocol):
    """What a job needs of its connection with the loop."""

    def send(self, event: Event, /) -> None: ...

    def recv(self) -> Any:
        """Waits for the answer to an epoch, a bool."""

    def poll(self) -> bool:
        """Whether an answer waits."""


def reason(error: BaseException) -> str:
    """Why a training failed, in words for a table."""
    text = " ".join(str(error).split())
    name = type(error).__name__
    if isinstance(error, Diverged | ImpossibleArchitecture):
        return text
    if (
        isinstance(error, MemoryError)
        or "OutOfMemory" in name
        or "ResourceExhausted" in name
        or "out of memory" in text
    ):
        return "out of memory: the network or its batches are too large for this machine"
    return f"{name}: {text[:300]}" if text else name


class Watch:
    """Stops a training that has collapsed; trials and scores are watched alike.

    collapsed: the epoch after which it was stopped, None while it goes on.
    """

    def __init__(self, train: Samples, classes: int) -> None:
        self._rule = Collapse(np.asarray(train.y), classes)
        self.collapsed: int | None = None

    def goes_on(self, result: EpochReport) -> bool:
        """Whether the training is worth another epoch."""
        if self.collapsed is None and self._rule.collapsed(result):
            self.collapsed = result.epoch
        return self.collapsed is None


def tuning_split(data: DataFolder) -> TuningSplit:
    """Train and dev of a folder, with dev divided where the study keeps a second dev set."""
    split = read_tuning_split(Path(data.path))
    return split if data.second_dev is None else divide_dev(split, data.second_dev, data.classes, data.seed)


def check(job: CheckJob) -> dict[str, Any]:
    """Builds a network without training it, so that what is impossible is known before the first trial."""
    split = tuning_split(job.data)
    find_learner(job.learner).check(job.config, input_shape(split), job.data.classes)
    return {}


def train(pipe: Pipe, ticket: int, job: TrainJob, clock: Clock | None = None) -> dict[str, Any]:
    """Trains one trial and tells of every epoch over the pipe; returns what `TrialRecord` keeps of its end.

    clock: paused while surfaces are made, which are no part of what the trial costs.
    """
    split = tuning_split(job.data)
    learner = find_learner(job.learner)
    curve: list[EpochReport] = []
    watch = Watch(split.train, job.data.classes)
    begun = time.monotonic()

    def pulse(sign: Pulse) -> bool:
        pipe.send(Pulsed(ticket, sign))
        return bool(pipe.recv()) if pipe.poll() else True

    def report(result: EpochReport) -> bool:
        nonlocal begun
        curve.append(result)
        seconds, begun = time.monotonic() - begun, time.monotonic()
        pipe.send(EpochDone(ticket, result, seconds))
        go_on = bool(pipe.recv()) if job.synchronous or pipe.poll() else True
        if job.watched and not go_on:
            raise Stopped(len(curve), begun=False)
        return watch.goes_on(result) and go_on

    start = read_weights(job.start)
    plan = Plan(job.epochs, job.seed, job.first_epoch, start, pulse=pulse if job.watched else None)
    fitted = learner.train(job.config, split, job.data.classes, plan, report)
    predicted = fitted.predict(split.dev.x)
    if job.keep:
        write_weights(job.keep, fitted.weights())
    confusion = confusion_table(split.dev.y, predicted, job.data.classes)
    if job.record is not None:
        with (clock or Clock()).paused():
            pipe.send(Trained(ticket))
            _record_trial(fitted, split, *job.record)
    return {
        "dev_error": float(np.mean(predicted != split.dev.y)),
        "class_errors": class_errors(confusion),
        "degenerate": watch.collapsed is not None or one_class(predicted),
        "collapsed": watch.collapsed,
        "epochs": len(curve),
        "best_epoch": fitted.best_epoch,
    }


def _record_trial(fitted: Fitted, split: TuningSplit, number: int, path: str) -> None:
    where = plane((split.train, split.dev), SIDE)
    keep_frames(one_frame(where, number, fitted.probabilities(where.points)), Path(path))
