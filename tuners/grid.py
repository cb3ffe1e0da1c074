"""Grids: the distinct configurations that a few values of every parameter make."""

from __future__ import annotations

import math

import numpy as np

from manual.learner import Value
from tuners.space import Choice, Domain, Fixed, Float, Int, Parameter, SearchSpace, is_active

#: Values of a number at most, and at least as long as every parameter can have several.
FINEST, COARSEST = 10, 3

Axes = dict[str, tuple[Value, ...]]


def grid(space: SearchSpace, most: int) -> list[dict[str, Value]]:
    """At most `most` configurations, each once: only active parameters tell them apart.

    A number has 10 values, evenly spaced on its scale with both bounds among them, or all of its steps
    where these are fewer; a category has all. Where that is more than `most` points, all numbers become
    coarser alike, down to 3 values; then parameters stay at their defaults, first those with a condition
    and of these the last, until the grid is small enough.
    """
    axes = _axes(space, most)
    points: list[dict[str, Value]] = [{}]
    for parameter in space.parameters:
        points = [
            point | {parameter.name: value}
            for point in points
            for value in axes[parameter.name]
            if is_active(parameter, point)
        ] + [point for point in points if not is_active(parameter, point)]
    return points


def _axes(space: SearchSpace, most: int) -> Axes:
    axes: Axes = {}
    for resolution in range(FINEST, COARSEST - 1, -1):
        axes = {p.name: _values(space, p, resolution) for p in space.parameters}
        if _size(space, axes) <= most:
            return axes
    last_first = reversed(space.parameters)
    for parameter in sorted(last_first, key=lambda p: p.when is None):
        axes[parameter.name] = (parameter.default,)
        if _size(space, axes) <= most:
            break
    return axes


def _size(space: SearchSpace, axes: Axes) -> int:
    """How many configurations there are, counted branch by branch: a space may have more than memory."""

    def branches(parent: str | None, value: Value | None = None) -> int:
        children = [
            p
            for p in space.parameters
            if (p.when.parent if p.when else None) == parent and (p.when is None or value in p.when.values)
        ]
        return math.prod(sum(branches(p.name, value) for value in axes[p.name]) for p in children)

    return branches(None)


def _values(space: SearchSpace, parameter: Parameter, resolution: int) -> tuple[Value, ...]:
    """Its values on the grid, with all that other parameters wait for."""
    values = _spaced(parameter.domain, resolution)
    if isinstance(parameter.domain, Float | Int):
        awaited = {
            v for p in space.parameters if p.when and p.when.parent == parameter.name for v in p.when.values
        }
        values = tuple(sorted({*values, *awaited}, key=float))
    return values


def _spaced(domain: Domain, resolution: int) -> tuple[Value, ...]:
    match domain:
        case Float(low, high, log):
            inner = (np.geomspace if log else np.linspace)(low, high, resolution)[1:-1]
            return (low, *(float(value) for value in inner), high)
        case Int(low, high, step, log):
            steps = (high - low) // step
            if steps < resolution:
                return tuple(range(low, high + 1, step))
            if log:
                return tuple(sorted({round(float(v)) for v in np.geomspace(low, high, resolution)}))
            places = np.linspace(0, steps, resolution).round()
            return tuple(low + step * int(place) for place in places)
        case Choice(options):
            return options
        case Fixed(value):
            return (value,)
