"""One half of the yin-yang sign."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imld_synth.shapes.base import Floats, Pair, Shape, around


@dataclass(frozen=True)
class YinYang(Shape):
    """Half of a disc, parted from the other half by two half circles, thinning out from the centre.

    Yin is the left half without the small disc above the centre and with the one below; yang
    (`yang=True`) is the rest. Within its half a point has the density of a round Gaussian of
    standard deviation `spread` about the centre (a large spread is nearly uniform), as in IMLD.
    `overlap` moves yin up and yang down by that multiple of the small discs' radius.
    Raises ValueError unless radius > 0 and spread > 0.
    """

    center: Pair
    radius: float
    spread: float
    yang: bool = False
    overlap: float = 0.0

    dims = 2

    def __post_init__(self) -> None:
        if self.radius <= 0 or self.spread <= 0:
            raise ValueError(f"a yin-yang needs a positive radius and spread, not {self}")

    def _origin(self) -> Floats:
        shift = (-1 if self.yang else 1) * self.overlap * self.radius / 2
        return np.array([self.center[0], self.center[1] + shift])

    def _is_mine(self, d: Floats) -> NDArray[np.bool_]:
        """Which points of the disc, relative to its centre, lie in this half."""
        head = self.radius / 2
        above = np.hypot(d[:, 0], d[:, 1] - head) <= head
        below = np.hypot(d[:, 0], d[:, 1] + head) <= head
        yin = ((d[:, 0] <= 0) & ~above) | below
        return ~yin if self.yang else yin

    def warp(self, u: Floats) -> Floats:
        # The squared radius of a round Gaussian is exponential; here it is cut off at the rim.
        rim = -np.expm1(-0.5 * (self.radius / self.spread) ** 2)
        r = self.spread * np.sqrt(-2 * np.log1p(-u[:, 0] * rim))
        turn = 2 * np.pi * u[:, 1]
        d = np.column_stack([r * np.cos(turn), r * np.sin(turn)])
        # Half a turn maps either half onto the other and leaves the density as it is.
        d[~self._is_mine(d)] *= -1
        return d + self._origin()

    def extent(self) -> tuple[Pair, Pair]:
        x, y = self._origin()
        return around((float(x), float(y)), (float(x), float(y)), self.radius)

    def density(self, x: Floats) -> Floats:
        d = x - self._origin()
        squared = (d**2).sum(axis=1)
        inside = (squared <= self.radius**2) & self._is_mine(d)
        # By that symmetry each half holds half the mass of the disc.
        mass = -np.expm1(-0.5 * (self.radius / self.spread) ** 2) / 2
        density: Floats = np.exp(-0.5 * squared / self.spread**2) / (2 * np.pi * self.spread**2 * mass)
        return np.where(inside, density, 0.0)
