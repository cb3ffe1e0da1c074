"""The contract of a feature: one file in this folder, one class.

A feature either turns each sample into numbers by itself (`Measured`), or learns on train how to turn such
numbers into fewer or better ones (`Learned`). What is compared is a `Chain`: numbers, and perhaps what was
learned on them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.errors import UsageError
from datasets.plugins import Plugin, scan
from datasets.types import Features, Samples

FEATURES = "datasets.bayes_error.features"

Numbers = NDArray[np.float32]
#: From numbers, shape (n, d), to learned ones, shape (n, e).
Transform = Callable[[Features], Numbers]


class Feature(Plugin, ABC):
    """Either a `Measured` or a `Learned` one."""


class Measured(Feature):
    """Numbers of each sample by itself. Nothing is fitted; whoever uses them scales them by train.

    kinds: of data that it is made for; none for any kind that has no feature of its own.
    rows_at_once: samples that are read at once, a bound on memory.
    """

    kinds: ClassVar[tuple[str, ...]] = ()
    rows_at_once: ClassVar[int] = 1024

    @abstractmethod
    def numbers(self, x: Features) -> Numbers:
        """Finite numbers of each sample, float32, shape (n, d). x: samples as they are stored, shape (n, ...)."""


class Learned(Feature):
    """Numbers that are learned from the numbers of train, each with mean 0 and deviation 1 there."""

    @abstractmethod
    def fit(self, train: Samples, classes: int, seed: int) -> Transform:
        """The learned transform. train: x float32, shape (n, d); every class occurs. Same seed, same transform.

        Choices inside of train must hold patients together, where there are any.
        """


@dataclass(frozen=True)
class Chain:
    """A feature as it is compared: numbers, and what was learned on them, if anything."""

    measured: Measured
    learned: Learned | None = None

    @property
    def name(self) -> str:
        return self.measured.name if self.learned is None else f"{self.learned.name} on {self.measured.name}"

    @property
    def title(self) -> str:
        return (
            self.measured.title
            if self.learned is None
            else f"{self.learned.title}, from {self.measured.title}"
        )


def features() -> dict[str, Feature]:
    """All features by name, those whose library is missing included."""
    return scan(FEATURES, Feature)


def chains(kind: str) -> list[Chain]:
    """Every feature for a kind of data: all measured ones that suit it, as they are and with all learned ones.

    Those whose library is missing are left out. Raises UsageError where none is left.
    """
    usable = [feature for feature in features().values() if feature.missing() is None]
    measured = [feature for feature in usable if isinstance(feature, Measured)]
    own = [feature for feature in measured if kind in feature.kinds]
    learned = [None, *(feature for feature in usable if isinstance(feature, Learned))]
    suitable = own or [feature for feature in measured if not feature.kinds]
    if not suitable:
        raise UsageError(f"no feature can be computed for data of the kind {kind}: a library is missing")
    return [Chain(one, after) for one in suitable for after in learned]
