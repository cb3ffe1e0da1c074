"""A rectangle filled evenly, its edge softened by Gaussian white noise."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from imld_synth.shapes.base import TAIL, Floats, Pair, Shape, around
from imld_synth.shapes.soft import blurred_uniform


@dataclass(frozen=True)
class Box(Shape):
    """Uniform on [low, high], plus isotropic noise of standard deviation `edge` (0: a hard edge).

    Raises ValueError for an empty box or a negative edge.
    """

    low: Pair
    high: Pair
    edge: float = 0.0

    dims = 4

    def __post_init__(self) -> None:
        if self.low[0] >= self.high[0] or self.low[1] >= self.high[1] or self.edge < 0:
            raise ValueError(f"a box needs low < high and edge >= 0, not {self}")

    def warp(self, u: Floats) -> Floats:
        low, high = np.array(self.low), np.array(self.high)
        inside: Floats = low + u[:, :2] * (high - low)
        return inside + self.edge * ndtri(u[:, 2:]) if self.edge else inside

    def extent(self) -> tuple[Pair, Pair]:
        return around(self.low, self.high, TAIL * self.edge)

    @property
    def grain(self) -> float:
        return self.edge

    def density(self, x: Floats) -> Floats:
        width, height = self.high[0] - self.low[0], self.high[1] - self.low[1]
        across, up = x[:, 0] - self.low[0], x[:, 1] - self.low[1]
        if self.edge:
            return blurred_uniform(across, width, self.edge) * blurred_uniform(up, height, self.edge)
        inside = (across >= 0) & (across <= width) & (up >= 0) & (up <= height)
        return inside / (width * height)
