"""What a worker process does: one job after the other, sent and answered over a pipe.

A tuning job opens the train and dev files of the data; only a scoring job, which comes after the
selection, opens eval.
"""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from datasets.bayes_error import ESTIMATORS, Estimator
from datasets.cache import read_meta, read_part, read_tuning_split
from datasets.inputs import input_shape
from datasets.known_split import KnownSplit, read_known
from datasets.plugins import find
from datasets.second_dev import divide_dev, second_rows
from datasets.types import Samples, TuningSplit, joined
from manual import MODELS
from manual.collapse import Collapse
from manual.learner import (
    Diverged,
    EpochReport,
    Fitted,
    ImpossibleArchitecture,
    Learner,
    Plan,
    Pulse,
    Stopped,
    Weights,
)
from tuners.clock import Clock
from tuners.engine import (
    BayesJob,
    CheckJob,
    DataFolder,
    Done,
    EpochDone,
    Event,
    Failed,
    FinalJob,
    Job,
    Pulsed,
    ScoreJob,
    Started,
    Trained,
    TrainJob,
)
from tuners.record import TrialState
from tuners.recording import SIDE, Frames, Probabilities, Recorder, one_frame, plane, replay_file
from tuners.tunable import HYPERMODELS, Tunable

#: Points a side of the grid on which decision surfaces are kept.
GRID = 200


class Pipe(Protocol):
    """What a job needs of its connection with the loop."""

    def send(self, event: Event, /) -> None: ...

    def recv(self) -> Any:
        """Waits for the answer to an epoch, a bool."""

    def poll(self) -> bool:
        """Whether an answer waits."""


def main(pipe: Connection, log: str, warm: tuple[str, ...] = ()) -> None:
    """Serves jobs until the pipe closes, which is how the death of the other side is noticed.

    warm: learners whose libraries are loaded before the first job.
    """
    # Ctrl-C reaches every process of a terminal; the loop alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Libraries print; standard output belongs to the command's own document.
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(file, 1)
    os.dup2(file, 2)
    for name in warm:
        try:
            find_learner(name).prepare()
        except Exception:
            traceback.print_exc()  # into the log; its first job will say so
    while True:
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            return
        if isinstance(message, bool):  # an answer that came after its job had ended
            continue
        ticket, job = message
        try:
            serve(pipe, ticket, job)
        except (BrokenPipeError, EOFError, OSError) as error:
            if isinstance(error, FileNotFoundError | PermissionError):
                raise
            return


def serve(pipe: Pipe, ticket: int, job: Job) -> None:
    """Does one job and sends its events, Done or Failed last.

    Raises BrokenPipeError and EOFError where nobody is at the other end any more.
    """
    clock = Clock()
    try:
        if not isinstance(job, BayesJob):
            find_learner(job.learner).prepare()
            clock = Clock()
        pipe.send(Started(ticket))
        match job:
            case TrainJob():
                values = _train(pipe, ticket, job, clock)
            case ScoreJob():
                values = _score(job, clock)
            case FinalJob():
                values = _final(pipe, job)
            case CheckJob():
                values = _check(job)
            case BayesJob():
                values = _bayes(job)
    except (BrokenPipeError, EOFError):
        raise
    except Stopped:
        pipe.send(Failed(ticket, TrialState.CANCELLED, "cancelled", clock.seconds))
        return
    except BaseException as error:
        traceback.print_exc()  # into the log; the reason goes to the user
        pipe.send(Failed(ticket, TrialState.FAILED, reason(error), clock.seconds))
        return
    pipe.send(Done(ticket, values | {"seconds": clock.seconds}))


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


def find_learner(name: str) -> Learner:
    """A baseline or a hypermodel by name. Raises UsageError, MissingLibraryError."""
    from datasets.plugins import scan

    if name in scan(HYPERMODELS, Tunable):
        return find(HYPERMODELS, Tunable, name, "model")
    return find(MODELS, Learner, name, "baseline")


class _Watch:
    """Stops a training that has collapsed; trials and scores are watched alike.

    collapsed: the epoch after which it was stopped, None while it goes on.
    """

    def __init__(self, train: Samples, classes: int) -> None:
        self._rule = Collapse(np.asarray(train.y), classes)
        self.collapsed: int | None = None

    def goes_on(self, result: EpochReport) -> bool:
        if self.collapsed is None and self._rule.collapsed(result):
            self.collapsed = result.epoch
        return self.collapsed is None


