"""The hidden layer of a small network."""

from __future__ import annotations

import warnings

import numpy as np

from datasets.bayes_error.features._feature import Learned, Numbers, Transform
from datasets.types import Features, Samples

UNITS = 32
EPOCHS = 30
#: Weight decay, large for a network: the numbers are many and the samples few.
PENALTY = 0.1


class MlpLayer(Learned):
    name = "mlp-layer"
    title = "the hidden layer (32 units) of a network trained on train for 30 epochs"
    requires = ("sklearn",)

    def fit(self, train: Samples, classes: int, seed: int) -> Transform:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.neural_network import MLPClassifier

        network = MLPClassifier((UNITS,), alpha=PENALTY, max_iter=EPOCHS, random_state=seed)
        with warnings.catch_warnings():
            # A fixed number of epochs is meant: stopping early would need held-out patients.
            warnings.simplefilter("ignore", ConvergenceWarning)
            network.fit(train.x, train.y)
        weights, bias = network.coefs_[0].astype(np.float32), network.intercepts_[0].astype(np.float32)

        def transform(numbers: Features) -> Numbers:
            hidden: Numbers = np.maximum(np.asarray(numbers, dtype=np.float32) @ weights + bias, 0)
            return hidden

        return transform
