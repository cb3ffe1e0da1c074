"""A bivariate normal."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from imld_synth.shapes.base import TAIL, Floats, Pair, Shape


@dataclass(frozen=True)
class Gaussian(Shape):
    """Normal with a full covariance ((var1, cov), (cov, var2)).

    Raises ValueError when the covariance is not symmetric positive definite.
    """

    mean: Pair
    cov: tuple[Pair, Pair]

    dims = 2

    def __post_init__(self) -> None:
        (a, b), (c, d) = self.cov
        if b != c or a <= 0 or a * d - b * c <= 0:
            raise ValueError(f"covariance {self.cov} is not symmetric positive definite")

    def warp(self, u: Floats) -> Floats:
        # Written out, because a matrix product this narrow costs more than the quantiles themselves.
        (a, b), (_, d) = self.cov
        z = ndtri(u)
        scale = np.sqrt(a)
        up = (b / scale) * z[:, 0] + np.sqrt(d - b * b / a) * z[:, 1]
        return np.column_stack([self.mean[0] + scale * z[:, 0], self.mean[1] + up])

    def extent(self) -> tuple[Pair, Pair]:
        across, up = TAIL * np.sqrt(self.cov[0][0]), TAIL * np.sqrt(self.cov[1][1])
        x, y = self.mean
        return (x - across, y - up), (x + across, y + up)

    @property
    def grain(self) -> float:
        return float(np.sqrt(np.linalg.eigvalsh(np.array(self.cov))[0]))

    def density(self, x: Floats) -> Floats:
        (a, b), (_, d) = self.cov
        det = a * d - b * b
        dx, dy = x[:, 0] - self.mean[0], x[:, 1] - self.mean[1]
        quadratic = (d * dx * dx - 2 * b * dx * dy + a * dy * dy) / det
        density: Floats = np.exp(-0.5 * quadratic) / (2 * np.pi * np.sqrt(det))
        return density

    def grid_density(self, across: Floats, up: Floats) -> Floats:
        (a, b), (_, d) = self.cov
        if b:
            return super().grid_density(across, up)
        columns, rows = (
            np.exp(-0.5 * (s - mean) ** 2 / variance) / np.sqrt(2 * np.pi * variance)
            for s, mean, variance in ((across, self.mean[0], a), (up, self.mean[1], d))
        )
        density: Floats = rows[:, :, None] * columns[:, None, :]
        return density


def round_gaussian(mean: Pair, sigma: float) -> Gaussian:
    """The isotropic normal with standard deviation sigma."""
    return Gaussian(mean, ((sigma**2, 0.0), (0.0, sigma**2)))


def turned_gaussian(mean: Pair, sigmas: Pair, angle: float) -> Gaussian:
    """The normal with standard deviations sigmas along axes turned counter-clockwise by angle degrees."""
    t = np.radians(angle)
    along, across = sigmas[0] ** 2, sigmas[1] ** 2
    cov = float((along - across) * np.sin(t) * np.cos(t))
    var1 = float(along * np.cos(t) ** 2 + across * np.sin(t) ** 2)
    var2 = float(along * np.sin(t) ** 2 + across * np.cos(t) ** 2)
    return Gaussian(mean, ((var1, cov), (cov, var2)))
