"""A pen stroke: a polyline walked at even speed, with Gaussian white noise."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from imld_synth.shapes.base import TAIL, Floats, Pair, Shape, around
from imld_synth.shapes.soft import blurred_uniform

# At 9 standard deviations a normal density has fallen below 1e-17 of its peak, less than double
# precision resolves: what lies further from a segment cannot change the sum.
_REACH = 9.0


@dataclass(frozen=True)
class Stroke(Shape):
    """Uniform along the polyline through `points`, plus isotropic noise of standard deviation `noise`.

    Raises ValueError for fewer than two points, a repeated point, or noise <= 0.
    """

    points: tuple[Pair, ...]
    noise: float

    dims = 3

    def __post_init__(self) -> None:
        if len(self.points) < 2 or self.noise <= 0 or (self._lengths() == 0).any():
            raise ValueError(f"a stroke needs two or more different points and noise > 0, not {self}")

    def _lengths(self) -> Floats:
        steps = np.diff(np.array(self.points), axis=0)
        return np.hypot(steps[:, 0], steps[:, 1])

    @property
    def length(self) -> float:
        """Length of the polyline, in units of the plane."""
        return float(self._lengths().sum())

    def warp(self, u: Floats) -> Floats:
        corners = np.array(self.points)
        walked = np.concatenate([[0.0], np.cumsum(self._lengths())])
        at = u[:, 0] * walked[-1]
        pen = np.column_stack([np.interp(at, walked, corners[:, 0]), np.interp(at, walked, corners[:, 1])])
        x: Floats = pen + self.noise * ndtri(u[:, 1:])
        return x

    def extent(self) -> tuple[Pair, Pair]:
        across, up = zip(*self.points, strict=True)
        return around((min(across), min(up)), (max(across), max(up)), TAIL * self.noise)

    @property
    def grain(self) -> float:
        return self.noise

    def density(self, x: Floats) -> Floats:
        total = np.zeros(len(x))
        corners, lengths = np.array(self.points), self._lengths()
        reach = _REACH * self.noise
        # Thin strokes touch few points: after one sort each segment finds its own by bisection.
        order = np.argsort(x[:, 0])
        ordered = x[order]
        for a, b, length in zip(corners[:-1], corners[1:], lengths, strict=True):
            first, last = np.searchsorted(ordered[:, 0], [min(a[0], b[0]) - reach, max(a[0], b[0]) + reach])
            up = ordered[first:last, 1]
            near = first + np.flatnonzero((up > min(a[1], b[1]) - reach) & (up < max(a[1], b[1]) + reach))
            d = ordered[near] - a
            along = (b - a) / length
            off = (d[:, 0] * along[1] - d[:, 1] * along[0]) / self.noise
            across = np.exp(-0.5 * off * off) / (np.sqrt(2 * np.pi) * self.noise)
            total[order[near]] += length * blurred_uniform(d @ along, length, self.noise) * across
        density: Floats = total / lengths.sum()
        return density
