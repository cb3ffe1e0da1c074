"""Scores of a logistic regression."""

from __future__ import annotations

from typing import Any

import numpy as np

from datasets.bayes_error.features._feature import Learned, Numbers, Transform
from datasets.bayes_error.features._sample import held_out
from datasets.types import Features, Samples

#: Inverse penalties that are tried.
STRENGTHS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
#: Of train, to choose the penalty by.
HELD_OUT = 0.25


class Logistic(Learned):
    """The penalty is chosen by log-loss on a quarter of train (of its patients, where there are any)."""

    name = "logistic"
    title = "class scores of a logistic regression"
    requires = ("sklearn",)

    def fit(self, train: Samples, classes: int, seed: int) -> Transform:
        out = held_out(train, HELD_OUT, np.random.default_rng(seed))
        fit, rest = _part(train, ~out), _part(train, out)
        strength = STRENGTHS[len(STRENGTHS) // 2]
        if len(np.unique(fit.y)) == classes:  # else a class has too few patients to choose by
            losses = {one: _log_loss(_regression(one, fit), rest) for one in STRENGTHS}
            strength = min(losses, key=losses.__getitem__)
        fitted = _regression(strength, train)

        def transform(numbers: Features) -> Numbers:
            scores: Numbers = fitted.decision_function(numbers).astype(np.float32)
            return scores.reshape(len(numbers), -1)

        return transform


def _part(train: Samples, rows: np.ndarray[Any, Any]) -> Samples:
    return Samples(train.x[rows], train.y[rows])


def _regression(strength: float, train: Samples) -> Any:
    from sklearn.linear_model import LogisticRegression

    # The iterations that are enough for scores; the last digits of the weights do not matter here.
    return LogisticRegression(C=strength, max_iter=100, tol=1e-3).fit(train.x, train.y)


def _log_loss(fitted: Any, samples: Samples) -> float:
    """Mean log-loss of a regression that knows every class."""
    likely = fitted.predict_proba(samples.x)[np.arange(len(samples)), samples.y]
    return -float(np.log(np.maximum(likely, 1e-12)).mean())
