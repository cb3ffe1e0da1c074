"""A store with a study as big as they get: plausible records of thousands of trials, never trained.

    python benchmarks/big_store.py                       how long writing and reading it takes; nothing stays
    python benchmarks/big_store.py STORE                 10,000 trials: 5 systems x 2 searches x 1,000
    python benchmarks/big_store.py STORE --trials 200    fewer a search

Used by `benchmarks/dashboard_speed.py` and by tests of the pages. The records are those that a search writes;
only the transactions are larger, because ten thousand small ones take a minute.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import insert

import datasets
from datasets import cache
from tuners import schema
from tuners.draw import draw
from tuners.insight import Importance, Judgement
from tuners.path import winner
from tuners.record import (
    EXACT,
    BayesRecord,
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
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace
from tuners.store import Store
from tuners.trials import IMPORTANCE

NAME = "big"
TUNERS = ("keras-random", "optuna-tpe", "pso", "evolution", "keras-hyperband")
EPOCHS = 5

DIVERGED = (
    "the dev loss became nan in epoch 2: training diverged, usually because the learning rate is too high"
)
COLLAPSED = "predicts one class for everything"

SPACE = SearchSpace(
    (
        Parameter("layers", Int(1, 3), 1),
        *(
            Parameter(
                f"units_{n}",
                Int(8, 256, step=8),
                64,
                Condition("layers", tuple(range(n, 4))) if n > 1 else None,
            )
            for n in (1, 2, 3)
        ),
        Parameter("activation", Choice(("relu", "tanh", "elu")), "relu"),
        Parameter("dropout", Float(0.0, 0.5), 0.1),
        Parameter("learning_rate", Float(1e-4, 1e-1, log=True), 1e-3),
        Parameter("batch_size", Choice((32, 64, 128)), 64),
    )
)


@dataclass(frozen=True)
class Size:
    """systems x searches x trials; each trained trial has 3 to EPOCHS epochs."""

    systems: int = 5
    searches: int = 2
    trials: int = 1000


def labels(size: Size) -> list[str]:
    return [f"MLP-A1 ({tuner})" for tuner in TUNERS[: size.systems]]


def write(store: Store, size: Size, name: str = NAME, state: StudyState = StudyState.FINISHED) -> StudyRecord:
    """Writes the study with its final trainings, surfaces and exact errors."""
    specs = tuple(
        SystemSpec(label, "mlp-a1", tuner) for label, tuner in zip(labels(size), TUNERS, strict=False)
    )
    study = StudyRecord(
        name,
        StudySpec("10", specs, Budget(size.trials, EPOCHS), seed=1, repeats=size.searches),
        _data(store.folder / "data"),
        Environment("3.11.9", {"numpy": "2"}, "0123456789ab", "Linux", "a processor", 2, 8.0, "cpu"),
        f"python tuners/run.py --dataset 10 --study {name}",
        "2025-01-02T03:04:05Z",
        state,
        time.time(),
        "2025-01-02T03:09:05Z" if state == StudyState.FINISHED else None,
    )
    found = {
        (label, repeat): _search(name, label, repeat, size.trials, np.random.default_rng([place, repeat]))
        for place, label in enumerate(labels(size))
        for repeat in range(size.searches)
    }
    best = {key: winner(trials) for key, (trials, _) in found.items()}
    systems = [
        SystemRecord(
            name,
            spec.label,
            spec.learner,
            spec.tuner,
            place,
            SPACE.describe(),
            searches=tuple(
                SearchRecord(repeat, "scored", 2.0, won.number if (won := best[spec.label, repeat]) else None)
                for repeat in range(size.searches)
            ),
        )
        for place, spec in enumerate(specs)
    ]
    store.create_study(study, systems)
    with store.engine.begin() as connection:
        for trials, epochs in found.values():
            connection.execute(insert(schema.trials), [asdict(trial) for trial in trials])
            connection.execute(insert(schema.epochs), [{"study": name} | asdict(epoch) for epoch in epochs])
    for place, ((label, repeat), won) in enumerate(best.items()):
        if won is not None:
            store.add_score(_score(store, study, label, repeat, won, place))
    for label in labels(size):
        store.add_insight(name, label, IMPORTANCE, asdict(_judgement(size)))
    store.add_bayes(*(BayesRecord(name, split, EXACT, 0.09, 1e-4, {}) for split in datasets.SPLIT_NAMES))
    return study


def trial(study: str, label: str, repeat: int, number: int, rng: np.random.Generator) -> TrialRecord:
    """A trial that has ended. High learning rates diverge, much dropout collapses, some are pruned."""
    config = draw(SPACE, rng)
    rate = math.log10(float(config["learning_rate"]))
    error = 0.1 + 0.05 * abs(rate + 2.5) + 0.02 * (config["activation"] == "tanh") + 0.05 * rng.uniform()
    state, reason, epochs = TrialState.COMPLETE, "", EPOCHS
    if rate > -1.3 and rng.uniform() < 0.8:
        state, reason, epochs = TrialState.FAILED, DIVERGED, 1
    elif float(config["dropout"]) > 0.45:
        state, reason, error = TrialState.DEGENERATE, COLLAPSED, 0.5
    elif rng.uniform() < 0.1:
        epochs = 3
        state, reason = TrialState.PRUNED, f"stopped by the tuner after epoch {epochs} of {EPOCHS}"
    dev = None if state == TrialState.FAILED else error
    return TrialRecord(
        study=study,
        system=label,
        number=number,
        state=state,
        config=config,
        seed=1000 * repeat + number,
        epochs_planned=EPOCHS,
        first_epoch=0,
        parent=None,
        asked=2 * number,
        told=2 * number + 1,
        dev_error=dev,
        class_errors=() if dev is None else (dev - 0.02, dev + 0.02),
        epochs=epochs,
        best_epoch=0 if dev is None else epochs,
        seconds=1.5 * epochs + 0.1 * rng.uniform(),
        reason=reason,
        started=1.7e9 + 10 * number,
        repeat=repeat,
    )


def epochs_of(one: TrialRecord) -> list[EpochRecord]:
    """Its learning curve, which ends at its dev error."""
    curve = []
    for epoch in range(1, one.epochs + 1):
        dev = (one.dev_error or 0.5) + 0.06 * (one.epochs - epoch)
        answers = 1 if one.state == TrialState.DEGENERATE else 2
        curve.append(
            EpochRecord(one.system, one.number, epoch, 0.6, dev - 0.03, 0.6, dev, 1.5, answers, one.repeat)
        )
    return curve


def _search(
    study: str, label: str, repeat: int, count: int, rng: np.random.Generator
) -> tuple[list[TrialRecord], list[EpochRecord]]:
    trials = [trial(study, label, repeat, number, rng) for number in range(count)]
    return trials, [epoch for one in trials for epoch in epochs_of(one)]


def _judgement(size: Size) -> Judgement:
    """As if a forest had judged the hyperparameters; a real one takes a minute for so many trials."""
    trials = size.searches * size.trials
    shares = {"learning_rate": 0.6, "dropout": 0.2, "activation": 0.1, "units_1": 0.03, "batch_size": 0.01}
    found = tuple(Importance(name, value, trials) for name, value in shares.items())
    return Judgement(trials, 300, 0.7, found)


def _score(
    store: Store, study: StudyRecord, label: str, repeat: int, won: TrialRecord, place: int
) -> ScoreRecord:
    path = f"{study.name}/{place}.surface.npz"
    _write_surface(store.folder / path, place)
    errors = {
        "train": (won.dev_error or 0) - 0.02,
        "dev": won.dev_error or 0,
        "eval": (won.dev_error or 0) + 0.01,
    }
    confusion = {}
    for split, error in errors.items():
        half = study.data.sizes[split] // 2
        wrong = round(error * half)
        confusion[split] = [[half - wrong, wrong], [wrong, half - wrong]]
        errors[split] = wrong / half
    return ScoreRecord(
        study=study.name,
        system=label,
        repeat=repeat,
        seed=7,
        trial=won.number,
        config=won.config,
        errors=errors,
        confusion=confusion,
        architecture="2-64-2, relu",
        parameters=322,
        epochs=EPOCHS,
        best_epoch=EPOCHS,
        seconds=7.5,
        degenerate=False,
        surface=path,
        regret={split: (0.02, 1e-3) for split in errors},
        excess={split: (0.01, 1e-3) for split in errors},
    )


def _write_surface(path: Path, turn: int) -> None:
    side = np.linspace(-1.0, 1.0, 300)
    x1, x2 = np.meshgrid(side, side)
    second = 1 / (1 + np.exp(-6 * (x1 * np.cos(turn) + x2 * np.sin(turn))))
    probabilities = np.rint(np.stack([1 - second, second], axis=-1) * 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    classes = (second > 0.5).astype(np.uint8)
    np.savez_compressed(path, x=side, y=side, probabilities=probabilities, classes=classes)


def _data(folder: Path) -> DataInfo:
    dataset = datasets.load("10")
    written = cache.write(dataset, folder)
    about = dataset.provenance
    sizes: dict[str, Any] = {split: len(getattr(dataset.split, split).y) for split in datasets.SPLIT_NAMES}
    return DataInfo(
        "10",
        dataset.kind,
        about.kind,
        about.source,
        about.content_hash,
        about.seed,
        dataset.class_names,
        (2,),
        sizes,
        str(written),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", nargs="?", help="an SQLite file that does not exist yet")
    parser.add_argument("--trials", type=int, default=Size.trials, help="of each search")
    arguments = parser.parse_args()
    if arguments.store and Path(arguments.store).exists():
        raise SystemExit(f"{arguments.store} exists already; name another file")
    with tempfile.TemporaryDirectory() as folder:
        store = Store(arguments.store or str(Path(folder) / "big.sqlite"))
        started = time.perf_counter()
        write(store, Size(trials=arguments.trials))
        written = time.perf_counter()
        counted = len(store.trials(NAME)), len(store.epochs(NAME))
        read = time.perf_counter() - written
        store.close()
    print(
        f"{counted[0]:,} trials, {counted[1]:,} epochs: written in {written - started:.1f} s, read in {read:.1f} s"
    )


if __name__ == "__main__":
    main()
