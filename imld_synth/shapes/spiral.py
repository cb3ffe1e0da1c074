"""One arm of an Archimedean spiral."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from imld_synth.shapes.base import TAIL, Floats, Pair, Shape, around


@dataclass(frozen=True)
class Spiral(Shape):
    """Angle uniform over `turns` turns, radius = start + pitch * turns so far + N(0, noise^2).

    `angle` (degrees) is where the arm starts. Noise along the radius, rather than in both
    coordinates, is what keeps the density in closed form: one term for each winding.
    Raises ValueError unless turns, pitch and noise are positive and start is not negative.
    """

    center: Pair
    start: float
    pitch: float
    turns: float
    noise: float
    angle: float = 0.0

    dims = 2

    def __post_init__(self) -> None:
        if min(self.turns, self.pitch, self.noise) <= 0 or self.start < 0:
            raise ValueError(f"a spiral needs positive turns, pitch and noise and start >= 0, not {self}")

    def warp(self, u: Floats) -> Floats:
        turn = self.turns * u[:, 0]
        radius = self.start + self.pitch * turn + self.noise * ndtri(u[:, 1])
        theta = 2 * np.pi * turn + np.radians(self.angle)
        return np.column_stack(
            [self.center[0] + radius * np.cos(theta), self.center[1] + radius * np.sin(theta)]
        )

    def extent(self) -> tuple[Pair, Pair]:
        return around(self.center, self.center, self.start + self.pitch * self.turns + TAIL * self.noise)

    def density(self, x: Floats) -> Floats:
        dx, dy = x[:, 0] - self.center[0], x[:, 1] - self.center[1]
        radius = np.hypot(dx, dy)
        fraction = (np.arctan2(dy, dx) - np.radians(self.angle)) / (2 * np.pi)
        total = np.zeros(len(x))
        # Noise may push the radius below zero: the point then lies half a turn further on.
        for sign, offset in ((1.0, 0.0), (-1.0, 0.5)):
            first = (fraction + offset) % 1.0
            for winding in range(int(np.ceil(self.turns))):
                turn = first + winding
                z = (sign * radius - self.start - self.pitch * turn) / self.noise
                total += np.where(turn <= self.turns, np.exp(-0.5 * z * z), 0.0)
        # The angle has density 1/(2 pi turns), and an area element in polar coordinates is r dr dtheta.
        scale = 2 * np.pi * self.turns * np.sqrt(2 * np.pi) * self.noise
        density: Floats = total / (scale * np.maximum(radius, np.finfo(float).tiny))
        return density
