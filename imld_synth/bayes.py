"""The Bayes error of known densities, integrated numerically."""

from dataclasses import dataclass

import numpy as np

from imld_synth.shapes.base import Floats, Shape

SHIFTS = 8
_NODES = 1 << 14
_MOST_NODES = 1 << 18
_TARGET = 2e-4
# The lines where thin shapes overtake the rest are harder to integrate than wide shapes.
_THIN_FACTOR = 2
# Generating vector of a lattice rule, good for every power of two up to 2^20: Cools, Kuo and Nuyens,
# "Constructing embedded lattice rules for multivariate integration", 2006.
_GENERATOR = np.array([1, 182667, 469891, 498753])
# Standard errors of a mean of 8 estimates that hold with probability 0.999 by Student's t.
WIDTH = 5.4
# Shapes whose finest feature is at least this share of the picture are integrated over the plane.
_WIDE = 0.01


@dataclass(frozen=True)
class BayesError:
    """The smallest error rate any classifier can have: a fraction in [0, 1], true within +- bound."""

    value: float
    bound: float

    def __float__(self) -> float:
        return self.value


@dataclass(frozen=True)
class Part:
    """One shape of one class, with its share of the whole drawing (prior times weight)."""

    label: int
    share: float
    shape: Shape


def bayes_error(parts: tuple[Part, ...], classes: int) -> BayesError:
    """Integral of (sum - largest) of the classes' joint densities.

    With strokes as thin as a pen's, an even grid would have to be finer than the pen everywhere.
    So the wide shapes alone are integrated over the plane, and what the thin and the hard-edged
    ones change is integrated over points spread along these shapes themselves, weighted by their
    density. That weight cannot blow up: adding thin density q changes the integrand by at most q.

    Nodes are evenly spread (a lattice rule). Eight random shifts of them give independent
    estimates; their scatter is the stated bound. The number of nodes grows until the bound is
    below 0.02 percentage points: within a second for every set of this package. Drawings so intricate
    that 16 times the nodes do not get there state the bound that they reached.
    """
    wide, thin = divided(parts)
    nodes = _NODES
    while True:
        rng = np.random.default_rng(0)  # fixed: the same drawing always reports the same error
        sums = _over_plane(wide, classes, nodes, rng) + _along_shapes(wide, thin, classes, nodes, rng)
        bound = float(WIDTH * sums.std(ddof=1) / np.sqrt(SHIFTS))
        if bound <= _TARGET or nodes >= _MOST_NODES:
            return BayesError(float(sums.mean()), bound)
        # The error falls about as fast as the number of nodes grows: a far miss skips a step.
        nodes = min(nodes * (4 if bound > 2 * _TARGET else 2), _MOST_NODES)


def divided(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """The wide shapes, which an even grid resolves, and the thin ones, which it does not."""
    low, high = extent(parts)
    finest = _WIDE * float((high - low).max())
    wide = tuple(part for part in parts if part.shape.grain >= finest)
    return wide, tuple(part for part in parts if part.shape.grain < finest)


def extent(parts: tuple[Part, ...]) -> tuple[Floats, Floats]:
    """Lower left and upper right corner of a box that holds all parts."""
    corners = np.array([part.shape.extent() for part in parts])
    return corners[:, 0].min(axis=0), corners[:, 1].max(axis=0)


def _joint(parts: tuple[Part, ...], classes: int, x: Floats) -> Floats:
    joint = np.zeros((classes, len(x)))
    for part in parts:
        joint[part.label] += part.share * part.shape.density(x)
    return joint


def _missed(joint: Floats) -> Floats:
    """Density of the points that the best decision gets wrong."""
    missed: Floats = joint.sum(axis=0) - joint.max(axis=0)
    return missed


def _over_plane(parts: tuple[Part, ...], classes: int, nodes: int, rng: np.random.Generator) -> Floats:
    if not parts:
        return np.zeros(SHIFTS)
    low, high = extent(parts)
    x = low + _spread(2, nodes, rng) * (high - low)
    area = float((high - low).prod())
    means: Floats = area * _missed(_joint(parts, classes, x)).reshape(SHIFTS, nodes).mean(axis=1)
    return means


def _along_shapes(
    wide: tuple[Part, ...], thin: tuple[Part, ...], classes: int, nodes: int, rng: np.random.Generator
) -> Floats:
    if not thin:
        return np.zeros(SHIFTS)
    counts, x = along(thin, nodes, rng)
    background, added = _joint(wide, classes, x), _joint(thin, classes, x)
    weight = added.sum(axis=0)
    change = np.zeros(len(x))
    # Rounding may put a node on the wrong side of a hard edge, where its own density is 0.
    np.divide(_missed(background + added) - _missed(background), weight, out=change, where=weight > 0)
    return mean_along(thin, counts, change)


def along(thin: tuple[Part, ...], nodes: int, rng: np.random.Generator) -> tuple[list[int], Floats]:
    """Nodes along thin shapes: how many each has under each shift, and the points, shape by shape."""
    counts = [1 << max(4, int(np.ceil(np.log2(_THIN_FACTOR * nodes * part.share)))) for part in thin]
    nodes_of = (
        part.shape.warp(_spread(part.shape.dims, n, rng)) for n, part in zip(counts, thin, strict=True)
    )
    return counts, np.concatenate(list(nodes_of))


def mean_along(thin: tuple[Part, ...], counts: list[int], values: Floats) -> Floats:
    """The integral of values at the nodes of `along` against the shapes' joint density, for each shift."""
    sums = np.zeros(SHIFTS)
    start = 0
    for n, part in zip(counts, thin, strict=True):
        sums += part.share * values[start : start + n * SHIFTS].reshape(SHIFTS, n).mean(axis=1)
        start += n * SHIFTS
    return sums


def _spread(dims: int, n: int, rng: np.random.Generator) -> Floats:
    """n evenly spread points in the unit cube under each of the shifts, shape (shifts * n, dims)."""
    lattice = np.arange(n)[:, None] * _GENERATOR[:dims] % n / n
    u = (lattice + rng.random((SHIFTS, 1, dims))) % 1.0
    # A normal quantile is infinite at 0 and 1.
    inside: Floats = np.clip(u.reshape(-1, dims), 1e-16, 1 - 1e-16)
    return inside
