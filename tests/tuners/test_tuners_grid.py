"""Grids: every configuration once, few enough, as fine as that allows."""

from __future__ import annotations

import pytest

from datasets.plugins import scan
from tuners.grid import grid
from tuners.space import Choice, Condition, Fixed, Float, Int, Parameter, SearchSpace
from tuners.tunable import HYPERMODELS, Tunable

MODELS = scan(HYPERMODELS, Tunable)

SMALL = SearchSpace(
    (
        Parameter("layers", Int(1, 2), 1),
        Parameter("units", Int(8, 24, step=8), 8, Condition("layers", (2,))),
        Parameter("kind", Fixed("mlp"), "mlp"),
        Parameter("flag", Choice((True, False)), True),
    )
)


def values(points, name):
    return sorted({point[name] for point in points if name in point})


def test_parameters_that_do_not_count_make_no_further_points():
    points = grid(SMALL, 100)
    assert len(points) == 2 + 3 * 2  # without and with the second layer
    assert len({repr(sorted(point.items())) for point in points}) == 8
    assert all(SMALL.resolve(point) == point for point in points)


def test_a_number_has_ten_values_on_its_scale_with_both_bounds():
    space = SearchSpace(
        (
            Parameter("rate", Float(1e-4, 1e5, log=True), 1.0),
            Parameter("drop", Float(0.0, 0.9), 0.0),
        )
    )
    points = grid(space, 100)
    assert len(points) == 100
    assert values(points, "rate") == pytest.approx([10.0**power for power in range(-4, 6)])
    assert values(points, "drop") == pytest.approx([0.1 * i for i in range(10)])
    steps = grid(
        SearchSpace((Parameter("a", Int(0, 100, step=5), 0), Parameter("b", Int(1, 512, log=True), 1))), 100
    )
    assert values(steps, "a") == [0, 10, 20, 35, 45, 55, 65, 80, 90, 100]
    assert values(steps, "b") == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]


def test_a_grid_that_would_be_too_large_becomes_coarser_then_leaves_parameters_at_their_defaults():
    space = SearchSpace(
        (
            Parameter("a", Float(0.0, 1.0), 0.2),
            Parameter("b", Float(0.0, 1.0), 0.3),
            Parameter("c", Int(1, 9), 4),
            Parameter("d", Choice((True, False)), True),
            Parameter("e", Float(0.0, 1.0), 0.5, Condition("d", (True,))),
        )
    )
    assert len(grid(space, 10**6)) == 9 * 10**2 * (10 + 1)
    coarser = grid(space, 5 * 5 * 5 * (5 + 1))
    assert [len(values(coarser, name)) for name in "abcde"] == [5, 5, 5, 2, 5]
    less = grid(space, 3 * 3 * 3 * 2)
    assert [len(values(less, name)) for name in "abcde"] == [3, 3, 3, 2, 1]
    assert values(less, "e") == [0.5]
    least = grid(space, 1)
    assert least == [space.defaults()]


def test_what_other_parameters_wait_for_is_on_the_grid():
    space = SearchSpace(
        (
            Parameter("a", Int(0, 1000), 0),
            Parameter("b", Choice(("x", "y")), "x", Condition("a", (77,))),
        )
    )
    assert {"a": 77, "b": "y"} in grid(space, 100)


@pytest.mark.parametrize("model", MODELS)
def test_the_grid_of_every_model_is_small_enough_and_searches_something(model):
    space = MODELS[model].space
    points = grid(space, 20_000)
    assert 1 < len(points) <= 20_000
    assert len({repr(sorted(point.items())) for point in points}) == len(points)
    assert all(space.resolve(point) == point for point in points[::97])
