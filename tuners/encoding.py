"""A search space as the unit cube: one coordinate in [0, 1] for each parameter that is searched.

For algorithms that move points about. Points that are even in the cube are even in the space, as
`tuners.draw.draw` draws them: logarithmic parameters are even on their scale, and whole numbers and
options are cells of equal width, so that a coordinate has to cross a border before anything changes.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from manual.learner import Config, Value
from tuners.draw import MOST_REJECTED, nothing_possible
from tuners.space import Choice, Domain, Fixed, Float, Int, SearchSpace, is_active

#: A point of the cube, shape (d,), every coordinate in [0, 1].
Vector = NDArray[np.float64]


class Encoding:
    """The way between the configurations of a space and the points of its cube.

    names: of the d searched parameters, in the order of the coordinates; fixed ones have none.
    cells: how many cells a coordinate has; 0 for a real number, which has no cells.
    ordered: whether neighbouring cells are alike, as numbers are and names of options are not.
    """

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        searched = [p for p in space.parameters if not isinstance(p.domain, Fixed)]
        self.names = tuple(parameter.name for parameter in searched)
        self.cells = tuple(_cells(parameter.domain) for parameter in searched)
        self.ordered = tuple(_is_ordered(parameter.domain) for parameter in searched)
        self._place = {name: index for index, name in enumerate(self.names)}

    @property
    def dimensions(self) -> int:
        return len(self.names)

    def decode(self, vector: Vector) -> dict[str, Value]:
        """The configuration at a point: active parameters only, the other coordinates are passed over."""
        config: dict[str, Value] = {}
        for parameter in self.space.parameters:
            if is_active(parameter, config):
                place = self._place.get(parameter.name)
                coordinate = 0.0 if place is None else float(vector[place])
                config[parameter.name] = _value(parameter.domain, coordinate)
        return config

    def encode(self, config: Config, rng: np.random.Generator | None = None) -> Vector:
        """A point that decodes to a resolved configuration; values with cells lie in the middle of theirs.

        Coordinates of inactive parameters are drawn by `rng`, or are those of the defaults without one.
        """
        vector = np.empty(self.dimensions)
        for place, name in enumerate(self.names):
            parameter = self.space[name]
            if name in config:
                vector[place] = _coordinate(parameter.domain, config[name])
            elif rng is not None:
                vector[place] = rng.random()
            else:
                vector[place] = _coordinate(parameter.domain, parameter.default)
        return vector

    def active(self, config: Config) -> NDArray[np.bool_]:
        """Which coordinates a configuration makes use of, shape (d,)."""
        return np.array([name in config for name in self.names])

    def draw(self, rng: np.random.Generator, guard: bool) -> Vector:
        """A random point; with `guard` one whose configuration breaks no constraint.

        Raises SpaceError where there seem to be none.
        """
        for _ in range(MOST_REJECTED):
            vector = rng.random(self.dimensions)
            if not guard or self.space.problem(self.decode(vector)) is None:
                return vector
        raise nothing_possible(self.space)


def _cells(domain: Domain) -> int:
    match domain:
        case Int(low, high, step):
            return (high - low) // step + 1
        case Choice(options):
            return len(options)
        case _:
            return 0


def _is_ordered(domain: Domain) -> bool:
    # A choice holds options of one type, and numbers keep their order.
    first = domain.options[0] if isinstance(domain, Choice) else 0
    return isinstance(first, int | float) and not isinstance(first, bool)


def _value(domain: Domain, coordinate: float) -> Value:
    u = min(1.0, max(0.0, coordinate))
    match domain:
        case Float(low, high, log):
            value = math.exp(_between(math.log(low), math.log(high), u)) if log else _between(low, high, u)
            return min(high, max(low, value))
        case Int(low, high, step, log):
            if log:
                return min(high, max(low, int(math.exp(_between(math.log(low), math.log(high + 1), u)))))
            return low + step * _cell(u, _cells(domain))
        case Choice(options):
            return options[_cell(u, len(options))]
        case Fixed(value):
            return value


def _coordinate(domain: Domain, value: Value) -> float:
    match domain:
        case Float(low, high, log):
            if log:
                return math.log(float(value) / low) / math.log(high / low)
            return (float(value) - low) / (high - low)
        case Int(low, high, step, log):
            if log:
                whole = int(value)
                middle = (math.log(whole) + math.log(whole + 1)) / 2
                return (middle - math.log(low)) / math.log((high + 1) / low)
            return ((int(value) - low) // step + 0.5) / _cells(domain)
        case Choice(options):
            return (options.index(value) + 0.5) / len(options)
        case Fixed():
            return 0.0


def _between(low: float, high: float, u: float) -> float:
    return low + u * (high - low)


def _cell(u: float, count: int) -> int:
    return min(int(u * count), count - 1)
