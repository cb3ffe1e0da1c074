"""A small store with fixed records, written through the store's own interface."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np

from datasets import cache
from datasets.types import Dataset, Provenance, Samples, Split
from tuners.record import (
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
from tuners.store import Store

FULL = "full"
UNFINISHED = "unfinished"
ALL_FAILED = "all-failed"
STUDIES = (FULL, UNFINISHED, ALL_FAILED)

TUNED = "MLP-A1 (keras-random)"
GRID = 40

#: Per split the Bayes error, and the error of the rule that is optimal for train.
BAYES = {"train": (0.09, 0.09), "dev": (0.1, 0.1075), "eval": (0.11, 0.31)}

#: What a system does worse than that rule on each split, chance set aside; the tuned one does better on eval.
EXCESS = {
    "KNN": (0.0021, 0.0068, 0.0218),
    "MLP-M1": (0.0032, 0.0041, 0.0236),
    TUNED: (0.0097, 0.0012, -0.0035),
}

SYSTEMS = (
    SystemSpec("KNN", "knn", "hand", ({"k": 5}, {"k": 51})),
    SystemSpec("MLP-M1", "mlp-m1", "hand", ({"learning_rate": 0.001, "batch_size": 128, "patience": 5},), 20),
    SystemSpec(TUNED, "mlp-a1", "keras-random"),
)

SPACE = [
    {"parameter": "layers", "values": "1 to 2", "scale": "", "active when": ""},
    {"parameter": "units_1", "values": "8 to 256 in steps of 8", "scale": "", "active when": ""},
    {"parameter": "units_2", "values": "8 to 256 in steps of 8", "scale": "", "active when": "layers in 2"},
    {"parameter": "learning_rate", "values": "0.0001 to 0.1", "scale": "log", "active when": ""},
]

ENVIRONMENT = Environment(
    python="3.11.9",
    packages={"handtune": "0.1.0", "numpy": "2.4.6", "keras backend": "tensorflow"},
    commit="0123456789ab",
    platform="Linux-6.1-x86_64",
    processor="Example CPU @ 2.00GHz",
    cores=2,
    memory_gib=7.8,
    device="cpu",
)


def samples(count: int, seed: int, angle: float) -> Samples:
    """Two crescents; dev and eval are turned a little, as in the study's set."""
    rng = np.random.default_rng(seed)
    y = np.arange(count, dtype=np.int64) % 2
    phi = rng.uniform(0, np.pi, count) + np.pi * y + angle
    x = np.column_stack([np.cos(phi) + 0.8 * y, np.sin(phi) + 0.4 * y]) + rng.normal(0, 0.2, (count, 2))
    return Samples(x, y)


def make_data(root: Path) -> DataInfo:
    split = Split(samples(6000, 1, 0.0), samples(400, 2, 0.3), samples(400, 3, 0.3))
    source = "drawn from the density of set 10 with seed 10"
    provenance = Provenance("generated", source, "5e" * 32, seed=10)
    dataset = Dataset("10", split, ("blue|class", "orange"), "points2d", provenance)
    folder = cache.write(dataset, root)
    return DataInfo(
        name="10",
        kind="points2d",
        provenance="generated",
        source=source,
        content_hash="5e" * 32,
        seed=10,
        class_names=dataset.class_names,
        shape=(2,),
        sizes={"train": 6000, "dev": 400, "eval": 400},
        folder=str(folder),
    )


def make_study(name: str, data: DataInfo, repeats: int) -> StudyRecord:
    return StudyRecord(
        name=name,
        spec=StudySpec("10", SYSTEMS, Budget(6, 10), seed=1, repeats=repeats, workers=2),
        data=data,
        environment=ENVIRONMENT,
        command=f"python tuners/run.py --dataset 10 --tuner keras-random --baselines knn mlp-m1 --study {name}",
        created="2026-01-02T03:04:05Z",
        state=StudyState.FINISHED,
        heartbeat=0.0,
        finished="2026-01-02T03:09:05Z",
    )


