"""Counts, means and covariances of the classes of points in the plane, and the ellipses that show them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Corners of an ellipse.
CORNERS = 73

#: Standard deviations to the rim of an ellipse: of a Gaussian's points it holds 39 % (1) and 86 % (2).
RIMS = (1.0, 2.0)


@dataclass(frozen=True)
class PointStatistics:
    """One class. mean: shape (2,). covariance: shape (2, 2), with n - 1 in the denominator, None below two points.
    correlation: None where a coordinate never changes."""

    count: int
    mean: Floats | None
    covariance: Floats | None
    correlation: float | None


def point_statistics(x: Floats, y: NDArray[np.int64], classes: int) -> tuple[PointStatistics, ...]:
    """Of points x (n, 2) with class indices y (n,): one entry a class, in their order."""
    return tuple(_of(x[y == label]) for label in range(classes))


def ellipse(mean: Floats, covariance: Floats, deviations: float) -> Floats:
    """The places at that many standard deviations (Mahalanobis) from the mean, shape (CORNERS, 2), closed."""
    values, vectors = np.linalg.eigh(covariance)
    angles = np.linspace(0, 2 * np.pi, CORNERS)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    # Rounding may leave a variance of 0 just below it.
    return np.asarray(mean + deviations * (vectors @ (np.sqrt(np.maximum(values, 0))[:, None] * circle)).T)


def _of(x: Floats) -> PointStatistics:
    count = len(x)
    if count < 2:
        return PointStatistics(count, x[0].copy() if count else None, None, None)
    covariance = np.cov(x, rowvar=False)
    spread = np.sqrt(np.diag(covariance))
    correlation = float(covariance[0, 1] / spread.prod()) if spread.all() else None
    return PointStatistics(count, x.mean(axis=0), covariance, correlation)
