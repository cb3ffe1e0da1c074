"""Pathology: crops of patches, augmented in training, each colour standardised by train."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.inputs import InputKind, Inputs
from datasets.types import Features, IntArray

#: Pixels of a side that a network sees.
CROP = 128


@dataclass(frozen=True)
class PatchInputs(Inputs):
    """mean, std: float32, shape (3,), of values in [0, 1], one a colour."""

    augments: ClassVar[bool] = True

    side: int
    mean: NDArray[np.float32]
    std: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.side, self.side, 3)

    def evaluation(self, x: Features) -> NDArray[np.float32]:
        from datasets.pathology.augment import centre_crops

        return self._standardised(centre_crops(x, np.arange(len(x)), self.side))

    def training(self, x: Features, rows: IntArray, rng: np.random.Generator) -> NDArray[np.float32]:
        from datasets.pathology.augment import training_crops

        return self._standardised(training_crops(x, rows, self.side, rng=rng))

    def _standardised(self, crops: NDArray[np.float32]) -> NDArray[np.float32]:
        crops -= self.mean
        crops /= self.std
        return crops


class Patches(InputKind):
    name = "patches"
    title = "crops of 128 pixels, augmented in training, each colour standardised on train"

    def shape(self, stored: tuple[int, ...]) -> tuple[int, ...]:
        side = min(CROP, *stored[:2])
        return (side, side, stored[2])

    def fit(self, train_x: Features) -> PatchInputs:
        from datasets.pathology.augment import channel_statistics

        side, _, _ = self.shape(train_x.shape[1:])
        mean, std = channel_statistics(train_x, side)
        return PatchInputs(side, mean.astype(np.float32), np.where(std > 0, std, 1.0).astype(np.float32))