def _tuning_split(data: DataFolder) -> TuningSplit:
    split = read_tuning_split(Path(data.path))
    return split if data.second_dev is None else divide_dev(split, data.second_dev, data.classes, data.seed)


def _check(job: CheckJob) -> dict[str, Any]:
    split = _tuning_split(job.data)
    find_learner(job.learner).check(job.config, input_shape(split), job.data.classes)
    return {}


def _train(pipe: Pipe, ticket: int, job: TrainJob, clock: Clock | None = None) -> dict[str, Any]:
    split = _tuning_split(job.data)
    learner = find_learner(job.learner)
    curve: list[EpochReport] = []
    watch = _Watch(split.train, job.data.classes)
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

    start = _read_weights(job.start)
    plan = Plan(job.epochs, job.seed, job.first_epoch, start, pulse=pulse if job.watched else None)
    fitted = learner.train(job.config, split, job.data.classes, plan, report)
    predicted = fitted.predict(split.dev.x)
    if job.keep:
        _write_weights(job.keep, fitted.weights())
    confusion = _confusion(split.dev.y, predicted, job.data.classes)
    if job.record is not None:
        with (clock or Clock()).paused():
            pipe.send(Trained(ticket))
            _record_trial(fitted, split, *job.record)
    return {
        "dev_error": float(np.mean(predicted != split.dev.y)),
        "class_errors": _class_errors(confusion),
        "degenerate": watch.collapsed is not None or _one_class(predicted),
        "collapsed": watch.collapsed,
        "epochs": len(curve),
        "best_epoch": fitted.best_epoch,
    }


def _record_trial(fitted: Fitted, split: TuningSplit, number: int, path: str) -> None:
    where = plane((split.train, split.dev), SIDE)
    _keep(one_frame(where, number, fitted.probabilities(where.points)), Path(path))


def _keep(frames: Frames, path: Path) -> None:
    """What is only for showing is no reason to fail: a disk may be full."""
    try:
        frames.write(path)
    except OSError:
        traceback.print_exc()  # into the log


def _score(job: ScoreJob, clock: Clock | None = None) -> dict[str, Any]:
    folder = Path(job.data.path)
    split = _tuning_split(job.data)
    learner = find_learner(job.learner)
    shape = input_shape(split)
    surface = shape == (2,)
    clock = clock or Clock()
    recorder = Recorder(plane((split.train, split.dev), SIDE)) if surface and job.record else None
    curve: list[dict[str, float | None]] = []
    watch = _Watch(split.train, job.data.classes)

    def report(result: EpochReport) -> bool:
        curve.append(vars(result).copy())
        return watch.goes_on(result)

    def look(result: EpochReport, last: bool, probabilities: Probabilities) -> None:
        assert recorder is not None
        with clock.paused():
            recorder.look(result, last, probabilities)

    plan = Plan(job.epochs, job.seed, look=None if recorder is None else look)
    fitted = learner.train(job.config, split, job.data.classes, plan, report)
    parts = {"train": split.train, "dev": split.dev, "eval": read_part(folder, "eval")}
    if split.second is not None:
        parts["second"] = split.second
    names = read_meta(folder).get("patients", ())
    predictions = {name: fitted.predict(part.x) for name, part in parts.items()}
    known = {name: found for name in parts if (found := _known(job.data, name)) is not None}
    weights = fitted.weights()
    stem = Path(job.files)
    stem.parent.mkdir(parents=True, exist_ok=True)
    if weights is not None:
        _write_weights(f"{stem}.weights.npz", weights)
    if surface:
        write_surface(Path(f"{stem}.surface.npz"), fitted, parts)
    frames = recorder.frames() if recorder is not None else None
    if frames is not None:
        with clock.paused():
            _keep(frames, Path(replay_file(f"{stem}.surface.npz")))
    return {
        "errors": {name: float(np.mean(predictions[name] != part.y)) for name, part in parts.items()},
        "confusion": {
            name: _confusion(part.y, predictions[name], job.data.classes) for name, part in parts.items()
        },
        "architecture": learner.architecture(job.config, shape, job.data.classes),
        "parameters": fitted.parameters,
        "epochs": len(curve),
        "best_epoch": fitted.best_epoch,
        "degenerate": watch.collapsed is not None or _one_class(predictions["dev"]),
        "collapsed": watch.collapsed,
        "curve": curve,
        "patients": {
            name: _patients(part, predictions[name], names)
            for name, part in parts.items()
            if part.patients is not None
        },
        "regret": {name: one.regret(predictions[name]) for name, one in known.items()},
        "excess": {name: one.excess(predictions[name]) for name, one in known.items()},
        "surface": f"{stem.name}.surface.npz" if surface else None,
        "weights": f"{stem.name}.weights.npz" if weights is not None else None,
    }


