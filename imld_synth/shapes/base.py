"""What every shape offers: points, and the exact density those points have."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pair = tuple[float, float]

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

    def sample(self, n: int, rng: np.random.Generator) -> Floats:
        """Draw n independent points, shape (n, 2), float64."""
        return self.warp(rng.random((n, self.dims)) + _HALF_STEP)

    def leaves(self) -> "tuple[tuple[float, Shape], ...]":
        """The (weight, shape) pairs that make this up: itself, unless it is a mixture."""
        return ((1.0, self),)
