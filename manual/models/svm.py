"""SVM: support vectors with a Gaussian kernel, penalty and kernel width tuned on dev."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.train_limit import limit_train
from datasets.types import Features, IntArray, TuningSplit
from manual.classical import fit_once
from manual.learner import Baseline, Config, Fitted, Plan, Report

#: Training is quadratic in the points, or worse, so at most this many take part, drawn from train with its class
#: balance kept. The slowest setting then takes a few seconds on one core where classes overlap.
MOST_POINTS = 5_000


class Margins:
    """A fitted support vector classifier whose margins are mapped to probabilities by a softmax.

    They order points by how far they lie from the border and are not calibrated: Platt's calibration would fit
    five machines more, and its answers may differ from the machine's own.
    """

    def __init__(self, machine: Any) -> None:
        self._machine = machine
        self.classes_ = np.empty(0, np.int64)

    def fit(self, x: Features, y: IntArray) -> None:
        self._machine.fit(x, y)
        self.classes_ = self._machine.classes_

    def predict(self, x: Features) -> IntArray:
        return np.asarray(self.classes_[self.predict_proba(x).argmax(axis=1)], dtype=np.int64)

    def predict_proba(self, x: Features) -> NDArray[np.float64]:
        margins = self._machine.decision_function(x)
        if margins.ndim == 1:
            margins = np.stack([-margins / 2, margins / 2], axis=1)
        powers = np.exp(margins - margins.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return probabilities


class Svm(Baseline):
    """C-support vector classification with an RBF kernel (Cortes and Vapnik, 1995), one machine for each pair of
    classes."""

    name = "svm"
    system = "SVM"
    title = f"support vector machine with a Gaussian kernel, on at most {MOST_POINTS:,} points of train"
    kinds = frozenset({"points2d"})
    requires = ("sklearn",)

    def configurations(self) -> tuple[Config, ...]:
        # scikit-learn's defaults first. Narrower kernels, as multiples of the one that suits the spread of all
        # points, follow shapes within them; a larger penalty trusts single points more.
        return tuple({"C": c, "gamma": gamma} for c in (1.0, 10.0) for gamma in (1.0, 10.0, 100.0))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return (
            f"RBF kernel, C {config['C']:g}, gamma {config['gamma']:g} / total variance, "
            f"on at most {MOST_POINTS:,} train points"
        )

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        from sklearn.svm import SVC

        train = limit_train(split.train, max(MOST_POINTS, classes), classes, plan.seed)
        variance = float(train.x.var(axis=0).sum()) or 1.0  # on one spot every kernel is as good
        machine = SVC(C=float(config["C"]), gamma=float(config["gamma"]) / variance, cache_size=500)
        return fit_once(Margins(machine), replace(split, train=train), classes, report)
