"""The classifier that takes every class for a Gaussian: what LDA, QDA, naive Bayes and nearest means have in common."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from datasets.types import Features, IntArray

Floats = NDArray[np.float64]

#: What the covariances of the classes are: one multiple of the identity for all, one matrix for all, a matrix each,
#: or variances alone, each.
Form = Literal["spherical", "shared", "full", "diagonal"]

#: Added to every variance, as a share of the largest variance of all points, so that points on a line or on one
#: spot give no singular covariance; the value of scikit-learn's GaussianNB.
SMOOTHING = 1e-9

#: Classes of fewer points have no covariance in the plane; they take the one that all classes share.
FEWEST = 3


class GaussianClasses:
    """Means and maximum likelihood covariances of the classes; answers the class of the largest posterior.

    Duda, Hart and Stork, "Pattern Classification", 2001, section 2.6. equal_priors: all classes count alike, else by
    their shares of the points.
    """

    def __init__(self, form: Form, equal_priors: bool = False) -> None:
        self.form: Form = form
        self.equal_priors = equal_priors
        self.classes_ = np.empty(0, np.int64)

    def fit(self, x: Features, y: IntArray) -> None:
        """From points x (n, d) and their classes y (n,)."""
        points = np.asarray(x, dtype=np.float64)
        self.classes_, index, counts = np.unique(y, return_inverse=True, return_counts=True)
        self._means = np.array([points[index == i].mean(axis=0) for i in range(len(counts))])
        smallest = SMOOTHING * (float(points.var(axis=0).max()) or 1.0)  # on one spot every size is as good
        shared = _covariance(points - self._means[index], smallest)
        if self.form == "spherical":
            shared = np.eye(points.shape[1]) * np.trace(shared) / points.shape[1]
        own = {
            i: _covariance(points[index == i] - self._means[i], smallest)
            for i, count in enumerate(counts)
            if self.form in ("full", "diagonal") and count >= FEWEST
        }
        covariances = [own.get(i, shared) for i in range(len(counts))]
        if self.form == "diagonal":
            covariances = [np.diag(np.diag(covariance)) for covariance in covariances]
        self._roots = [np.linalg.cholesky(covariance) for covariance in covariances]
        self._log_priors = np.zeros(len(counts)) if self.equal_priors else np.log(counts / len(points))

    def predict(self, x: Features) -> IntArray:
        """Classes, shape (n,)."""
        return np.asarray(self.classes_[self._scores(x).argmax(axis=1)], dtype=np.int64)

    def predict_proba(self, x: Features) -> Floats:
        """Posteriors of `classes_`, shape (n, len(classes_))."""
        scores = self._scores(x)
        likelihoods = np.exp(scores - scores.max(axis=1, keepdims=True))
        posteriors: Floats = likelihoods / likelihoods.sum(axis=1, keepdims=True)
        return posteriors

    def _scores(self, x: Features) -> Floats:
        """Log of prior times density, but for a term that all classes share, shape (n, classes)."""
        points = np.asarray(x, dtype=np.float64)
        columns = []
        for mean, root, log_prior in zip(self._means, self._roots, self._log_priors, strict=True):
            z = np.linalg.solve(root, (points - mean).T)
            columns.append(log_prior - 0.5 * (z**2).sum(axis=0) - np.log(np.diag(root)).sum())
        return np.stack(columns, axis=1)


def _covariance(centred: Floats, smallest: float) -> Floats:
    covariance: Floats = centred.T @ centred / len(centred) + smallest * np.eye(centred.shape[1])
    return covariance
