"""The stored numbers themselves."""

from __future__ import annotations

import numpy as np

from datasets.bayes_error.features._feature import Measured, Numbers
from datasets.types import Features


class Raw(Measured):
    name = "raw"
    title = "every stored number of a sample, such as its pixels"

    def numbers(self, x: Features) -> Numbers:
        return np.asarray(x, dtype=np.float32).reshape(len(x), -1)