def make_trial(
    system: str, number: int, state: str, dev_error: float | None = None, **more: object
) -> TrialRecord:
    values = {
        "config": {"layers": 1, "units_1": 8 * (number + 1), "learning_rate": 0.001},
        "seed": 100 + number,
        "epochs_planned": 10,
        "first_epoch": 0,
        "parent": None,
        "asked": 2 * number,
        "told": 2 * number + 1,
        "epochs": 10,
        "best_epoch": 4,
        "seconds": 12.25 + number,
    }
    return TrialRecord(
        "",
        system,
        number,
        TrialState(state),
        dev_error=dev_error,
        **(values | more),  # type: ignore[arg-type]
    )


def hand_trials() -> list[TrialRecord]:
    return [
        make_trial("KNN", 0, "complete", 0.1225, config={"k": 5}, epochs=1, best_epoch=0),
        make_trial("KNN", 1, "complete", 0.115, config={"k": 51}, epochs=1, best_epoch=0),
        make_trial("MLP-M1", 0, "complete", 0.11, config=dict(SYSTEMS[1].configs[0]), epochs=7),
    ]


def tuned_trials() -> list[TrialRecord]:
    diverged = (
        "the dev loss became nan in epoch 2: training diverged, usually because the learning rate is too high"
    )
    again = "the same configuration as trial 2, whose result was told again"
    return [
        make_trial(TUNED, 0, "failed", reason=diverged, epochs=1),
        make_trial(TUNED, 1, "degenerate", 0.5, reason="predicts one class for everything"),
        make_trial(TUNED, 2, "complete", 0.1075),
        make_trial(TUNED, 3, "complete", 0.1075, repeat_of=2, reason=again, epochs=0, seconds=0.0),
        make_trial(TUNED, 4, "complete", 0.1025),
        make_trial(TUNED, 5, "pruned", reason="worse | than others", epochs=2),
        make_trial(TUNED, 6, "complete", 0.13),
    ]


def failed_trials() -> list[TrialRecord]:
    reason = "out of memory: the network or its batches are too large for this machine"
    return [
        make_trial(spec.label, number, "failed", reason=reason, epochs=0)
        for spec in SYSTEMS
        for number in range(2)
    ]


def make_score(
    study: str, system: str, repeat: int, errors: tuple[float, float, float], trial: int
) -> ScoreRecord:
    network = system != "KNN"
    curve = [
        {
            "epoch": e,
            "train_loss": 0.5 / e,
            "train_error": 0.1 + 0.3 / e,
            "dev_loss": 0.6 / e,
            "dev_error": 0.11 + 0.2 / e,
        }
        for e in range(1, 8)
    ]
    right = {
        split: round(200 * (1 - error)) for split, error in zip(("train", "dev", "eval"), errors, strict=True)
    }
    position = [spec.label for spec in SYSTEMS].index(system)
    return ScoreRecord(
        study=study,
        system=system,
        repeat=repeat,
        seed=7000 + repeat,
        trial=trial,
        config={"layers": 1, "units_1": 40, "learning_rate": 0.001}
        if system == TUNED
        else SYSTEMS[position].configs[-1],
        errors=dict(zip(("train", "dev", "eval"), errors, strict=True)),
        confusion={split: [[n, 200 - n], [200 - n, n]] for split, n in right.items()},
        architecture={"KNN": "51 neighbours", "MLP-M1": "2-64-32-16-2, ReLU"}.get(system, "2-40-2, relu"),
        parameters=2930 + position if network else None,
        epochs=7 if network else 1,
        best_epoch=7 if network else 0,
        seconds=3.5 + repeat,
        degenerate=False,
        regret={
            split: (rule - bayes + EXCESS[system][place], 0.004)
            for place, (split, (bayes, rule)) in enumerate(BAYES.items())
        },
        excess={split: (EXCESS[system][place], 0.0015) for place, split in enumerate(BAYES)},
        curve=curve
        if network
        else [{"epoch": 1, "train_loss": None, "train_error": None, "dev_loss": 0.3, "dev_error": 0.115}],
        surface=f"{study}/system{position}-repeat{repeat}.surface.npz",
    )


