"""Standardisation of features. Networks get scaled inputs; KNN and RNF, as in the study, raw ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.types import Features


@dataclass(frozen=True)
class Scaling:
    """Subtracts the mean and divides by the standard deviation of each feature.

    mean, std: float64, shape of one sample, in the unit of the data; std is 1 for features that do
    not vary, which scale to 0.
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]

    @classmethod
    def fit(cls, train_x: Features) -> Scaling:
        """The scaling of train_x, shape (n, ...), n >= 1; ValueError for no rows.

        Hand it train and nothing else: statistics of dev or eval would leak into training. It cannot
        check that; the caller answers for it.
        """
        if len(train_x) == 0:
            raise ValueError("a scaling cannot be fitted to no rows")
        mean = np.mean(train_x, axis=0, dtype=np.float64)
        std = np.std(train_x, axis=0, dtype=np.float64)
        # Of a constant 0.1 the standard deviation is 1e-17 by rounding, and dividing by it gives noise.
        varies = np.max(train_x, axis=0) > np.min(train_x, axis=0)
        return cls(np.asarray(mean), np.where(varies & (std > 0), std, 1.0))

    def apply(self, x: Features) -> NDArray[np.float32]:
        """x of shape (n, ...) scaled, as a new float32 array of the same shape."""
        return np.asarray((x - self.mean) / self.std, dtype=np.float32)
