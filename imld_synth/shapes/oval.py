"""A filled ellipse."""

from dataclasses import dataclass

import numpy as np

from imld_synth.shapes.base import Floats, Pair, Shape, around


@dataclass(frozen=True)
class Oval(Shape):
    """Uniform inside an ellipse with half axes `axes`, turned counter-clockwise by `angle` degrees.

    Raises ValueError unless both half axes are positive.
    """

    center: Pair
    axes: Pair
    angle: float = 0.0

    dims = 2

    def __post_init__(self) -> None:
        if min(self.axes) <= 0:
            raise ValueError(f"the half axes of an oval must be positive, not {self.axes}")

    def _rotation(self) -> Floats:
        t = np.radians(self.angle)
        return np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]])

    def warp(self, u: Floats) -> Floats:
        radius, turn = np.sqrt(u[:, 0]), 2 * np.pi * u[:, 1]
        upright = np.column_stack([radius * np.cos(turn), radius * np.sin(turn)]) * np.array(self.axes)
        x: Floats = upright @ self._rotation().T + np.array(self.center)
        return x

    def extent(self) -> tuple[Pair, Pair]:
        return around(self.center, self.center, max(self.axes))

    def density(self, x: Floats) -> Floats:
        upright = (x - np.array(self.center)) @ self._rotation()
        inside = ((upright / np.array(self.axes)) ** 2).sum(axis=1) <= 1
        density: Floats = inside / (np.pi * self.axes[0] * self.axes[1])
        return density
