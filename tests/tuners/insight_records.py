"""A study of two autotuners on a space with every kind of parameter: plausible records, never trained.

The dev error follows the learning rate, then the activation; training fails at high rates, collapses at
high dropout, and the second autotuner asks for some configurations again.
"""

from __future__ import annotations

import math
import zlib
from dataclasses import replace
from typing import Any

import numpy as np

from tuners.draw import draw
from tuners.record import (
    Budget,
    DataInfo,
    Environment,
    EpochRecord,
    ScoreRecord,
    SearchRecord,
    StudyRecord,
    StudySpec,
    StudyState,
    SystemRecord,
    SystemSpec,
    TrialRecord,
    TrialState,
)
from tuners.space import Choice, Condition, Fixed, Float, Int, Parameter, SearchSpace
from tuners.store import Store

EPOCHS = 3
HAND = "MLP-M1"
RANDOM = "MLP-A1 (keras-random)"
TPE = "MLP-A1 (optuna-tpe)"

DIVERGED = (
    "the dev loss became nan in epoch 2: training diverged, usually because the learning rate is too high"
)
COLLAPSED = "predicts one class for everything"

SPACE = SearchSpace(
    (
        Parameter("layers", Int(1, 3), 1),
        Parameter("units_1", Int(8, 256, step=8), 64),
        Parameter("units_2", Int(8, 256, step=8), 64, Condition("layers", (2, 3))),
        Parameter("activation", Choice(("relu", "tanh")), "relu"),
        Parameter("dropout", Float(0.0, 0.5), 0.1),
        Parameter("learning_rate", Float(1e-4, 1e-1, log=True), 1e-3),
        Parameter("batch_norm", Choice((True, False)), True),
        Parameter("batch_size", Choice((32, 64, 128)), 64),
        Parameter("optimizer", Fixed("adam"), "adam"),
    )
)


def add_searched_study(
    store: Store,
    name: str = "searched",
    *,
    trials: int = 30,
    repeats: int = 2,
    state: StudyState = StudyState.FINISHED,
    space: list[dict[str, Any]] | None = None,
) -> StudyRecord:
    """Writes the study. space: the rows of its space, where they should not be those of SPACE."""
    rows = SPACE.describe() if space is None else space
    listed = {"learning_rate": 0.001, "batch_size": 128}
    specs = (
        SystemSpec(HAND, "mlp-m1", "hand", (listed,), EPOCHS),
        SystemSpec(RANDOM, "mlp-a1", "keras-random"),
        SystemSpec(TPE, "mlp-a1", "optuna-tpe"),
    )
    study = StudyRecord(
        name,
        StudySpec("10", specs, Budget(trials, EPOCHS), seed=1, repeats=repeats),
        DataInfo(
            "10",
            "points2d",
            "generated",
            "drawn",
            "5e" * 32,
            10,
            ("a", "b"),
            (2,),
            {"train": 400, "dev": 200, "eval": 200},
            "data/none",
        ),
        Environment("3.11.9", {}, "0123456789ab", "Linux", "a processor", 2, 8.0, "cpu"),
        f"python tuners/run.py --dataset 10 --study {name}",
        "2024-01-02T03:04:05Z",
        state,
        0.0,
        "2024-01-02T03:09:05Z" if state == StudyState.FINISHED else None,
    )
    searches = tuple(SearchRecord(repeat, "scored") for repeat in range(repeats))
    systems = [
        SystemRecord(
            name, s.label, s.learner, s.tuner, place, [] if s.label == HAND else rows, searches=searches
        )
        for place, s in enumerate(specs)
    ]
    store.create_study(study, systems)
    for spec in specs:
        for repeat in range(repeats):
            count = 1 if spec.label == HAND else trials
            _add_search(store, name, spec.label, repeat, count)
    return study


def _add_search(store: Store, study: str, label: str, repeat: int, count: int) -> None:
    rng = np.random.default_rng([zlib.crc32(label.encode()), repeat])
    done: list[TrialRecord] = []
    for number in range(count):
        config = {"learning_rate": 0.001, "batch_size": 128} if label == HAND else draw(SPACE, rng)
        trial = _trial(study, label, repeat, number, config, rng)
        if label == TPE and done and number % 8 == 7:
            trial = _again(trial, done[-1])
        store.add_trial(trial)
        for epoch in range(1, trial.epochs + 1):
            dev = (trial.dev_error or 0.5) + 0.05 * (trial.epochs - epoch)
            values = (label, number, epoch, 0.5, 0.2, 0.5, dev, 2.0, 2, repeat)
            store.add_epoch(study, EpochRecord(*values))
        if trial.state == TrialState.COMPLETE and trial.repeat_of is None:
            done.append(trial)
    if not done:
        return
    best = min(done, key=lambda trial: (trial.dev_error, trial.number))
    store.update_search(study, label, repeat, selected=best.number)
    errors = {"train": 0.1, "dev": best.dev_error or 0.0, "eval": (best.dev_error or 0.0) + 0.05}
    store.add_score(
        ScoreRecord(
            study,
            label,
            repeat,
            7,
            best.number,
            best.config,
            errors,
            {},
            "2-64-2",
            2000,
            EPOCHS,
            2,
            3.0,
            False,
        )
    )


def _trial(
    study: str, label: str, repeat: int, number: int, config: dict[str, Any], rng: np.random.Generator
) -> TrialRecord:
    rate = math.log10(config["learning_rate"])
    error = 0.1 + 0.06 * abs(rate + 2.5) + 0.02 * (config.get("activation") == "tanh") + 0.01 * rng.uniform()
    state, reason, epochs = TrialState.COMPLETE, "", EPOCHS
    if label != HAND and rate > -1.5:
        state, reason, epochs = TrialState.FAILED, DIVERGED, 1
    elif config.get("dropout", 0) > 0.45:
        state, reason, error = TrialState.DEGENERATE, COLLAPSED, 0.5
    dev = None if state == TrialState.FAILED else error
    return TrialRecord(
        study=study,
        system=label,
        number=number,
        state=state,
        config=config,
        seed=100 + number,
        epochs_planned=EPOCHS,
        first_epoch=0,
        parent=None,
        asked=2 * number,
        told=2 * number + 1,
        dev_error=dev,
        class_errors=() if dev is None else (dev, dev),
        epochs=epochs,
        best_epoch=epochs,
        seconds=2.0 * epochs,
        reason=reason,
        started=1.7e9 + 20 * number,
        repeat=repeat,
    )


def _again(trial: TrialRecord, earlier: TrialRecord) -> TrialRecord:
    """The same configuration once more, whose result the loop tells again at no cost."""
    return replace(
        trial,
        config=earlier.config,
        state=earlier.state,
        dev_error=earlier.dev_error,
        class_errors=earlier.class_errors,
        repeat_of=earlier.number,
        epochs=0,
        seconds=0.0,
        reason=f"the same configuration as trial {earlier.number}, whose result was told again",
    )
