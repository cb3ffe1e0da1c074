"""Gaussian kernel densities of classes in the plane, on a grid, for many bandwidths at once.

Points are shared out among the four grid nodes around them (linear binning, Wand 1994), counts are smoothed
by the Fourier transform, and densities between the nodes are interpolated. The work is that of one pass over
the points and some transforms of the grid for each bandwidth, however many points there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """A square grid of nodes over the plane, wrapped around its edges by the Fourier transform.

    low: coordinates of the first node, shape (2,). step: between nodes, shape (2,). nodes: of a side.
    """

    low: Floats
    step: Floats
    nodes: int

    @classmethod
    def over(cls, points: Floats, nodes: int, margin: float) -> Grid:
        """A grid over points, shape (n, 2), with a margin on each side, as a share of their range."""
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.where(high > low, high - low, 1.0)
        low, high = low - margin * span, high + margin * span
        return cls(low, (high - low) / (nodes - 1), nodes)


@dataclass(frozen=True)
class Places:
    """Points as shares of the four nodes around them.

    node: flat number of the lower node, shape (n,). shares: shape (4, n), summing to 1, of the nodes at
    `offsets` from it.
    """

    node: NDArray[np.int64]
    shares: Floats
    offsets: tuple[int, int, int, int]
    nodes: int

    @classmethod
    def on(cls, grid: Grid, points: Floats) -> Places:
        """The places of points, shape (n, 2), that lie on the grid."""
        scaled = (points - grid.low) / grid.step
        node = np.minimum(scaled.astype(np.int64), grid.nodes - 2)
        x, y = (scaled - node).T
        shares = np.stack([(1 - x) * (1 - y), (1 - x) * y, x * (1 - y), x * y])
        offsets = (0, 1, grid.nodes, grid.nodes + 1)
        return cls(node[:, 0] * grid.nodes + node[:, 1], shares, offsets, grid.nodes)

    def counts(self, chosen: NDArray[np.bool_]) -> Floats:
        """How many of the chosen points each node has, shape (nodes, nodes)."""
        node = self.node[chosen]
        counts = np.zeros(self.nodes**2)
        for offset, shares in zip(self.offsets, self.shares, strict=True):
            counts += np.bincount(node + offset, shares[chosen], minlength=len(counts))
        return counts.reshape(self.nodes, self.nodes)

    def interpolate(self, values: Floats, chosen: NDArray[np.bool_]) -> Floats:
        """Values at the chosen points, from values at the nodes, shape (nodes, nodes)."""
        flat, node = values.ravel(), self.node[chosen]
        total = np.zeros(len(node))
        for offset, shares in zip(self.offsets, self.shares, strict=True):
            total += flat[node + offset] * shares[chosen]
        return total


def smoother(counts: Floats, grid: Grid) -> Callable[[float], Floats]:
    """A function of the bandwidth that gives counts per unit of area, smoothed by a Gaussian of it.

    counts: shape (..., nodes, nodes), as is the result. bandwidth: a standard deviation in the unit of the
    points. The grid's margin should be 2 of the largest one or more, as its edges wrap around.
    """
    from scipy import fft

    spectrum = fft.rfft2(counts)
    rows, columns = fft.fftfreq(grid.nodes, grid.step[0]), fft.rfftfreq(grid.nodes, grid.step[1])
    # Sharing points out and interpolating between nodes widen a kernel by a sixth of a squared step each.
    widened = grid.step**2 / 3
    area = grid.step.prod()

    def smooth(bandwidth: float) -> Floats:
        of_rows, of_columns = np.maximum(bandwidth**2 - widened, 0)
        power = of_rows * rows[:, None] ** 2 + of_columns * columns[None, :] ** 2
        density: Floats = fft.irfft2(spectrum * np.exp(-2 * np.pi**2 * power), counts.shape[-2:]) / area
        return np.maximum(density, 0.0, out=density)  # the transform rounds to tiny values below 0

    return smooth
