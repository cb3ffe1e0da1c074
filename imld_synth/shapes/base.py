"""What every shape offers: points, and the exact density those points have."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pair = tuple[float, float]

# Beyond 5.5 standard deviations on either side a normal density holds less than 1e-7 of its mass.
TAIL = 5.5
# Generator.random returns multiples of 2^-53 including 0, where the normal quantile is -inf;
# half a step up keeps every value strictly inside (0, 1).
_HALF_STEP = 2.0**-54


class Shape(ABC):
    """A distribution in the plane, defined as a map from the unit cube.

    One map serves two purposes: fed with random numbers it samples, fed with evenly spread
    numbers it gives the nodes over which `Drawing.bayes_error` integrates.
    """

    dims: ClassVar[int]
    """How many uniform numbers make one point."""

    @abstractmethod
    def warp(self, u: Floats) -> Floats:
        """Map (n, dims) numbers in (0, 1) to (n, 2) points."""

    @abstractmethod
    def density(self, x: Floats) -> Floats:
        """Exact probability density at the (n, 2) points, shape (n,), integrating to 1."""

    def grid_density(self, across: Floats, up: Floats) -> Floats:
        """The same on grids: across (grids, columns) and up (grids, rows) give (grids, rows, columns).

        A shape whose density is a product over the axes overrides it, which makes large grids cheap.
        """
        rows, columns = up.shape[1], across.shape[1]
        x = np.stack(
            [np.broadcast_to(across[:, None, :], (len(across), rows, columns)).ravel(),
             np.broadcast_to(up[:, :, None], (len(across), rows, columns)).ravel()], axis=-1
        )  # fmt: skip
        return self.density(x).reshape(len(across), rows, columns)

    @abstractmethod
    def extent(self) -> tuple[Pair, Pair]:
        """Lower left and upper right corner of a box outside which less than 1e-6 of the mass lies."""

    @property
    def grain(self) -> float:
        """Size of the density's finest feature, as a standard deviation; 0 for a hard edge."""
        return 0.0

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw n independent points, shape (n, 2), float64."""
        return self.warp(rng.random((n, self.dims)) + _HALF_STEP)

    def leaves(self) -> "tuple[tuple[float, Shape], ...]":
        """The (weight, shape) pairs that make this up: itself, unless it is a mixture."""
        return ((1.0, self),)


def around(low: Pair, high: Pair, margin: float) -> tuple[Pair, Pair]:
    """The box from low to high, widened by margin on every side."""
    return (low[0] - margin, low[1] - margin), (high[0] + margin, high[1] + margin)
