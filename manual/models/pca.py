"""PCA: whitening by all points, then the class of the nearest mean."""

from __future__ import annotations

import numpy as np

from datasets.types import Features, IntArray, TuningSplit
from manual.classical import fit_once
from manual.gaussian_classes import SMOOTHING, Floats, GaussianClasses
from manual.learner import Baseline, Config, Fitted, Plan, Report


class Whitened:
    """Principal components of all points, scaled to variance 1, under another classifier."""

    def __init__(self, components: int, classifier: GaussianClasses) -> None:
        self.components = components
        self.classifier = classifier

    @property
    def classes_(self) -> IntArray:
        return self.classifier.classes_

    def fit(self, x: Features, y: IntArray) -> None:
        self._mean = x.mean(axis=0)
        variances, axes = np.linalg.eigh(np.cov(x.T, bias=True))
        largest = np.argsort(variances)[::-1][: self.components]
        # Points on a line have no variance across it: there is nothing to scale up.
        floor = SMOOTHING * (float(variances.max()) or 1.0)
        self._map = axes[:, largest] / np.sqrt(np.maximum(variances[largest], floor))
        self.classifier.fit(self._seen(x), y)

    def predict(self, x: Features) -> IntArray:
        return self.classifier.predict(self._seen(x))

    def predict_proba(self, x: Features) -> Floats:
        return self.classifier.predict_proba(self._seen(x))

    def _seen(self, x: Features) -> Floats:
        seen: Floats = (x - self._mean) @ self._map
        return seen


class Pca(Baseline):
    """Answers the nearest class mean after whitening with the covariance of all points, whatever their class, as IMLD
    does: Mahalanobis' distance with the total covariance (Jolliffe, "Principal Component Analysis", 2002).

    Its probabilities are those of round Gaussians of one size in the whitened plane.
    """

    name = "pca"
    system = "PCA"
    title = "whitening by principal components of all points, then the nearest class mean"
    kinds = frozenset({"points2d"})
    deterministic = True

    def configurations(self) -> tuple[Config, ...]:
        # Both components, as in IMLD; one alone shows what the largest variance has to do with the classes.
        return tuple({"components": components} for components in (2, 1))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        count = int(config["components"])
        return f"{count} whitened component{'s' * (count != 1)}, {classes} means"

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        nearest = GaussianClasses("spherical", equal_priors=True)
        return fit_once(Whitened(int(config["components"]), nearest), split, classes, report)