def _final(pipe: Pipe, job: FinalJob) -> dict[str, Any]:
    folder = Path(job.data.path)
    tuning = read_tuning_split(folder)
    both = joined(tuning.train, tuning.dev)
    held_out = read_part(folder, "eval")
    split = TuningSplit(both, tuning.dev, tuning.kind)
    curve: list[EpochReport] = []
    watch = _Watch(both, job.data.classes)

    def pulse(sign: Pulse) -> bool:
        if pipe.poll():  # nobody answers here: what waits is the end of the other side
            pipe.recv()
        return True

    def report(result: EpochReport) -> bool:
        curve.append(result)
        return watch.goes_on(result)

    plan = Plan(job.epochs, job.seed, pulse=pulse)
    failure = ""
    try:
        fitted = find_learner(job.learner).train(job.config, split, job.data.classes, plan, report)
        predicted = fitted.predict(held_out.x)
    except (Diverged, ImpossibleArchitecture) as error:
        failure = reason(error)
        predicted = np.full(len(held_out), np.bincount(both.y).argmax())
    return {
        "eval_error": float(np.mean(predicted != held_out.y)),
        "epochs": len(curve),
        "failure": failure,
    }


def _known(data: DataFolder, name: str) -> KnownSplit | None:
    """What the densities say of the samples of a part; of dev in two parts, of those in this one."""
    folder = Path(data.path)
    known = read_known(folder, "dev" if name == "second" else name)
    if known is None or data.second_dev is None or name not in ("dev", "second"):
        return known
    rows = second_rows(read_part(folder, "dev"), data.second_dev, data.classes, data.seed)
    return known.rows(rows if name == "second" else np.setdiff1d(np.arange(len(known.train_rule)), rows))


def _bayes(job: BayesJob) -> dict[str, Any]:
    samples = read_part(Path(job.data.path), job.split)  # type: ignore[arg-type]
    found = (find(ESTIMATORS, Estimator, name, "estimator") for name in job.estimators)
    return {"estimates": [one.estimate(samples, job.estimators[one.name], job.seed) for one in found]}


def write_surface(path: Path, fitted: Fitted, parts: dict[str, Samples]) -> None:
    """Class probabilities over a grid that covers all points, as bytes (0-255), shape (GRID, GRID, C).

    Row i is x2 = y[i], column j is x1 = x[j]. A byte a value keeps a page light; the class shown is
    kept apart, as two nearly equal probabilities can round to the same byte.
    """
    where = plane(parts.values(), GRID)
    points = where.points
    probabilities = fitted.probabilities(points)
    np.savez_compressed(
        path,
        x=where.x,
        y=where.y,
        probabilities=np.rint(probabilities * 255).astype(np.uint8).reshape(GRID, GRID, -1),
        classes=fitted.predict(points).astype(np.uint8).reshape(GRID, GRID),
    )


def _confusion(true: NDArray[Any], predicted: NDArray[Any], classes: int) -> list[list[int]]:
    table = np.bincount(np.asarray(true) * classes + predicted, minlength=classes * classes)
    return [[int(count) for count in row] for row in table.reshape(classes, classes)]


def _class_errors(confusion: list[list[int]]) -> list[float]:
    return [1 - row[index] / sum(row) if sum(row) else 0.0 for index, row in enumerate(confusion)]


def _patients(part: Samples, predicted: NDArray[Any], names: Sequence[str]) -> list[tuple[str, int, int]]:
    """Rows (patient, samples, wrong ones) of everybody who has samples in a part."""
    wrong = np.bincount(part.patients[predicted != part.y], minlength=len(names))  # type: ignore[index]
    samples = np.bincount(part.patients, minlength=len(names))  # type: ignore[arg-type]
    counts = zip(names, samples.tolist(), wrong.tolist(), strict=True)
    return [(name, count, errors) for name, count, errors in counts if count]


def _one_class(predicted: NDArray[Any]) -> bool:
    return len(np.unique(predicted)) == 1


def _read_weights(path: str | None) -> Weights | None:
    if path is None:
        return None
    with np.load(path, allow_pickle=False) as arrays:
        return [arrays[f"w{index}"] for index in range(len(arrays.files))]


def _write_weights(path: str, weights: Weights | None) -> None:
    if weights is None:
        return
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {f"w{index}": array for index, array in enumerate(weights)}
    np.savez(path, **arrays)
