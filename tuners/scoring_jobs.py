"""The jobs that come after a search, and open eval: scores, final trainings and Bayes errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from datasets.bayes_error import ESTIMATORS, Estimator
from datasets.cache import read_meta, read_part, read_tuning_split
from datasets.inputs import input_shape
from datasets.known_split import KnownSplit, read_known
from datasets.plugins import find
from datasets.second_dev import second_rows
from datasets.types import Samples, TuningSplit, joined
from manual.learner import Diverged, EpochReport, Fitted, ImpossibleArchitecture, Plan, Pulse
from tuners.clock import Clock
from tuners.confusion import confusion_table, one_class, patient_errors
from tuners.engine import BayesJob, DataFolder, FinalJob, ScoreJob
from tuners.recording import SIDE, Probabilities, Recorder, keep_frames, plane, replay_file
from tuners.tunable import find_learner
from tuners.tuning_jobs import Pipe, Watch, reason, tuning_split
from tuners.weights import write_weights

#: Points a side of the grid on which decision surfaces are kept.
GRID = 200


def score(job: ScoreJob, clock: Clock | None = None) -> dict[str, Any]:
    """Trains a winner again and measures it on every part; returns what `ScoreRecord` keeps.

    clock: paused while surfaces are made, which are no part of what the training costs.
    """
    folder = Path(job.data.path)
    split = tuning_split(job.data)
    learner = find_learner(job.learner)
    shape = input_shape(split)
    surface = shape == (2,)
    clock = clock or Clock()
    recorder = Recorder(plane((split.train, split.dev), SIDE)) if surface and job.record else None
    curve: list[dict[str, float | None]] = []
    watch = Watch(split.train, job.data.classes)

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
        write_weights(f"{stem}.weights.npz", weights)
    if surface:
        write_surface(Path(f"{stem}.surface.npz"), fitted, parts)
    frames = recorder.frames() if recorder is not None else None
    if frames is not None:
        with clock.paused():
            keep_frames(frames, Path(replay_file(f"{stem}.surface.npz")))
    return {
        "errors": {name: float(np.mean(predictions[name] != part.y)) for name, part in parts.items()},
        "confusion": {
            name: confusion_table(part.y, predictions[name], job.data.classes) for name, part in parts.items()
        },
        "architecture": learner.architecture(job.config, shape, job.data.classes),
        "parameters": fitted.parameters,
        "epochs": len(curve),
        "best_epoch": fitted.best_epoch,
        "degenerate": watch.collapsed is not None or one_class(predictions["dev"]),
        "collapsed": watch.collapsed,
        "curve": curve,
        "patients": {
            name: patient_errors(part, predictions[name], names)
            for name, part in parts.items()
            if part.patients is not None
        },
        "regret": {name: one.regret(predictions[name]) for name, one in known.items()},
        "excess": {name: one.excess(predictions[name]) for name, one in known.items()},
        "surface": f"{stem.name}.surface.npz" if surface else None,
        "weights": f"{stem.name}.weights.npz" if weights is not None else None,
    }


def final(pipe: Pipe, job: FinalJob) -> dict[str, Any]:
    """Trains a configuration on train and dev together and measures it on eval.

    One that diverges or cannot be built answers the commonest class, and says why under "failure".
    """
    folder = Path(job.data.path)
    tuning = read_tuning_split(folder)
    both = joined(tuning.train, tuning.dev)
    held_out = read_part(folder, "eval")
    split = TuningSplit(both, tuning.dev, tuning.kind)
    curve: list[EpochReport] = []
    watch = Watch(both, job.data.classes)

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


def bayes_errors(job: BayesJob) -> dict[str, Any]:
    """Estimates the Bayes error of one part, with every estimator that is asked for."""
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
