"""Functions whose minimum is known, for searchers to find: BBOB's and a Hartmann function with fidelities."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import ioh
import numpy as np


@dataclass(frozen=True)
class Problem:
    """A function of `dimension` numbers in [low, high].

    value: of a point at a fidelity in (0, 1], of which 1 is the function itself. optimum: its least value.
    epochs: steps of the fidelity; 1 where it has none.
    """

    name: str
    dimension: int
    low: float
    high: float
    optimum: float
    value: Callable[[Sequence[float], float], float]
    epochs: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"x{i + 1}" for i in range(self.dimension))

    @cached_property
    def spread(self) -> float:
        """How far above the optimum values lie at most, found on the corners and 200 random points."""
        corners = itertools.product((self.low, self.high), repeat=self.dimension)
        inside = np.random.default_rng(0).uniform(self.low, self.high, (200, self.dimension))
        return max(self.value(point, 1.0) for point in (*corners, *inside.tolist())) - self.optimum

    def error(self, point: Sequence[float], epoch: int) -> float:
        """The value as a dev error in [0, 1], scaled linearly: what standardizes values sees no difference."""
        value = self.value(point, epoch / self.epochs)
        return min(1.0, max(0.0, (value - self.optimum) / self.spread))


class Run:
    """One search of a problem: keeps how good the point is that looked best.

    reached: how far that point lies above the optimum at full fidelity, in the function's own units.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.reached = float("inf")
        self._lowest = float("inf")

    def train(self, point: Sequence[float], epoch: int) -> float:
        """The error of a point after an epoch, counted from 1."""
        error = self.problem.error(point, epoch)
        if error < self._lowest:
            self._lowest = error
            self.reached = self.problem.value(point, 1.0) - self.problem.optimum
        return error


def bbob(function: int, dimension: int, instance: int) -> Problem:
    """A noiseless function of the BBOB suite (Hansen et al. 2009, INRIA RR-6829), from IOHprofiler."""
    found = ioh.get_problem(function, instance, dimension, ioh.ProblemClass.BBOB)

    def value(point: Sequence[float], fidelity: float) -> float:
        return float(found(list(point)))

    return Problem(found.meta_data.name, dimension, -5.0, 5.0, found.optimum.y, value)


_ALPHA = np.array([1.0, 1.2, 3.0, 3.2])
_A = np.array(
    [
        [10, 3, 17, 3.5, 1.7, 8],
        [0.05, 10, 17, 0.1, 8, 14],
        [3, 3.5, 1.7, 10, 17, 8],
        [17, 8, 0.05, 10, 0.1, 14],
    ]
)
_P = 1e-4 * np.array(
    [
        [1312, 1696, 5569, 124, 8283, 5886],
        [2329, 4135, 8307, 3736, 1004, 9991],
        [2348, 1451, 3522, 2883, 3047, 6650],
        [4047, 8828, 8732, 5743, 1091, 381],
    ]
)


def hartmann(epochs: int = 9) -> Problem:
    """Hartmann's function of six numbers with a fidelity z, which lowers its four peaks by 0.1 (1 - z).

    After Kandasamy et al., Multi-fidelity Bayesian optimisation with continuous approximations, ICML 2017
    (there with one z a peak, here one for all).
    """

    def value(point: Sequence[float], fidelity: float) -> float:
        distances = (_A * (np.asarray(point) - _P) ** 2).sum(axis=1)
        return -float((_ALPHA - 0.1 * (1 - fidelity)) @ np.exp(-distances))

    return Problem("mf-Hartmann", 6, 0.0, 1.0, -3.32237, value, epochs)
