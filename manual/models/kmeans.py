"""K-means: clusters of all points, each answered by the class that most of its points have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.types import Features, IntArray, TuningSplit
from manual.classical import fit_once
from manual.learner import Baseline, Config, Fitted, Plan, Report

#: Starts of the search for clusters, the best of which counts: one alone often ends in a poor division.
STARTS = 5


class Labelled:
    """Clusters of all points with the share of each class in every cluster."""

    def __init__(self, clusters: Any) -> None:
        self._clusters = clusters
        self.classes_ = np.empty(0, np.int64)

    def fit(self, x: Features, y: IntArray) -> None:
        found = self._clusters.fit_predict(x)
        self.classes_, index = np.unique(y, return_inverse=True)
        counts = np.zeros((self._clusters.n_clusters, len(self.classes_)))
        np.add.at(counts, (found, index), 1)
        # Points that occur several times may leave a cluster without any: it answers like all points together.
        counts[counts.sum(axis=1) == 0] = counts.sum(axis=0)
        self._shares = counts / counts.sum(axis=1, keepdims=True)

    def predict(self, x: Features) -> IntArray:
        return np.asarray(self.classes_[self.predict_proba(x).argmax(axis=1)], dtype=np.int64)

    def predict_proba(self, x: Features) -> NDArray[np.float64]:
        shares: NDArray[np.float64] = self._shares[self._clusters.predict(x)]
        return shares


class KMeans(Baseline):
    """Lloyd's algorithm, started by k-means++ (Arthur and Vassilvitskii, 2007), on the points without their classes;
    a cluster then answers its majority class, with the shares of its classes as probabilities."""

    name = "kmeans"
    system = "K-means"
    title = "K-means clusters of all points, each answered by its majority class"
    kinds = frozenset({"points2d"})
    requires = ("sklearn",)

    def configurations(self) -> tuple[Config, ...]:
        # From a cluster for each of a few classes to a patchwork, by factors of two: it does not know the classes,
        # so a class of several blobs needs a cluster for each.
        return tuple({"clusters": clusters} for clusters in (2, 4, 8, 16, 32, 64))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{config['clusters']} clusters"

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        from sklearn.cluster import KMeans as Clusters

        most = len(np.unique(split.train.x, axis=0))  # more clusters than places cannot be told apart
        clusters = Clusters(min(int(config["clusters"]), most), n_init=STARTS, random_state=plan.seed)
        return fit_once(Labelled(clusters), split, classes, report)
