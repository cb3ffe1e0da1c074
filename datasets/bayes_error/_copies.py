"""Samples that are copies of one another, which no estimator from neighbours survives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datasets.types import Samples

#: Fewer copies than this share are passed over: coordinates with few digits coincide now and then.
FEW = 0.01


def first_ones(samples: Samples) -> NDArray[np.bool_]:
    """Which samples have no equal one before them, in features and class: shape (n,)."""
    rows = np.column_stack([samples.x, samples.y])
    order = np.lexsort(rows.T)  # stable: of equal rows the first stays first
    new = np.ones(len(rows), dtype=bool)
    new[order[1:]] = (rows[order[1:]] != rows[order[:-1]]).any(axis=1)
    return new


def note_of_copies(samples: Samples) -> str:
    """A warning where leaving one sample out leaves its copies in; "" where that is rare."""
    if len(np.unique(samples.x[:, 0])) >= (1 - FEW) * len(samples):
        return ""  # copies would have the same first feature, and to see that is much quicker
    share = 1 - float(first_ones(samples).mean())
    if share <= FEW:
        return ""
    return (
        f"{100 * share:.0f} % of the samples are copies of others and vote for them,"
        " so this can be far too low; --distinct counts each once"
    )
