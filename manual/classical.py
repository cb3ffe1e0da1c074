"""What the classifiers of scikit-learn share: they are fitted once and have no epochs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.types import Features, IntArray, TuningSplit
from manual.learner import EpochReport, Fitted, Report

#: Rows that are classified at once: a forest or 100 neighbours of 500,000 points would take gigabytes.
CHUNK = 50_000


class ClassicalModel(Fitted):
    """A fitted scikit-learn classifier on unscaled coordinates, as in the study."""

    def __init__(self, classifier: Any, classes: int) -> None:
        self.classifier = classifier
        self.classes = classes

    def probabilities(self, x: Features) -> NDArray[np.float32]:
        full = np.zeros((len(x), self.classes), dtype=np.float32)
        for start in range(0, len(x), CHUNK):
            part = self.classifier.predict_proba(x[start : start + CHUNK])
            full[start : start + CHUNK, self.classifier.classes_] = part
        return full

    def predict(self, x: Features) -> IntArray:
        parts = [self.classifier.predict(x[start : start + CHUNK]) for start in range(0, len(x), CHUNK)]
        return np.asarray(np.concatenate(parts), dtype=np.int64)


def fit_once(classifier: Any, split: TuningSplit, classes: int, report: Report) -> ClassicalModel:
    """Fits on train and reports the dev error as the one epoch there is.

    Train error is left to the final scoring: classifying 100,000 training points for every value of a
    grid would cost ten times as much as the grid itself.
    """
    classifier.fit(split.train.x, split.train.y)
    model = ClassicalModel(classifier, classes)
    probabilities = model.probabilities(split.dev.x)
    predicted = probabilities.argmax(axis=1)
    dev_error = float(np.mean(predicted != split.dev.y))
    true = probabilities[np.arange(len(split.dev)), split.dev.y]
    dev_loss = float(-np.log(np.clip(true, 1e-6, 1.0)).mean())
    second_error = None
    if split.second is not None:
        second_error = float(np.mean(model.predict(split.second.x) != split.second.y))
    answers = len(np.unique(predicted))
    report(EpochReport(1, None, None, dev_loss, dev_error, answers, second_error))
    return model
