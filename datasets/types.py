"""The types that every layer speaks: samples, splits, data sets and where they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from imld_synth import Drawing

#: Numbers as they are stored: float64 points, float32 EEG, uint8 pixels.
Features = NDArray[np.number]
IntArray = NDArray[np.int64]
SplitName = Literal["train", "dev", "eval"]
ProvenanceKind = Literal["real", "generated", "stand-in", "drawn"]

#: Rows that are hashed at once.
HASH_ROWS = 256

SPLIT_NAMES: tuple[SplitName, ...] = ("train", "dev", "eval")


@dataclass(frozen=True)
class Samples:
    """Points with their classes.

    x: shape (n, ...), one row a sample. 2-D sets: float64, (n, 2), unitless drawing coordinates; EEG:
    float32, (n, 100, 20, 15), frame, derivation, sample of the window, in microvolts; pathology: uint8,
    (n, 512, 512, 3), RGB; images: (n, height, width, channels), uint8 or float32. May be mapped from a file
    and larger than memory.
    y: int64, shape (n,), class indices 0 .. C-1.
    patients: int64, shape (n,), whose sample it is, as an index into `Dataset.patients`; None where
    samples belong to nobody.
    """

    x: Features
    y: IntArray
    patients: IntArray | None = None

    def __post_init__(self) -> None:
        for name in ("y", "patients"):
            values = getattr(self, name)
            if values is not None and len(self.x) != len(values):
                raise ValueError(f"x has {len(self.x)} rows, {name} has {len(values)}; they must agree")

    def __len__(self) -> int:
        return len(self.y)


def joined(first: Samples, second: Samples) -> Samples:
    """The samples of two parts, one after the other, in memory."""
    patients = None
    if first.patients is not None and second.patients is not None:
        patients = np.concatenate([first.patients, second.patients])
    return Samples(np.concatenate([first.x, second.x]), np.concatenate([first.y, second.y]), patients)


@dataclass(frozen=True)
class TuningSplit:
    """What a search may see. It has no eval part, so that nothing that tunes can reach one.

    kind: what sort of samples they are; it decides what a network sees of them (`datasets.inputs`).
    second: the second dev set, where there is one: errors on it are recorded, and neither training nor a
    tuner learns them.
    """

    train: Samples
    dev: Samples
    kind: str = "points2d"
    second: Samples | None = None


@dataclass(frozen=True)
class Split:
    """The three parts of a data set, named as in the study."""

    train: Samples
    dev: Samples
    eval: Samples

    def for_tuning(self, kind: str = "points2d") -> TuningSplit:
        return TuningSplit(self.train, self.dev, kind)

    def part(self, name: SplitName) -> Samples:
        part: Samples = getattr(self, name)
        return part


@dataclass(frozen=True)
class Provenance:
    """Where the samples came from.

    kind: "real" (files as their owners gave or published them), "generated" (drawn from a known density) or
    "stand-in" (made up in the format of a corpus that is not at hand, or real samples with noise in its place)
    or "drawn" (with the mouse on the page Draw data, strokes and distributions).
    source: one plain sentence for tables and reports.
    content_hash: sha256 over the samples of the `Dataset` that carries it (as they are stored, where they are read
    through a view), so after a train limit; see
    `content_hash`.
    seed: the seed of generated samples, None for real ones.
    train_limit: rows of train that `--train-limit` kept, None for all of them.
    """

    kind: ProvenanceKind
    source: str
    content_hash: str
    seed: int | None = None
    train_limit: int | None = None


@dataclass(frozen=True)
class Dataset:
    """A data set ready for use.

    kind: what sort of samples it holds ("points2d", "eeg", "patches", "images", ...); models name the kinds that they take.
    densities: the exact density of each split where the set was generated from one, else None.
    patients: names of the people that the samples come from; empty where they come from nobody.
    folder: where the parts lie as files already (see `datasets.cache`), None for a set in memory.
    """

    name: str
    split: Split
    class_names: tuple[str, ...]
    kind: str
    provenance: Provenance
    densities: Mapping[SplitName, Drawing] | None = None
    patients: tuple[str, ...] = ()
    folder: Path | None = None

    @property
    def classes(self) -> int:
        return len(self.class_names)


def content_hash(split: Split) -> str:
    """sha256 over shape, type and bytes of every part, so that equal samples have equal hashes."""
    digest = hashlib.sha256()
    for name in SPLIT_NAMES:
        for array in (split.part(name).x, split.part(name).y):
            digest.update(f"{name}{array.shape}{array.dtype.str}".encode())
            for start in range(0, len(array), HASH_ROWS):  # in parts: the array may be larger than memory
                digest.update(np.ascontiguousarray(array[start : start + HASH_ROWS]).data)
    return digest.hexdigest()
