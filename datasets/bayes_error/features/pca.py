"""Principal components."""

from __future__ import annotations

from datasets.bayes_error.features._feature import Learned, Numbers, Transform
from datasets.types import Features, Samples

COMPONENTS = 20


class Pca(Learned):
    name = "pca-20"
    title = "the 20 first principal components (fewer of fewer numbers)"
    requires = ("sklearn",)

    def fit(self, train: Samples, classes: int, seed: int) -> Transform:
        from sklearn.decomposition import PCA

        components = min(COMPONENTS, *train.x.shape)
        wide = min(train.x.shape) > 10 * COMPONENTS  # else all components are as quickly found
        solver = "randomized" if wide else "full"
        fitted = PCA(components, svd_solver=solver, random_state=seed).fit(train.x)

        def transform(numbers: Features) -> Numbers:
            found: Numbers = fitted.transform(numbers).astype("float32")
            return found

        return transform
