"""Pen strokes: polylines walked at even speed, with Gaussian white noise."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.special import ndtri

from imld_synth.shapes.base import TAIL, Floats, Pair, Shape, around
from imld_synth.shapes.soft import blurred_uniform

Line = tuple[Pair, ...]

# At 9 standard deviations a normal density has fallen below 1e-17 of its peak, less than double
# precision resolves: what lies further from a segment cannot change the sum.
_REACH = 9.0


@dataclass(frozen=True)
class Strokes(Shape):
    """Uniform along the polylines `lines`, plus isotropic noise of standard deviation `noise`.

    Every line is a sequence of two or more corners; the pen is lifted between lines. A line's share
    of the points is its share of the length.
    Raises ValueError for no line, a line of one point, a repeated corner, or noise <= 0.
    """

    lines: tuple[Line, ...]
    noise: float

    dims = 3

    def __post_init__(self) -> None:
        if not self.lines or min(map(len, self.lines)) < 2 or self.noise <= 0:
            raise ValueError("strokes need at least one line of two or more corners, and noise > 0")
        if not self._segments()[1].all():
            raise ValueError("two successive corners of a stroke are the same point")

    def _segments(self) -> tuple[Floats, Floats]:
        """Start and step (n, 4) and length (n,) of every straight piece."""
        segments = np.array(
            [(*a, b[0] - a[0], b[1] - a[1]) for line in self.lines for a, b in pairwise(line)]
        )
        return segments, np.hypot(segments[:, 2], segments[:, 3])

    @property
    def length(self) -> float:
        """Length of all lines together, in units of the plane."""
        return float(self._segments()[1].sum())

    def warp(self, u: Floats) -> Floats:
        segments, lengths = self._segments()
        walked = np.concatenate([[0.0], np.cumsum(lengths)])
        at = u[:, 0] * walked[-1]
        which = np.minimum(np.searchsorted(walked, at, side="right") - 1, len(lengths) - 1)
        share = (at - walked[which]) / lengths[which]
        pen = segments[which, :2] + share[:, None] * segments[which, 2:]
        x: Floats = pen + self.noise * ndtri(u[:, 1:])
        return x

    def extent(self) -> tuple[Pair, Pair]:
        across, up = zip(*(corner for line in self.lines for corner in line), strict=True)
        return around((min(across), min(up)), (max(across), max(up)), TAIL * self.noise)

    @property
    def grain(self) -> float:
        return self.noise

    def density(self, x: Floats) -> Floats:
        total = np.zeros(len(x))
        segments, lengths = self._segments()
        reach = _REACH * self.noise
        # Thin strokes touch few points: after one sort each segment finds its own by bisection.
        order = np.argsort(x[:, 0])
        ordered = x[order]
        ends = segments[:, :2] + segments[:, 2:]
        low, high = np.minimum(segments[:, :2], ends) - reach, np.maximum(segments[:, :2], ends) + reach
        first, last = (np.searchsorted(ordered[:, 0], edge[:, 0]) for edge in (low, high))
        for i, length in enumerate(lengths):
            up = ordered[first[i] : last[i], 1]
            near = first[i] + np.flatnonzero((up > low[i, 1]) & (up < high[i, 1]))
            d = ordered[near] - segments[i, :2]
            along = segments[i, 2:] / length
            off = (d[:, 0] * along[1] - d[:, 1] * along[0]) / self.noise
            across = np.exp(-0.5 * off * off) / (np.sqrt(2 * np.pi) * self.noise)
            total[order[near]] += length * blurred_uniform(d @ along, length, self.noise) * across
        density: Floats = total / lengths.sum()
        return density
