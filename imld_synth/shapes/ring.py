"""A toroid: the band between two circles."""

from dataclasses import dataclass

import numpy as np

from imld_synth.shapes.base import Floats, Pair, Shape, around


@dataclass(frozen=True)
class Ring(Shape):
    """Angle and radius uniform, the radius between `inner` and `outer`, as in IMLD.

    (So the inner rim is denser: the same number of points lies on a shorter circle.)

    Raises ValueError unless 0 <= inner < outer.
    """

    center: Pair
    inner: float
    outer: float

    dims = 2

    def __post_init__(self) -> None:
        if not 0 <= self.inner < self.outer:
            raise ValueError(f"a ring needs 0 <= inner < outer, not {self.inner} and {self.outer}")

    def warp(self, u: Floats) -> Floats:
        radius = self.inner + u[:, 0] * (self.outer - self.inner)
        turn = 2 * np.pi * u[:, 1]
        return np.column_stack(
            [self.center[0] + radius * np.cos(turn), self.center[1] + radius * np.sin(turn)]
        )

    def extent(self) -> tuple[Pair, Pair]:
        return around(self.center, self.center, self.outer)

    def density(self, x: Floats) -> Floats:
        radius = np.hypot(x[:, 0] - self.center[0], x[:, 1] - self.center[1])
        inside = (radius >= self.inner) & (radius <= self.outer)
        # An area element in polar coordinates is r dr dtheta, hence the radius.
        scale = 2 * np.pi * (self.outer - self.inner) * np.maximum(radius, np.finfo(float).tiny)
        return np.where(inside, 1 / scale, 0.0)
