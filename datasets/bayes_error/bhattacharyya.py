"""Bounds from the Bhattacharyya distance between classes that are taken for Gaussian."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.bayes_error._estimator import Estimator, Finding, Role
from datasets.errors import UsageError
from datasets.types import Samples

Floats = NDArray[np.float64]

#: Spread below this share of the largest counts as none.
NO_SPREAD = 1e-12
#: A kurtosis this many standard errors, and this share, off a Gaussian's is reported.
ERRORS_OFF, SHARE_OFF = 4.0, 0.02


class Bhattacharyya(Estimator):
    """R* is between 2/C and 1 times the sum over pairs of E[min(P_i, P_j)]: of the posteriors but the
    largest, the one of rank r is the smaller one of r - 1 pairs. Each pair is bounded by its Bhattacharyya
    coefficient. No interval: beside the assumption of Gaussian classes, scatter does not matter.
    """

    name = "bhattacharyya"
    title = "lower and upper bound for Gaussian classes; false for others"
    formula = (
        "(p1 + p2)/2 (1 - sqrt(1 - 4 q1 q2 e^(-2B))) <= R* <= sqrt(p1 p2) e^(-B), B of two Gaussians, q = p/(p1 + p2);"
        " C > 2: 2/C of the sum over pairs below, the sum above; the value is their middle"
    )
    source = "Kailath, IEEE Trans. Communication Technology 15, 1967; pairs: Garber and Djouadi, IEEE Trans. PAMI 10, 1988"
    role: ClassVar[Role] = "bound"
    misled_by_copies = False

    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        x = _with_spread(np.asarray(samples.x, dtype=np.float64))
        least = x.shape[1] + 2
        counts = np.bincount(samples.y, minlength=classes)
        if counts.min() < least:
            raise UsageError(
                f"{self.name} needs {least} points of each class for {x.shape[1]} features;"
                f" one class has {counts.min()}"
            )
        groups = [x[samples.y == label] for label in range(classes)]
        means = [group.mean(axis=0) for group in groups]
        covariances = [np.atleast_2d(np.cov(group, rowvar=False)) for group in groups]
        priors = counts / len(x)
        below = above = 0.0
        for i, j in combinations(range(classes), 2):
            overlap = _coefficient(means[i] - means[j], covariances[i], covariances[j])
            both = priors[i] + priors[j]
            product = priors[i] * priors[j] / both**2
            below += both / 2 * (1 - np.sqrt(max(0.0, 1 - 4 * product * overlap**2)))
            above += both * np.sqrt(product) * overlap
        lower, upper = float(2 / classes * below), float(above)
        most = (classes - 1) / classes
        middle = (min(lower, most) + min(upper, most)) / 2
        return Finding(middle, lower, upper, note=_broken(groups, means, covariances))


def _with_spread(x: Floats) -> Floats:
    """x in the directions in which it has any spread, each scaled to 1: a constant feature tells nothing."""
    centred = x - x.mean(axis=0)
    spread, directions = np.linalg.eigh(np.atleast_2d(np.cov(centred, rowvar=False)))
    kept = spread > NO_SPREAD * max(spread.max(), np.finfo(float).tiny)
    scaled: Floats = centred @ directions[:, kept] / np.sqrt(spread[kept])
    return scaled


def _coefficient(between: Floats, first: Floats, second: Floats) -> float:
    """e^(-B) of two Gaussians: 1 where they are the same, 0 where they have nothing in common."""
    if _flat(first) or _flat(second):
        return 0.0
    middle = (first + second) / 2
    distance = between @ np.linalg.solve(middle, between) / 8
    volumes = [np.linalg.slogdet(matrix)[1] for matrix in (middle, first, second)]
    return float(np.exp(-distance - (volumes[0] - (volumes[1] + volumes[2]) / 2) / 2))


def _flat(covariance: Floats) -> bool:
    return bool(np.linalg.eigvalsh(covariance).min(initial=1.0) <= NO_SPREAD)


def _broken(groups: list[Floats], means: list[Floats], covariances: list[Floats]) -> str:
    """What speaks against Gaussian classes, after Mardia's kurtosis (Biometrika 57, 1970); "" where nothing does."""
    for label, (group, mean, covariance) in enumerate(zip(groups, means, covariances, strict=True)):
        d = group.shape[1]
        if _flat(covariance):
            return (
                f"class {label} has no spread in some direction, so is not Gaussian: the bounds do not hold"
            )
        away = group - mean
        squares = np.einsum("ij,ji->i", away, np.linalg.solve(covariance, away.T))
        found, expected = float((squares**2).mean()), d * (d + 2)
        error = np.sqrt(8 * expected / len(group))
        if abs(found - expected) > max(ERRORS_OFF * error, SHARE_OFF * expected):
            return f"class {label} is not Gaussian (kurtosis {found:.1f} instead of {expected}): the bounds do not hold"
    return ""
