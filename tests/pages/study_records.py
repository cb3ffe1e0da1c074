"""Studies for the tests of the pages: plausible records, written through the store and never trained.

Also a script, so that a test of the live page has a study that another process writes:
    python study_records.py STORE STUDY     adds a trial every half second until it is ended
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from datasets import cache
from datasets.types import Dataset, Provenance, Samples, Split, content_hash
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
from tuners.recording import Frames, Plane, replay_file, trial_file
from tuners.store import Store

EPOCHS = 4
TRIALS = 6
HANDS = ("KNN", "RNF", "MLP-M1")
TUNED = ("MLP-A1 (keras-random)", "MLP-A2 (keras-random)")
LABELS = HANDS + TUNED

#: Eval errors of the systems; MLP-A2 is the best, and no two are printed alike.
EVAL = dict(zip(LABELS, (0.3344, 0.3328, 0.3120, 0.4207, 0.2915), strict=True))

#: A reason as a hostile or careless library might word it.
REASON = "loss is NaN at epoch 2 ![x](http://example.org/x.png) <script>alert(1)</script>"


def add_study(
    store: Store,
    name: str,
    *,
    state: StudyState = StudyState.FINISHED,
    scored: bool = True,
    surfaces: bool = True,
    created: str = "2025-03-01T10:00:00Z",
    heartbeat: float | None = None,
) -> StudyRecord:
    """A comparison on a small generated set. scored: the finals are done; surfaces: with their files."""
    data = _data(store.folder / "data")
    specs = [
        SystemSpec(label, label.lower(), "hand", configs=({"k": 1}, {"k": 2}), epochs=EPOCHS)
        for label in HANDS
    ]
    specs += [SystemSpec(label, label[:6].lower(), "keras-random") for label in TUNED]
    study = StudyRecord(
        name=name,
        spec=StudySpec("10", tuple(specs), Budget(TRIALS, EPOCHS)),
        data=data,
        environment=Environment("3.11.9", {"numpy": "2"}, "0" * 40, "Linux", "a processor", 2, 8.0, "cpu"),
        command=f"python tuners/run.py --preset demo --study {name}",
        created=created,
        state=state,
        heartbeat=time.time() if heartbeat is None else heartbeat,
        finished=created if state == StudyState.FINISHED else None,
    )
    systems = [
        SystemRecord(
            name,
            spec.label,
            spec.learner,
            spec.tuner,
            place,
            searches=(SearchRecord(0, "scored", selected=1) if scored else SearchRecord(0, "searching"),),
        )
        for place, spec in enumerate(specs)
    ]
    store.create_study(study, systems)
    for spec in specs:
        add_trials(store, name, spec.label, 2 if spec.configs else TRIALS - (0 if scored else 2))
        if scored:
            store.add_score(_score(store, study, spec.label, surfaces))
    if scored:
        for place, split in enumerate(("train", "dev", "eval")):
            store.add_bayes(BayesRecord(name, split, "exact", 0.0721, 1e-4, {}))
            store.add_bayes(BayesRecord(name, split, "closed-loop-rnf", 0.02 + 0.05 * place, 0.0, {}))
    return study


def end_study(store: Store, name: str) -> None:
    """Ends one that runs and is not scored: every search has selected, every system is scored."""
    study = store.study(name)
    for label in LABELS:
        store.update_search(name, label, 0, state="scored", selected=1)
        store.add_score(_score(store, study, label, surface=False))
    store.update_study(name, state=StudyState.FINISHED)


def add_trials(store: Store, study: str, label: str, count: int, first: int = 0) -> None:
    """Trials that get better; the third of an autotuned system fails."""
    for number in range(first, first + count):
        trial = TrialRecord(
            study=study,
            system=label,
            number=number,
            state=TrialState.RUNNING,
            config={"units": 8 * (number + 1), "optimizer": "adam"},
            seed=number,
            epochs_planned=EPOCHS,
            first_epoch=0,
            parent=None,
            asked=2 * number,
            started=time.time(),
        )
        store.add_trial(trial)
        error = 0.25 + 0.2 / (number + 1) + 0.01 * LABELS.index(label)
        if label not in ("KNN", "RNF"):
            for epoch in range(1, EPOCHS + 1):
                dev = error + 0.05 / epoch
                store.add_epoch(study, EpochRecord(label, number, epoch, 0.5, dev, 0.6, dev, 0.4))
        failed = label in TUNED and number == 2
        store.finish_trial(
            replace(
                trial,
                state=TrialState.FAILED if failed else TrialState.COMPLETE,
                told=2 * number + 1,
                dev_error=None if failed else error,
                class_errors=() if failed else (error, error),
                epochs=EPOCHS,
                best_epoch=EPOCHS,
                seconds=1.5,
                reason=REASON if failed else "",
            )
        )


def _score(store: Store, study: StudyRecord, label: str, surface: bool) -> ScoreRecord:
    wrong = round(EVAL[label] * 10_000)
    confusion = [[5_000 - wrong // 2, wrong // 2], [wrong - wrong // 2, 5_000 - (wrong - wrong // 2)]]
    path = f"{study.name}/{LABELS.index(label)}.surface.npz"
    if surface:
        _write_surface(store.folder / path, LABELS.index(label))
    return ScoreRecord(
        study=study.name,
        system=label,
        repeat=0,
        seed=1,
        trial=1,
        config={"units": 16},
        errors={"train": 0.1, "dev": 0.28 + 0.01 * LABELS.index(label), "eval": EVAL[label]},
        confusion={split: confusion for split in ("train", "dev", "eval")},
        architecture="2-16-2, relu",
        parameters=82,
        epochs=EPOCHS,
        best_epoch=3,
        seconds=2.0,
        degenerate=False,
        surface=path if surface else None,
    )


def _write_surface(path: Path, turn: int) -> None:
    """A tilted edge between two classes, on a coarse grid."""
    side = np.linspace(-1.0, 1.0, 40)
    x1, x2 = np.meshgrid(side, side)
    second = 1 / (1 + np.exp(-6 * (x1 * np.cos(turn) + x2 * np.sin(turn))))
    probabilities = np.rint(np.stack([1 - second, second], axis=-1) * 255).astype(np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path, x=side, y=side, probabilities=probabilities, classes=(second > 0.5).astype(np.uint8)
    )


def add_recordings(store: Store, name: str, label: str) -> None:
    """The course of a system of a finished study: a border that turns with every epoch and trial."""
    position, where = LABELS.index(label), Plane(np.linspace(-1, 1, 12), np.linspace(-1, 1, 10))

    def frames(*numbers: int) -> Frames:
        x1, x2 = np.meshgrid(where.x, where.y)
        classes = np.stack([x1 * np.cos(number) + x2 * np.sin(number) > 0 for number in numbers])
        certainty = np.full(classes.shape, 200, dtype=np.uint8)
        return Frames(where, np.array(numbers), classes.astype(np.uint8), certainty, 2)

    folder = store.folder / name
    frames(*range(1, EPOCHS + 1)).write(folder / replay_file(f"{position}.surface.npz"))
    for trial in store.trials(name, label):
        if trial.dev_error is not None:
            frames(trial.number).write(folder / trial_file(position, 0, trial.number))


def _data(folder: Path) -> DataInfo:
    random = np.random.default_rng(1)

    def part(size: int) -> Samples:
        x = random.uniform(-1, 1, (size, 2))
        return Samples(x, (x[:, 0] > 0).astype(np.int64))

    split = Split(part(200), part(100), part(100))
    provenance = Provenance("generated", "drawn for a test", content_hash(split), 1)
    written = cache.write(Dataset("10", split, ("a", "b"), "points2d", provenance), folder)
    return DataInfo(
        name="10",
        kind="points2d",
        provenance="generated",
        source="drawn for a test",
        content_hash=provenance.content_hash,
        seed=1,
        class_names=("a", "b"),
        shape=(2,),
        sizes={"train": 200, "dev": 100, "eval": 100},
        folder=str(written),
    )


def _keep_adding(address: str, study: str) -> None:
    store = Store(address)
    number = TRIALS
    while True:
        store.beat(study)
        add_trials(store, study, TUNED[0], 1, first=number)
        number += 1
        time.sleep(0.5)


if __name__ == "__main__":
    _keep_adding(*sys.argv[1:])
