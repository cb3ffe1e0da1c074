"""Counting the errors of a fitted classifier."""

from __future__ import annotations

from typing import Any

import numpy as np

from datasets.types import Samples

# Points classified at once: 100 neighbours of 500,000 points would take gigabytes.
CHUNK = 50_000


def error_rate(classifier: Any, samples: Samples) -> float:
    """The share of samples, in [0, 1], whose predicted class is not theirs."""
    wrong = 0
    for start in range(0, len(samples), CHUNK):
        rows = slice(start, start + CHUNK)
        wrong += int(np.count_nonzero(classifier.predict(samples.x[rows]) != samples.y[rows]))
    return wrong / len(samples)
