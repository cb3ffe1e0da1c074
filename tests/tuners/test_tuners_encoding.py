"""The unit cube of a space: its points decode into the space, and configurations go there and back."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_drive import SPACE as SMALL

from datasets.plugins import scan
from tuners.draw import draw
from tuners.encoding import Encoding
from tuners.space import Choice, Condition, Constraint, Fixed, Float, Int, Parameter, SearchSpace, SpaceError
from tuners.tunable import HYPERMODELS, Tunable

SPACE = SearchSpace(
    (
        Parameter("kind", Fixed("mlp"), "mlp"),
        Parameter("layers", Int(1, 3), 1),
        Parameter("units", Int(8, 70, step=8), 16),
        Parameter("width", Int(1, 999, log=True), 10),
        Parameter("rate", Float(1e-4, 1e-1, log=True), 1e-3),
        Parameter("shift", Float(-3.0, 7.0), 0.0),
        Parameter("batch", Choice((64, 128, 512)), 128),
        Parameter("bias", Choice((True, False)), True),
        Parameter("shape", Choice(("cone", "box", "ring")), "box", Condition("layers", (2, 3))),
        Parameter("slope", Float(0.1, 0.9), 0.5, Condition("shape", ("cone",))),
    )
)
ENCODING = Encoding(SPACE)
SPACES = [SPACE, SMALL, *(model.space for model in scan(HYPERMODELS, Tunable).values())]
seeds = st.integers(0, 2**32 - 1)
every_space = pytest.mark.parametrize("space", SPACES)
#: Of each space: there are many, and most of their parameters are of the same sorts.
some = settings(max_examples=30)


def test_fixed_parameters_have_no_coordinate():
    assert ENCODING.names == tuple(p.name for p in SPACE.parameters if p.name != "kind")
    assert ENCODING.cells == (3, 8, 999, 0, 0, 3, 2, 3, 0)
    unordered = [n for n, ordered in zip(ENCODING.names, ENCODING.ordered, strict=True) if not ordered]
    assert unordered == ["bias", "shape"]


@every_space
@some
@given(seed=seeds)
def test_every_point_decodes_to_a_configuration_of_the_right_types(space, seed):
    rng = np.random.default_rng(seed)
    # Corners and points outside (a swarm that was not clipped) as well as the inside.
    encoding = Encoding(space)
    config = encoding.decode(np.clip(rng.normal(0.5, 0.6, encoding.dimensions), -0.1, 1.1))
    assert space.resolve(config) == config
    assert {k: type(v) for k, v in config.items()} == {k: type(space[k].default) for k in config}


@every_space
@some
@given(seed=seeds)
def test_a_configuration_comes_back_as_it_was(space, seed):
    rng = np.random.default_rng(seed)
    config = draw(space, rng)
    for point in (Encoding(space).encode(config), Encoding(space).encode(config, rng)):
        assert (point >= 0).all() and (point <= 1).all()
        again = Encoding(space).decode(point)
        assert again.keys() == config.keys()
        for name, value in config.items():
            if isinstance(value, float):
                assert math.isclose(again[name], value, rel_tol=1e-9, abs_tol=1e-9)
            else:
                assert again[name] == value


@pytest.mark.parametrize(
    ("name", "coordinate", "value"),
    [
        ("rate", 0.0, 1e-4),
        ("rate", 1.0, 1e-1),
        ("rate", 1 / 3, 1e-3),
        ("shift", 0.25, -0.5),
        ("units", 0.0, 8),
        ("units", 1.0, 64),
        ("units", 0.126, 16),
        ("width", 0.0, 1),
        ("width", 0.5, 31),
        ("width", 1.0, 999),
        ("batch", 0.34, 128),
        ("bias", 0.51, False),
    ],
)
def test_scales_and_cells(name, coordinate, value):
    point = ENCODING.encode(SPACE.defaults())
    point[ENCODING.names.index(name)] = coordinate
    found = ENCODING.decode(point)[name]
    assert found == pytest.approx(value) and type(found) is type(value)


def test_inactive_coordinates_are_passed_over_and_filled_in():
    config = SPACE.defaults() | {"layers": 1}
    point = ENCODING.encode(config)
    slope = ENCODING.names.index("slope")
    assert point[slope] == 0.5
    assert not ENCODING.active(config)[slope]
    point[slope] = 0.9
    assert ENCODING.decode(point) == pytest.approx(
        {k: v for k, v in config.items() if k not in ("shape", "slope")}
    )
    drawn = {ENCODING.encode(config, np.random.default_rng(seed))[slope] for seed in range(5)}
    assert len(drawn) == 5


def test_cells_are_equally_wide():
    rng = np.random.default_rng(1)
    counts = Counter(ENCODING.decode(rng.random(ENCODING.dimensions))["units"] for _ in range(8000))
    assert sorted(counts) == list(range(8, 65, 8))
    assert max(counts.values()) < 1.2 * min(counts.values())


def test_drawn_points_keep_the_constraints_only_where_they_are_asked_to():
    rule = Constraint("small", "layers is 1", lambda config: None if config["layers"] == 1 else "too deep")
    encoding = Encoding(SearchSpace(SPACE.parameters, (rule,)))
    rng = np.random.default_rng(1)
    assert {encoding.decode(encoding.draw(rng, guard=True))["layers"] for _ in range(40)} == {1}
    assert {encoding.decode(encoding.draw(rng, guard=False))["layers"] for _ in range(40)} == {1, 2, 3}
    never = Constraint("none", "nothing fits", lambda config: "too large")
    with pytest.raises(SpaceError, match="none can be built"):
        Encoding(SearchSpace(SPACE.parameters, (never,))).draw(rng, guard=True)
