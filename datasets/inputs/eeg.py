"""EEG: frames of microvolts, each derivation standardised by its mean and deviation over train."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.inputs import InputKind, Inputs
from datasets.types import Features

#: Segments that are read at once: 30 MB of windows.
CHUNK = 256

#: The samples of a window that belong to its frame. Windows overlap threefold; their middle thirds do not.
FRAME = slice(5, 10)


@dataclass(frozen=True)
class EegInputs(Inputs):
    """mean, std: float32, shape (20, 1), in microvolts, one row a derivation."""

    frames: tuple[int, ...]
    mean: NDArray[np.float32]
    std: NDArray[np.float32]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.frames

    def evaluation(self, x: Features) -> NDArray[np.float32]:
        inputs = np.array(x, dtype=np.float32)  # a copy: windows of a file share their samples
        inputs -= self.mean
        inputs /= self.std
        return inputs


class Eeg(InputKind):
    name = "eeg"
    title = "frames of an EEG, each derivation with mean 0 and standard deviation 1 on train"

    def fit(self, train_x: Features) -> EegInputs:
        sums = np.zeros(train_x.shape[2])
        squares = np.zeros(train_x.shape[2])
        count = 0
        for start in range(0, len(train_x), CHUNK):
            part = np.asarray(train_x[start : start + CHUNK, :, :, FRAME], dtype=np.float64)
            sums += part.sum(axis=(0, 1, 3))
            squares += np.square(part).sum(axis=(0, 1, 3))
            count += part.size // len(sums)
        mean = sums / count
        std = np.sqrt(np.maximum(squares / count - mean**2, 0))
        std[std == 0] = 1.0
        column = (-1, 1)
        return EegInputs(
            train_x.shape[1:], mean.reshape(column).astype(np.float32), std.reshape(column).astype(np.float32)
        )
