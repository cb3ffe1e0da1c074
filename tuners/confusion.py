"""Predictions counted against the true classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.types import Samples


def confusion_table(true: NDArray[Any], predicted: NDArray[Any], classes: int) -> list[list[int]]:
    """Counts of shape (classes, classes): row the true class, column the predicted one."""
    table = np.bincount(np.asarray(true) * classes + predicted, minlength=classes * classes)
    return [[int(count) for count in row] for row in table.reshape(classes, classes)]


def class_errors(confusion: list[list[int]]) -> list[float]:
    """The error rate of every true class, 0 where it has no samples."""
    return [1 - row[index] / sum(row) if sum(row) else 0.0 for index, row in enumerate(confusion)]


def patient_errors(
    part: Samples, predicted: NDArray[Any], names: Sequence[str]
) -> list[tuple[str, int, int]]:
    """Rows (patient, samples, wrong ones) of everybody who has samples in a part."""
    wrong = np.bincount(part.patients[predicted != part.y], minlength=len(names))  # type: ignore[index]
    samples = np.bincount(part.patients, minlength=len(names))  # type: ignore[arg-type]
    counts = zip(names, samples.tolist(), wrong.tolist(), strict=True)
    return [(name, count, errors) for name, count, errors in counts if count]


def one_class(predicted: NDArray[Any]) -> bool:
    """Whether every sample was answered with the same class."""
    return len(np.unique(predicted)) == 1
