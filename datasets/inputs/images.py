"""Images: whole, each colour standardised by train, never augmented.

No mirror images and no crops: a mirrored digit is no digit, and a set that is augmented asks for another number
of epochs, so that LeNet-5 on CIFAR-10 would no longer be the task of those who compare tuners on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from datasets.inputs import InputKind, Inputs
from datasets.types import Features

#: Numbers that are read at once: 100 MB of float64, which are 4,096 images of 32 x 32 x 3.
CHUNK = 4096 * 32 * 32 * 3


@dataclass(frozen=True)
class ImageInputs(Inputs):
    """mean, std: float32, shape (channels,), in the unit of the stored pixels."""

    size: tuple[int, ...]
    mean: NDArray[np.float32]
    std: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.size

    def evaluation(self, x: Features) -> NDArray[np.float32]:
        inputs = np.array(x, dtype=np.float32)
        inputs -= self.mean
        inputs /= self.std
        return inputs


class Images(InputKind):
    name = "images"
    title = "colour images of 32 x 32 pixels, each colour with mean 0 and standard deviation 1 on train"

    def fit(self, train_x: Features) -> ImageInputs:
        channels = train_x.shape[3]
        sums, squares = np.zeros(channels), np.zeros(channels)
        rows = max(1, CHUNK // prod(train_x.shape[1:]))
        for start in range(0, len(train_x), rows):
            part = np.asarray(train_x[start : start + rows], dtype=np.float64)
            sums += part.sum(axis=(0, 1, 2))
            squares += np.square(part).sum(axis=(0, 1, 2))
        count = train_x.size // channels
        mean = sums / count
        std = np.sqrt(np.maximum(squares / count - mean**2, 0))
        std[std == 0] = 1.0
        return ImageInputs(train_x.shape[1:], mean.astype(np.float32), std.astype(np.float32))


class SmallImages(Images):
    """A kind of its own, as networks for 32 x 32 pixels have nothing to pool here."""

    name = "small-images"
    title = "grey images of 8 x 8 pixels, with mean 0 and standard deviation 1 on train"


class LargeImages(Images):
    """A kind of its own, as LeNet-5 cannot be built for them and SqueezeNet leaves nothing of smaller ones."""

    name = "large-images"
    title = (
        "colour images of 64 x 64 pixels or more, each colour with mean 0 and standard deviation 1 on train"
    )
