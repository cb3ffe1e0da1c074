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
        return self._side(x[:, 0], 0) * self._side(x[:, 1], 1)

    def grid_density(self, across: Floats, up: Floats) -> Floats:
        return self._side(up, 1)[:, :, None] * self._side(across, 0)[:, None, :]

    def _side(self, s: Floats, axis: int) -> Floats:
        """Density along one axis."""
        low, length = self.low[axis], self.high[axis] - self.low[axis]
        if self.edge:
            return blurred_uniform(s - low, length, self.edge)
        inside: Floats = ((s >= low) & (s <= self.high[axis])) / length
        return inside
