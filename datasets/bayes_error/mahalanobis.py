"""Upper bound from the distance between class means, for any shape of the classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from datasets.bayes_error._bootstrap import mean_interval
from datasets.bayes_error._estimator import Estimator, Finding, Role
from datasets.errors import UsageError
from datasets.types import Samples


class Mahalanobis(Estimator):
    """The limit of the 1-NN error is the sum over classes of E[P_c (1 - P_c)], at most the mean squared error of
    any regression on class membership. With linear regression and two classes that is the formula below; with more
    classes the regressions of each class against the rest are added up. It assumes nothing of the densities,
    and is loose wherever classes differ in more than their means: half an error of 1 for concentric ones.
    """

    name = "mahalanobis"
    title = "upper bound from class means and the common covariance (loose, but for any densities)"
    formula = "R* <= 2 p1 p2 / (1 + p1 p2 D), D the squared Mahalanobis distance; C > 2: sum over one against the rest"
    source = "Devijver and Kittler, Pattern Recognition: A Statistical Approach, 1982"
    role: ClassVar[Role] = "bound"
    misled_by_copies = False

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        x = np.asarray(samples.x, dtype=np.float64)
        x = x - x.mean(axis=0)
        member = np.eye(classes)[samples.y]
        member -= member.mean(axis=0)
        weights, _, rank, _ = np.linalg.lstsq(x, member, rcond=None)
        fitted = int(rank) + 1  # and the mean
        if len(x) <= fitted:
            raise UsageError(f"{self.name} needs more than {fitted} points for {x.shape[1]} features")
        # The regression knows its own points; this takes that out of their residuals.
        residuals = ((member - x @ weights) ** 2).sum(axis=1) * len(x) / (len(x) - fitted)
        upper = float(residuals.mean())
        low, high = mean_interval(residuals, seed)
        return Finding(upper, upper=upper, low=low, high=high)
