"""A toroid: the band between two circles."""

from dataclasses import dataclass

import numpy as np

from imld_synth.shapes.base import Floats, Pair, Shape


@dataclass(frozen=True)
class Ring(Shape):
    """Uniform (per area) between the radii `inner` and `outer`.

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
        # The area inside radius r grows with r^2, so r^2 is what must be uniform.
        radius = np.sqrt(self.inner**2 + u[:, 0] * (self.outer**2 - self.inner**2))
        turn = 2 * np.pi * u[:, 1]
        return np.column_stack(
            [self.center[0] + radius * np.cos(turn), self.center[1] + radius * np.sin(turn)]
        )

    def density(self, x: Floats) -> Floats:
        radius = np.hypot(x[:, 0] - self.center[0], x[:, 1] - self.center[1])
        inside = (radius >= self.inner) & (radius <= self.outer)
        density: Floats = inside / (np.pi * (self.outer**2 - self.inner**2))
        return density
