"""`--train-limit N`: a smaller train with the class balance of the whole."""

from __future__ import annotations

import numpy as np

from datasets.errors import UsageError
from datasets.types import IntArray, Samples


def limit_train(train: Samples, limit: int, classes: int, seed: int) -> Samples:
    """`limit` rows of train in their order, chosen at random within each class.

    Classes keep their shares, left-over rows going to the largest remainders, but each keeps one row
    at least. A limit of all rows or more returns `train` itself.
    Raises UsageError where the limit is below the number of classes.
    """
    if limit < classes:
        raise UsageError(f"the train limit must be at least {classes}, one point for each class, not {limit}")
    if limit >= len(train):
        return train
    rows = stratified_rows(train.y, limit, classes, np.random.default_rng(seed))
    patients = None if train.patients is None else train.patients[rows]
    return Samples(train.x[rows], train.y[rows], patients)


def stratified_rows(y: IntArray, size: int, classes: int, rng: np.random.Generator) -> IntArray:
    """`size` different rows of y, ascending, chosen at random within each class, with the class shares of y."""
    quotas = _quotas(np.bincount(y, minlength=classes), size)
    chosen = [
        rng.choice(np.flatnonzero(y == label), size=quota, replace=False)
        for label, quota in enumerate(quotas)
    ]
    return np.sort(np.concatenate(chosen))


def _quotas(counts: IntArray, limit: int) -> IntArray:
    # In whole numbers: fractions of counts would round differently from machine to machine.
    quotas, remainders = np.divmod(counts * limit, counts.sum())
    quotas[np.argsort(-remainders, kind="stable")[: limit - quotas.sum()]] += 1
    for label in np.flatnonzero((quotas == 0) & (counts > 0)):
        quotas[quotas.argmax()] -= 1
        quotas[label] = 1
    return quotas
