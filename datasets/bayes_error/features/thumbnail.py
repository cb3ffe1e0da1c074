"""Pathology patches made small."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from datasets.bayes_error.features._feature import Measured, Numbers
from datasets.types import Features

#: Pixels of a side that are left.
SIDE = 16


class Thumbnail(Measured):
    name = "thumbnail"
    title = "the patch averaged down to 16 x 16 pixels of three colours"
    kinds: ClassVar[tuple[str, ...]] = ("patches",)
    rows_at_once: ClassVar[int] = 32

    def numbers(self, x: Features) -> Numbers:
        n, height, width, _ = x.shape
        rows = np.linspace(0, height, min(SIDE, height), endpoint=False).astype(np.int64)
        columns = np.linspace(0, width, min(SIDE, width), endpoint=False).astype(np.int64)
        sums = np.add.reduceat(np.add.reduceat(x, rows, axis=1, dtype=np.float32), columns, axis=2)
        areas = np.diff(rows, append=height)[:, None, None] * np.diff(columns, append=width)[:, None]
        return np.asarray(sums / areas, dtype=np.float32).reshape(n, -1)
