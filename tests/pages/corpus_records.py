"""Prepared sets of made-up samples, and studies of them, for tests of pages and reports.

The folders are written by the real `prepare`, out of extractors that make samples up instead of reading
files of a corpus, so that they look as those of a corpus do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from datasets import cache
from datasets.eeg.framing import CONTEXT, RATE, SEGMENT, STORED
from datasets.eeg.montage import DERIVATIONS
from datasets.preparation import BadFile, Candidate, Extractor, Request, SourceFile, prepare
from datasets.types import SPLIT_NAMES, Dataset, ProvenanceKind
from tuners.record import ONE_CLASS as REASON
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
from tuners.store import Store

#: Samples of every split, and patients of every split.
SIZES = {"train": 16, "dev": 12, "eval": 12}
PATIENTS = 6

#: Each file has so many samples a class.
EACH = 2

RAW_RATE = 250.0

#: By kind: name of the set, hand-tuned system, its learner, autotuned system, its learner.
SYSTEMS = {
    "eeg": ("12", "CNN-LSTM-M", "cnn-lstm-m", "LSTM-A (keras-random)", "lstm-a"),
    "patches": ("11", "CNN-M", "cnn-m", "CNN-A (keras-random)", "cnn-a"),
}


@dataclass(frozen=True)
class MadeUp(Extractor):
    """Files `SPLIT/pNN.txt`, one a patient; the last one of train is bad."""

    root: Path

    def files(self) -> list[SourceFile]:
        paths = sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*.txt"))
        return [SourceFile(path, Path(path).stem, path.split("/")[0]) for path in paths]  # type: ignore[arg-type]

    def candidates(self, file: SourceFile) -> list[Candidate]:
        if (self.root / file.path).read_text() == "bad":
            raise BadFile("the header is cut off")
        return [Candidate(place % 2, self.position(place)) for place in range(2 * EACH)]

    def extract(self, file: SourceFile, chosen: Sequence[Candidate]) -> np.ndarray:
        return np.stack([self.sample(file, candidate) for candidate in chosen])

    def settings(self) -> Mapping[str, str | int | float | bool]:
        return {"rate_hz": RATE, "low_hz": 0.5, "high_hz": 35.0, "decimation": "polyphase"}

    def provenance(self) -> tuple[ProvenanceKind, str]:
        return "stand-in", "made up for a test"

    def position(self, place: int) -> tuple[float, ...]:
        return (10.0 * place,)

    def sample(self, file: SourceFile, candidate: Candidate) -> np.ndarray:
        raise NotImplementedError


@dataclass(frozen=True)
class MadeUpEeg(MadeUp):
    """Sines: derivation number d swings with d + 1 Hz, and seizures with five times the amplitude."""

    kind: ClassVar[str] = "eeg"
    class_names: ClassVar[tuple[str, ...]] = ("background", "seizure")
    view: ClassVar[str | None] = "eeg-windows"

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(DERIVATIONS), STORED)

    @property
    def dtype(self) -> str:
        return "float32"

    def sample(self, file: SourceFile, candidate: Candidate) -> np.ndarray:
        return waves(candidate.label, np.arange(-CONTEXT, SEGMENT + CONTEXT) / RATE, int(file.patient[1:]))

    def preview(self, file: SourceFile, chosen: Sequence[Candidate]) -> Mapping[str, Any]:
        raw_times, times = np.arange(10 * RAW_RATE) / RAW_RATE, np.arange(SEGMENT) / RATE
        patient = int(file.patient[1:])
        raw_hertz, hertz = np.arange(0, 125.5, 0.5), np.arange(0, 25.5, 0.5)
        return {
            "derivations": np.array(DERIVATIONS),
            "starts": np.array([one.position[0] for one in chosen]),
            "labels": np.array([one.label for one in chosen]),
            "raw": np.stack([waves(one.label, raw_times, patient) + 3 for one in chosen]),
            "raw_rate": np.array(RAW_RATE),
            "filtered": np.stack([waves(one.label, times, patient) for one in chosen]),
            "filtered_rate": np.array(float(RATE)),
            "raw_frequencies": raw_hertz,
            "raw_power": np.tile(100 / (1 + raw_hertz), (len(chosen), len(DERIVATIONS), 1)),
            "filtered_frequencies": hertz,
            "filtered_power": np.tile(100 / (1 + hertz), (len(chosen), len(DERIVATIONS), 1)),
        }


@dataclass(frozen=True)
class MadeUpPatches(MadeUp):
    """Even colours: the class gives red, the patient blue."""

    kind: ClassVar[str] = "patches"
    class_names: ClassVar[tuple[str, ...]] = ("indc", "dcis")
    side: int = 256

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.side, self.side, 3)

    @property
    def dtype(self) -> str:
        return "uint8"

    def position(self, place: int) -> tuple[float, ...]:
        return (place * self.side, 0)

    def sample(self, file: SourceFile, candidate: Candidate) -> np.ndarray:
        colour = (60 + 120 * candidate.label, 120, 40 * (int(file.patient[1:]) % PATIENTS))
        return np.full(self.shape, colour, np.uint8)

    def preview(self, file: SourceFile, chosen: Sequence[Candidate]) -> Mapping[str, Any]:
        width = 2 * EACH * self.side
        corners = np.array([one.position for one in chosen], dtype=np.int64)
        square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float) * self.side
        return {
            "thumbnail": np.full((64, 64 * 2 * EACH, 3), 200, np.uint8),
            "scale": np.array(64 / self.side),
            "vertices": np.concatenate([square, square + np.array([width / 2, 0])]),
            "region_lengths": np.array([4, 4]),
            "region_labels": np.array(["dcis", "norm"]),
            "boxes": np.concatenate([corners, corners + self.side], axis=1),
            "box_labels": np.array([one.label for one in chosen]),
        }


EXTRACTORS: Mapping[str, type[MadeUp]] = {"eeg": MadeUpEeg, "patches": MadeUpPatches}


def waves(label: int, seconds: np.ndarray, patient: int) -> np.ndarray:
    """Microvolts of all derivations, shape (20, n)."""
    hertz = 1 + np.arange(len(DERIVATIONS))[:, None]
    amplitude = (20 + patient) * (5 if label else 1)
    return (amplitude * np.sin(2 * np.pi * hertz * seconds)).astype(np.float32)


def write_prepared(kind: str, corpus: Path, out: Path) -> Dataset:
    """A prepared set with `PATIENTS` patients a split, two of which a class; its corpus lies in `corpus`."""
    number = 0
    for split in SPLIT_NAMES:
        for _ in range(PATIENTS):
            path = corpus / split / f"p{number:02d}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("bad" if (split, number) == ("train", PATIENTS - 1) else "good")
            number += 1
    out.mkdir(parents=True, exist_ok=True)
    request = Request(SYSTEMS[kind][0], SIZES, seed=0, most_bad=0.5)  # type: ignore[arg-type]
    return prepare(EXTRACTORS[kind](corpus), request, out)


def add_corpus_study(
    store: Store,
    name: str,
    dataset: Dataset,
    *,
    state: StudyState = StudyState.FINISHED,
    scored: bool = True,
    created: str = "2026-01-02T03:04:05Z",
) -> StudyRecord:
    """A study whose hand-tuned network works, and whose autotuned one answers one class.

    One trial of the tuner is degenerate; in a running study, another one has answered one class so far.
    """
    _, hand, by_hand, tuned, model = SYSTEMS[dataset.kind]
    specs = (
        SystemSpec(hand, by_hand, "hand", ({"learning_rate": 0.001},), 4),
        SystemSpec(tuned, model, "keras-random"),
    )
    sizes = {split: len(dataset.split.part(split)) for split in SPLIT_NAMES}
    data = DataInfo(
        name=dataset.name,
        kind=dataset.kind,
        provenance="stand-in",
        source=dataset.provenance.source,
        content_hash=dataset.provenance.content_hash,
        seed=0,
        class_names=dataset.class_names,
        shape=tuple(dataset.split.train.x.shape[1:]),
        sizes=sizes,
        folder=str(dataset.folder),
    )
    running = state == StudyState.RUNNING
    study = StudyRecord(
        name=name,
        spec=StudySpec(dataset.name, specs, Budget(3, 4)),
        data=data,
        environment=Environment("3.11.9", {"numpy": "2"}, "0" * 12, "Linux", "a processor", 2, 8.0, "cpu"),
        command=f"python tuners/run.py --preset demo --dataset {dataset.name} --study {name}",
        created=created,
        state=state,
        heartbeat=4e9 if running else 0.0,  # never late
        finished="2026-01-02T03:09:05Z" if state == StudyState.FINISHED else None,
    )
    stage = ("scored", 0) if scored else ("searching", None)
    systems = [
        SystemRecord(
            name,
            spec.label,
            spec.learner,
            spec.tuner,
            place,
            searches=(SearchRecord(0, stage[0], selected=stage[1]),),
        )
        for place, spec in enumerate(specs)
    ]
    store.create_study(study, systems)
    _add_trial(store, name, hand, 0, TrialState.COMPLETE, [0.4, 0.3, 0.3], 2)
    _add_trial(store, name, tuned, 0, TrialState.DEGENERATE, [0.5, 0.5], 1)
    if running:
        _add_trial(store, name, tuned, 1, TrialState.RUNNING, [0.5], 1)
        _add_trial(store, name, tuned, 2, TrialState.RUNNING, [0.5, 0.4], 2)
    if scored:
        store.add_score(_score(name, hand, dataset, 0, wrong=counts(dataset, 0), collapsed=False))
        store.add_score(_score(name, hand, dataset, 1, wrong=counts(dataset, 1), collapsed=False))
        store.add_score(_score(name, tuned, dataset, 0, wrong=None, collapsed=True))
    return study


def counts(dataset: Dataset, training: int) -> dict[str, list[int]]:
    """Wrong samples of every patient that a split has, in the order of their names: a fixed pattern."""
    return {
        split: [
            2 if place == 2 else (place + training) % 2 for place, _ in enumerate(_people(dataset, split))
        ]
        for split in SPLIT_NAMES
    }


def _people(dataset: Dataset, split: str) -> list[tuple[str, int]]:
    part = dataset.split.part(split)  # type: ignore[arg-type]
    numbers = np.bincount(np.asarray(part.patients), minlength=len(dataset.patients))
    return [(name, int(n)) for name, n in zip(dataset.patients, numbers, strict=True) if n]


def _score(
    study: str,
    system: str,
    dataset: Dataset,
    repeat: int,
    wrong: dict[str, list[int]] | None,
    collapsed: bool,
) -> ScoreRecord:
    """wrong: by split and patient; None for half of everybody's samples, as one answer has it."""
    patients, errors, confusion = {}, {}, {}
    for split in SPLIT_NAMES:
        people = _people(dataset, split)
        mistakes = [n // 2 for _, n in people] if wrong is None else wrong[split]
        patients[split] = [(name, n, bad) for (name, n), bad in zip(people, mistakes, strict=True)]
        total, bad = sum(n for _, n in people), sum(mistakes)
        errors[split] = bad / total
        half = total // 2
        confusion[split] = [[half, 0], [half, 0]] if wrong is None else [[half - bad, bad], [0, half]]
    return ScoreRecord(
        study=study,
        system=system,
        repeat=repeat,
        seed=7 + repeat,
        trial=0,
        config={"learning_rate": 0.001},
        errors=errors,
        confusion=confusion,
        architecture="layers of 8-2",
        parameters=82,
        epochs=3,
        best_epoch=1,
        seconds=2.0,
        degenerate=collapsed,
        reason=REASON if collapsed else "",
        curve=[
            {
                "epoch": e,
                "train_loss": 0.7,
                "train_error": 0.5,
                "dev_loss": 0.7,
                "dev_error": 0.5 if collapsed else 0.5 - 0.05 * e,
            }
            for e in (1, 2, 3)
        ],
        patients=patients,
    )


def _add_trial(
    store: Store, study: str, system: str, number: int, state: TrialState, errors: list[float], answers: int
) -> None:
    over = state != TrialState.RUNNING
    store.add_trial(
        TrialRecord(
            study=study,
            system=system,
            number=number,
            state=state,
            config={"learning_rate": 0.001 * (number + 1)},
            seed=number,
            epochs_planned=4,
            first_epoch=0,
            parent=None,
            asked=2 * number,
            told=2 * number + 1 if over else None,
            dev_error=min(errors) if over else None,
            epochs=len(errors) if over else 0,
            best_epoch=1 if over else 0,
            seconds=1.5 if over else 0.0,
            reason=f"{REASON} since its first epoch; stopped after epoch 2 of 4"
            if state == TrialState.DEGENERATE
            else "",
            started=100.0 + number,
        )
    )
    for epoch, error in enumerate(errors, start=1):
        told = 1 if answers == 1 or epoch == 1 else answers
        store.add_epoch(
            study, EpochRecord(system, number, epoch, 0.7, error, 0.7, error, 0.4, dev_answers=told)
        )


def train_cut(dataset: Dataset, out: Path) -> Path:
    """A copy such as a train limit makes: neither index nor previews nor a view."""
    from dataclasses import replace

    provenance = replace(dataset.provenance, content_hash="ab" * 32, train_limit=4)
    return cache.write(replace(dataset, provenance=provenance, folder=None), out)
