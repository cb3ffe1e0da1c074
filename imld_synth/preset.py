"""A preset: three drawings with the sizes and settings of one of the study's sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from imld_synth.drawing import Drawing
from imld_synth.shapes.base import Floats

SPLITS = ("train", "dev", "eval")


@dataclass(frozen=True)
class Sizes:
    """Number of points in each split."""

    train: int
    dev: int
    eval: int


@dataclass(frozen=True)
class ClosedLoop:
    """Settings of the study's BER row on one split: classifiers scored on the points they were fitted to.

    The row is the smaller error of KNN with `knn_k` neighbours and a random forest (RNF) of
    `rnf_trees` trees grown to `rnf_depth`.
    """

    knn_k: int
    rnf_trees: int
    rnf_depth: int


@dataclass(frozen=True)
class Preset:
    """One synthetic set: drawings of train, dev and eval, sizes, and the baselines' settings."""

    name: str
    title: str
    class_names: tuple[str, ...]
    train: Drawing
    dev: Drawing
    eval: Drawing
    sizes: Sizes
    poster_knn_k: int
    poster_rnf_trees: int
    poster_rnf_depth: int
    closed_loop: Mapping[str, ClosedLoop]

    def __post_init__(self) -> None:
        object.__setattr__(self, "closed_loop", MappingProxyType(dict(self.closed_loop)))

    def drawing(self, split: str) -> Drawing:
        """The drawing of "train", "dev" or "eval"; ValueError for any other name."""
        if split not in SPLITS:
            raise ValueError(f"unknown split {split!r}: the splits are {', '.join(SPLITS)}")
        drawing: Drawing = getattr(self, split)
        return drawing

    def generate_split(
        self, split: str, seed: int, size: int | None = None
    ) -> tuple[Floats, NDArray[np.int64]]:
        """x (n, 2) and y (n,) of one split, in its full size unless another is given.

        Each split has a random stream of its own, derived from the seed, the set and the split:
        generating one never changes another, and no two splits share points.
        """
        key = (*self.name.encode(), SPLITS.index(split) if split in SPLITS else -1)
        drawing = self.drawing(split)
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))
        return drawing.sample(getattr(self.sizes, split) if size is None else size, rng)

    def generate(self, seed: int) -> dict[str, tuple[Floats, NDArray[np.int64]]]:
        """All three splits in full size as {"train": (x, y), ...}; the same seed gives the same bytes."""
        return {split: self.generate_split(split, seed) for split in SPLITS}
