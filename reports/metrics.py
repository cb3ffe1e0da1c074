"""What a confusion table says of a classifier, for every class and for all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class ClassMetrics:
    """One class against all others: fractions in [0, 1], None where nothing says (0 / 0).

    sensitivity: of the class' samples, those that were answered so (recall). specificity: of all others, those that
    were not. precision: of the answers, those that were right. accuracy, error: of all samples, those that were told
    apart from this class rightly and wrongly. f1: harmonic mean of sensitivity and precision.
    samples, answers: how many samples the class has, and how many were answered so.
    """

    sensitivity: float | None
    specificity: float | None
    precision: float | None
    accuracy: float | None
    error: float | None
    f1: float | None
    samples: int
    answers: int


@dataclass(frozen=True)
class Metrics:
    """classes: in the order of the table. overall: accuracy and error count every sample once; the others are plain
    means over the classes that have them (macro averages), f1 the mean of the classes' own."""

    classes: tuple[ClassMetrics, ...]
    overall: ClassMetrics


def metrics(confusion: Sequence[Sequence[int]]) -> Metrics:
    """Of a table of counts, shape (C, C): row = true class, column = answer. Raises ValueError for any other shape.

    Powers, "Evaluation: from precision, recall and F-measure to ROC", 2011, has the definitions.
    """
    table = np.asarray(confusion, dtype=np.int64)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not len(table):
        raise ValueError(f"a confusion table has as many rows as columns, not {table.shape}")
    total = int(table.sum())
    classes = tuple(_of_class(table, place, total) for place in range(len(table)))
    right = int(np.trace(table))
    means = {
        name: _mean([getattr(one, name) for one in classes])
        for name in ("sensitivity", "specificity", "precision", "f1")
    }
    overall = ClassMetrics(
        accuracy=_ratio(right, total),
        error=_ratio(total - right, total),
        samples=total,
        answers=total,
        **means,
    )
    return Metrics(classes, overall)


def _of_class(table: np.ndarray, place: int, total: int) -> ClassMetrics:
    hits = int(table[place, place])
    samples, answers = int(table[place].sum()), int(table[:, place].sum())
    misses, alarms = samples - hits, answers - hits
    others = total - samples
    return ClassMetrics(
        sensitivity=_ratio(hits, samples),
        specificity=_ratio(others - alarms, others),
        precision=_ratio(hits, answers),
        accuracy=_ratio(total - misses - alarms, total),
        error=_ratio(misses + alarms, total),
        f1=_ratio(2 * hits, samples + answers),
        samples=samples,
        answers=answers,
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
