"""What a network sees of stored samples: one file per kind of data, the same for every library.

Scaling and augmentation belong to the data, not to a learner: a network by hand and one of an autotuner
get the same pixels and microvolts, so that a difference between them is one of tuning.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.plugins import Plugin, find
from datasets.types import Features, IntArray, TuningSplit

INPUTS = "datasets.inputs"


class Inputs(ABC):
    """The way from stored samples to network inputs, fitted on train alone.

    shape: of one input. augments: training inputs are drawn anew in every epoch; where False, they are
    the evaluation inputs, and a small set can be turned into inputs once and kept.
    """

    augments: ClassVar[bool] = False

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]: ...

    @abstractmethod
    def evaluation(self, x: Features) -> NDArray[np.float32]:
        """Inputs of all rows of x, shape (n, *shape), the same at every call."""

    def training(self, x: Features, rows: IntArray, rng: np.random.Generator) -> NDArray[np.float32]:
        """Inputs of some rows for one training step, shape (len(rows), *shape); rng draws the augmentation."""
        return self.evaluation(x[rows])


class InputKind(Plugin, ABC):
    """A kind of data; `name` is what data sets call it."""

    def shape(self, stored: tuple[int, ...]) -> tuple[int, ...]:
        """Of one network input, from that of one stored sample; known before anything is read."""
        return stored

    @abstractmethod
    def fit(self, train_x: Features) -> Inputs:
        """The inputs of a data set, from the samples of train and nothing else."""


def fit_inputs(split: TuningSplit) -> Inputs:
    """The inputs for a split of its kind. Raises UsageError for an unknown kind."""
    return _kind(split.kind).fit(split.train.x)


def input_shape(split: TuningSplit) -> tuple[int, ...]:
    """Of one network input of a split. Raises UsageError for an unknown kind."""
    return _kind(split.kind).shape(split.train.x.shape[1:])


def _kind(name: str) -> InputKind:
    return find(INPUTS, InputKind, name, "kind of data")