def write_surface(path: Path, tilt: float) -> None:
    """A border that is a tilted line, in the form of `tuners.scoring_jobs.write_surface`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    x, y = np.linspace(-1.8, 2.6, GRID), np.linspace(-1.5, 1.9, GRID)
    first = 1 / (1 + np.exp(-4 * (y[:, None] - 0.2 - tilt * (x[None, :] - 0.4))))
    probabilities = np.rint(255 * np.stack([first, 1 - first], axis=-1)).astype(np.uint8)
    classes = probabilities.argmax(axis=-1).astype(np.uint8)
    np.savez_compressed(path, x=x, y=y, probabilities=probabilities, classes=classes)


def write_study(
    store: Store, study: StudyRecord, trials: list[TrialRecord], states: dict[str, tuple[str, int | None]]
) -> None:
    systems = [
        SystemRecord(
            study.name,
            spec.label,
            spec.learner,
            spec.tuner,
            place,
            SPACE if spec.tuner != "hand" else [],
            searches=tuple(SearchRecord(n) for n in range(1 if spec.label == "KNN" else study.spec.repeats)),
        )
        for place, spec in enumerate(SYSTEMS)
    ]
    store.create_study(study, systems)
    for label, (state, selected) in states.items():
        why = "nothing left to try" if label != TUNED else "6 trials"
        note = f"search ended: {why}"
        for search in next(system for system in systems if system.label == label).searches:
            place = (study.name, label, search.repeat)
            store.update_search(*place, state=state, selected=selected, overhead=0.125, note=note)
    for trial, repeat in itertools.product(trials, range(study.spec.repeats)):
        if repeat >= len(next(system for system in systems if system.label == trial.system).searches):
            continue
        store.add_trial(replace(trial, study=study.name, repeat=repeat))
        for epoch in range(1, min(trial.epochs, 2) + 1):
            values = (trial.system, trial.number, epoch, 0.5, 0.2, 0.5, 0.2, 1.0)
            store.add_epoch(study.name, EpochRecord(*values, repeat=repeat))


def build_store(folder: Path) -> Path:
    """Writes the three studies and returns the path of the store."""
    path = folder / "handtune.sqlite"
    store = Store(str(path))
    data = make_data(folder / "data")
    scored = {"KNN": ("scored", 1), "MLP-M1": ("scored", 0), TUNED: ("scored", 4)}
    write_study(store, make_study(FULL, data, 2), hand_trials() + tuned_trials(), scored)
    for score in (
        make_score(FULL, "KNN", 0, (0.07625, 0.115, 0.3344), 1),
        make_score(FULL, "MLP-M1", 0, (0.09, 0.11, 0.33), 0),
        make_score(FULL, "MLP-M1", 1, (0.092, 0.114, 0.334), 0),
        make_score(FULL, TUNED, 0, (0.101, 0.1025, 0.31), 4),
        make_score(FULL, TUNED, 1, (0.1, 0.1075, 0.306), 4),
    ):
        store.add_score(score)
        position = [spec.label for spec in SYSTEMS].index(score.system)
        write_surface(folder / str(score.surface), 0.2 * position - 0.1 * score.repeat)
    for split, knn, rnf in (("train", 0.08, 0.0215), ("dev", 0.1175, 0.12), ("eval", 0.14, 0.1374)):
        exact, rule = BAYES[split]
        store.add_bayes(BayesRecord(FULL, split, "closed-loop-knn", knn, 0.0, {"k": 5}))
        store.add_bayes(BayesRecord(FULL, split, "closed-loop-rnf", rnf, 0.0, {"trees": 100}))
        store.add_bayes(BayesRecord(FULL, split, "exact", exact, 0.0001, {}))
        check = {"n": 100_000, "seed": 5}
        store.add_bayes(BayesRecord(FULL, split, "monte-carlo", exact + 0.0003, 0.0005, check))
        if split != "train":
            store.add_bayes(BayesRecord(FULL, split, "train-rule", rule, 0.0002, {"undecided": 0.0}))
        near = (exact - 0.004, exact + 0.016)
        store.add_bayes(BayesRecord(FULL, split, "knn-midpoint", exact + 0.006, 0.0, {"k": 31}, *near))
    unfinished = replace(make_study(UNFINISHED, data, 1), state=StudyState.INTERRUPTED, finished=None)
    half = [
        *hand_trials(),
        *tuned_trials()[:2],
        make_trial(TUNED, 2, "running", told=None, epochs=0, seconds=0.0),
    ]
    write_study(store, unfinished, half, {"KNN": ("searched", 1)})
    failed = {spec.label: ("failed", None) for spec in SYSTEMS}
    write_study(store, make_study(ALL_FAILED, data, 1), failed_trials(), failed)
    store.close()
    return path
