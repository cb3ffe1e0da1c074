"""The Bayes error of known densities, by quasi-Monte Carlo integration."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from imld_synth.shapes.base import Floats, Shape

_SHIFTS = 16
_NODES = 1 << 12
_MOST_NODES = 1 << 15
_TARGET = 1e-4
# 4 standard errors of a mean of 16: probability 0.999 by Student's t.
_WIDTH = 4.0


@dataclass(frozen=True)
class BayesError:
    """The smallest error rate any classifier can have: a fraction in [0, 1], true within +- bound."""

    value: float
    bound: float

    def __float__(self) -> float:
        return self.value


def integrate(parts: list[tuple[float, Shape]], loss: Callable[[Floats], Floats]) -> BayesError:
    """Mean of loss(x) over the mixture of (probability, shape) parts, with its error bound.

    Every part is covered by its own evenly spread nodes (an additive recurrence mapped through
    `Shape.warp`), so a thin pen stroke costs no more than a wide cloud; a grid would have to be
    finer than the pen everywhere. Sixteen random shifts of the nodes give independent estimates:
    their scatter is the stated bound. The node count grows until the bound is below 0.01
    percentage points or the nodes are used up.
    """
    nodes = _NODES
    while True:
        estimate = _estimate(parts, loss, nodes)
        if estimate.bound <= _TARGET or nodes >= _MOST_NODES:
            return estimate
        nodes *= 4


def _estimate(parts: list[tuple[float, Shape]], loss: Callable[[Floats], Floats], nodes: int) -> BayesError:
    rng = np.random.default_rng(0)  # fixed: the same drawing always reports the same error
    counts = [int(np.ceil(nodes * weight)) for weight, _ in parts]
    points = np.concatenate([_spread(shape, n, rng) for n, (_, shape) in zip(counts, parts, strict=True)])
    losses = loss(points)
    sums = np.zeros(_SHIFTS)
    start = 0
    for n, (weight, _) in zip(counts, parts, strict=True):
        block = losses[start : start + n * _SHIFTS].reshape(_SHIFTS, n)
        sums += weight * block.mean(axis=1)
        start += n * _SHIFTS
    return BayesError(float(sums.mean()), float(_WIDTH * sums.std(ddof=1) / np.sqrt(_SHIFTS)))


def _spread(shape: Shape, n: int, rng: np.random.Generator) -> Floats:
    """n evenly spread points of the shape for each of the shifts, shape (shifts * n, 2)."""
    # The generalised golden ratio g solves g^(d+1) = g + 1; its powers fill the cube evenly.
    g = 2.0
    for _ in range(60):
        g = (1 + g) ** (1 / (shape.dims + 1))
    steps = np.outer(np.arange(n), g ** -np.arange(1.0, shape.dims + 1))
    u = (steps[None] + rng.random((_SHIFTS, 1, shape.dims))) % 1.0
    return shape.warp(np.clip(u.reshape(-1, shape.dims), 1e-16, 1 - 1e-16))
