"""The model of BOHB: kernel densities of the good and of the other configurations.

Falkner, Klein, Hutter (2018). BOHB: Robust and Efficient Hyperparameter Optimization at Scale. ICML.
With the settings of the paper and of its authors' HpBandSter, which `benchmarks/bohb_reference.py` and the
tests hold it against. Different from HpBandSter, because its ways are accidents of the library beneath it:
a category's kernel spreads over all options, not over those that were seen, and its bandwidth ends where the
kernel is even.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuners.encoding import Vector

Matrix = NDArray[np.float64]

#: Share of the configurations that count as good.
TOP = 0.15

#: Configurations that are drawn around good ones for one suggestion.
SAMPLES = 64

#: By how much they are spread wider than the density of the good ones.
BANDWIDTH_FACTOR = 3.0

#: No density is narrower, so that good configurations which agree in a value do not settle it for good.
MIN_BANDWIDTH = 1e-3


class Density:
    """A product kernel density over coordinates in [0, 1] and options 0, 1, ... (no order).

    data: shape (n, d). levels: per coordinate how many options it has, 0 for a number.
    Numbers have Gaussian kernels, options those of Aitchison and Aitken (1976); bandwidths follow the
    normal reference rule, 1.06 sigma n^(-1/(4+d)), as in statsmodels' `KDEMultivariate`.
    """

    def __init__(self, data: Matrix, levels: Sequence[int]) -> None:
        count, dimensions = data.shape
        self.data = data
        self.levels = np.array(levels)
        rule = 1.06 * data.std(axis=0) * count ** (-1 / (4 + dimensions))
        even = np.where(self.levels > 0, 1 - 1 / np.maximum(self.levels, 1), np.inf)
        self.bandwidths = np.minimum(np.maximum(rule, MIN_BANDWIDTH), even)

    def __call__(self, points: Matrix) -> NDArray[np.float64]:
        """The density at `points` (m, d), shape (m,)."""
        kernels = np.ones((len(points), len(self.data)))
        for place, (width, levels) in enumerate(zip(self.bandwidths, self.levels, strict=True)):
            at, centres = points[:, place, None], self.data[None, :, place]
            if levels == 0:
                kernels *= np.exp(-0.5 * ((at - centres) / width) ** 2) / (width * np.sqrt(2 * np.pi))
            elif levels > 1:
                kernels *= np.where(at == centres, 1 - width, width / (levels - 1))
        return np.asarray(kernels.mean(axis=1))


@dataclass(frozen=True)
class Model:
    """Draws configurations that the good ones make likely and the others unlikely."""

    good: Density
    other: Density

    def candidates(self, rng: np.random.Generator) -> Matrix:
        """`SAMPLES` points (m, d) around good ones, the most promising first."""
        around = self.good.data[rng.integers(len(self.good.data), size=SAMPLES)]
        points = np.empty_like(around)
        for place, (width, levels) in enumerate(zip(self.good.bandwidths, self.good.levels, strict=True)):
            centres = around[:, place]
            if levels == 0:
                points[:, place] = _truncated_normal(centres, BANDWIDTH_FACTOR * width, rng)
            else:
                keep = rng.random(SAMPLES) < 1 - width
                points[:, place] = np.where(keep, centres, rng.integers(levels, size=SAMPLES))
        # Floors as in HpBandSter: far from everything, both densities are nothing but rounding.
        promise = np.maximum(self.good(points), 1e-32) / np.maximum(self.other(points), 1e-32)
        return points[np.argsort(-promise, kind="stable")]


def fit(
    points: Matrix, errors: Sequence[float], levels: Sequence[int], rng: np.random.Generator
) -> Model | None:
    """The model of the configurations `points` (n, d) with their errors; None while they are too few.

    Coordinates of inactive parameters are NaN. A failed configuration has an infinite error: it is one of
    the others, never a good one unless there are no better.
    The paper's equations (4) and (5): at least d + 1 good ones and as many others, which overlap at first.
    """
    count, dimensions = points.shape
    least = dimensions + 1
    if count < least + 2:
        return None
    order = np.argsort(np.array(errors), kind="stable")
    good = max(least, int(TOP * count))
    other = max(least, count - good)
    return Model(
        Density(_impute(points[order[:good]], levels, rng), levels),
        Density(_impute(points[order[-other:]], levels, rng), levels),
    )


def _impute(points: Matrix, levels: Sequence[int], rng: np.random.Generator) -> Matrix:
    """Fills in inactive coordinates, as HpBandSter does: each from a random point that has it, else evenly."""
    filled = points.copy()
    for row in filled:
        while np.isnan(row).any():
            gaps = np.flatnonzero(np.isnan(row))
            donors = np.flatnonzero(np.isfinite(points[:, gaps[0]]))
            if len(donors):
                row[gaps] = points[rng.choice(donors), gaps]
            else:
                count = levels[gaps[0]]
                row[gaps[0]] = rng.integers(count) if count else rng.random()
    return filled


def _truncated_normal(centres: Vector, width: float, rng: np.random.Generator) -> Vector:
    """Normal around each centre, within [0, 1]."""
    from scipy.special import ndtr, ndtri

    below, above = ndtr(-centres / width), ndtr((1 - centres) / width)
    drawn = centres + width * ndtri(below + rng.random(len(centres)) * (above - below))
    return np.asarray(np.clip(drawn, 0.0, 1.0))
