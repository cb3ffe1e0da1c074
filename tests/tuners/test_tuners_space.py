"""Search spaces: what they refuse, what a configuration is, and that Keras Tuner gets them whole."""

from __future__ import annotations

import json
import math

import pytest

from tuners.space import (
    Choice,
    Condition,
    Fixed,
    Float,
    Int,
    Parameter,
    SearchSpace,
    SpaceError,
    config_key,
    is_active,
    parameters_of,
)
from tuners.tunable import HYPERMODELS, Tunable

LAYERS = Parameter("layers", Int(1, 3), 2)

#: Every kind of domain, and a condition below a condition.
SPACE = SearchSpace(
    (
        LAYERS,
        Parameter("units", Int(8, 32, step=8), 16),
        Parameter("width", Int(1, 1000, log=True), 10),
        Parameter("rate", Float(1e-4, 1e-1, log=True), 1e-3),
        Parameter("dropout", Float(0.0, 0.5), 0.25, Condition("layers", (2, 3))),
        Parameter("shape", Choice(("cone", "box")), "box", Condition("layers", (2, 3))),
        Parameter("slope", Float(-1.0, 1.0), 0.0, Condition("shape", ("cone",))),
        Parameter("batch", Choice((64, 128)), 64),
        Parameter("flag", Choice((True, False)), True),
        Parameter("kind", Fixed("mlp"), "mlp"),
    )
)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ((), "nothing to search"),
        ((Parameter("a", Fixed(1), 1),), "nothing to search"),
        ((LAYERS, LAYERS), "'layers' twice"),
        ((Parameter("a", Float(2.0, 1.0), 1.0),), "low < high"),
        ((Parameter("a", Float(1.0, 1.0), 1.0),), "low < high"),
        ((Parameter("a", Float(0.0, math.inf), 1.0),), "finite bounds"),
        ((Parameter("a", Float(math.nan, 1.0), 1.0),), "finite bounds"),
        ((Parameter("a", Float(0.0, 1.0, log=True), 1.0),), "low > 0"),
        ((Parameter("a", Int(3, 3), 3),), "low < high"),
        ((Parameter("a", Int(1, 9, step=0), 1),), "step of at least 1"),
        ((Parameter("a", Int(0, 9, log=True), 1),), "low > 0"),
        ((Parameter("a", Int(1, 9, step=2, log=True), 1),), "cannot have a step"),
        ((Parameter("a", Choice(()), 1),), "has no options"),
        ((Parameter("a", Choice((1, 2, 1)), 1),), "an option twice"),
        ((Parameter("a", Choice((1, "b")), 1),), "mixes types"),
        ((Parameter("a", Float(0.0, 1.0), 1.5),), "outside its domain"),
        ((Parameter("a", Int(8, 32, step=8), 12),), "outside its domain"),
        ((Parameter("a", Choice((1, 2)), True),), "outside its domain"),
        ((Parameter("a", Int(1, 2), 1, Condition("layers", (1,))), LAYERS), "must stand before it"),
        ((LAYERS, Parameter("a", Int(1, 2), 1, Condition("layers", (9,)))), "cannot happen"),
        ((LAYERS, Parameter("a", Int(1, 2), 1, Condition("layers", ()))), "cannot happen"),
    ],
)
def test_a_space_that_no_library_could_search_is_refused(parameters, words):
    with pytest.raises(SpaceError, match=words) as caught:
        SearchSpace(parameters)
    assert caught.value.exit_code == 2


def test_the_defaults_are_a_point_of_their_space():
    assert SPACE.resolve(SPACE.defaults()) == SPACE.defaults()
    assert "slope" not in SPACE.defaults()


def test_a_configuration_holds_active_parameters_only_in_the_order_of_the_space():
    values = {p.name: p.default for p in reversed(SPACE.parameters)} | {"layers": 1}
    config = SPACE.resolve(values)
    assert list(config) == ["layers", "units", "width", "rate", "batch", "flag", "kind"]
    deep = SPACE.resolve(values | {"layers": 3, "shape": "cone", "slope": 0.5})
    assert (deep["shape"], deep["slope"]) == ("cone", 0.5)
    # The parent of `slope` is itself switched off: a value that stands there counts for nothing.
    assert "slope" not in SPACE.resolve(values | {"layers": 1, "shape": "cone"})
    assert not is_active(SPACE["slope"], {"layers": 1})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit": 8}, "no parameter 'unit'"),
        ({"units": 12}, "units = 12 is outside"),
        ({"units": 40}, "units = 40 is outside"),
        ({"units": 8.0}, "units = 8.0 is outside"),
        ({"rate": 0.2}, "rate = 0.2 is outside"),
        ({"rate": math.nan}, "rate = nan is outside"),
        ({"rate": True}, "rate = True is outside"),
        ({"batch": 100}, "batch = 100 is outside"),
        ({"shape": "ball"}, "shape = 'ball' is outside"),
        ({"kind": "cnn"}, "kind = 'cnn' is outside"),
    ],
)
def test_a_configuration_outside_the_space_is_refused(change, words):
    with pytest.raises(SpaceError, match=words):
        SPACE.resolve(SPACE.defaults() | change)


def test_an_active_value_must_not_be_missing():
    values = SPACE.defaults()
    del values["dropout"]
    with pytest.raises(SpaceError, match="lacks 'dropout'"):
        SPACE.resolve(values)
    assert SPACE.resolve(values | {"layers": 1})


def test_a_key_tells_trainings_apart_and_nothing_else():
    one = config_key({"a": 1, "b": 0.5}, 10)
    assert one == config_key({"b": 0.5, "a": 1}, 10)
    others = [
        config_key({"a": 1, "b": 0.25}, 10),
        config_key({"a": 1}, 10),
        config_key({"a": "1", "b": 0.5}, 10),
        config_key({"a": 1, "b": 0.5}, 9),
        config_key({"a": 1, "b": 0.5}, 10, first_epoch=3),
    ]
    assert len({one, *others}) == 6


def test_a_space_describes_itself_in_plain_words():
    rows = {row["parameter"]: row for row in SPACE.describe()}
    assert rows["units"]["values"] == "8 to 32 in steps of 8"
    assert rows["rate"]["values"] == "0.0001 to 0.1"
    assert rows["rate"]["scale"] == "log"
    assert rows["rate"]["active when"] == ""
    assert rows["slope"]["active when"] == "shape in cone"
    assert rows["kind"]["values"] == "mlp (fixed)"


def test_a_space_comes_back_from_the_rows_of_a_store():
    rows = json.loads(json.dumps(SPACE.describe()))
    assert parameters_of(rows) == SPACE.parameters
    assert parameters_of([]) is None
    texts = [{"parameter": "rate", "values": "0.0001 to 0.1", "scale": "log", "active when": ""}]
    assert parameters_of(texts) is None, "rows of an older store hold texts alone"


@pytest.fixture(scope="module")
def hp():
    from tuners.keras_space import hyperparameters

    return hyperparameters(SPACE)


@pytest.mark.slow
def test_keras_tuner_gets_every_parameter_with_type_bounds_step_scale_and_default(hp):
    found = {one.name: one for one in hp.space}
    assert list(found) == [parameter.name for parameter in SPACE.parameters]
    for parameter in SPACE.parameters:
        one = found[parameter.name]
        assert type(one).__name__ == type(parameter.domain).__name__
        assert one.default == parameter.default
        match parameter.domain:
            case Float(low, high, log):
                assert (one.min_value, one.max_value, one.sampling) == (low, high, "log" if log else "linear")
                assert one.step is None
            case Int(low, high, step, log):
                assert (one.min_value, one.max_value, one.sampling) == (low, high, "log" if log else "linear")
                assert log or one.step == step
            case Choice(options):
                assert tuple(one.values) == options
            case Fixed(value):
                assert one.value == value


@pytest.mark.slow
def test_keras_tuner_gets_every_condition_with_those_of_its_parents(hp):
    found = {
        one.name: [(condition.name, tuple(condition.values)) for condition in one.conditions]
        for one in hp.space
    }
    assert found["dropout"] == [("layers", (2, 3))]
    assert found["slope"] == [("layers", (2, 3)), ("shape", ("cone",))]
    assert found["rate"] == []


@pytest.mark.slow
def test_every_draw_of_keras_tuner_comes_back_as_a_point_of_the_space(hp, tmp_path):
    import keras_tuner

    from tuners.keras_space import declare, own_values

    oracle = keras_tuner.oracles.RandomSearchOracle(
        objective=keras_tuner.Objective("x", "min"),
        max_trials=None,
        seed=3,
        hyperparameters=hp,
        allow_new_entries=False,
    )
    oracle._set_project_dir(tmp_path, "search")
    seen = []
    for number in range(200):
        values = oracle.create_trial(str(number)).hyperparameters
        config = SPACE.resolve(own_values(SPACE, values.values))
        assert declare(SPACE, values) == config
        # Active for Keras Tuner and active here are the same names.
        assert set(values.values) == set(config)
        seen.append(config)
    assert {config["units"] for config in seen} == {8, 16, 24, 32}
    assert {config["layers"] for config in seen} == {1, 2, 3}
    assert any("slope" in config for config in seen) and any("dropout" not in config for config in seen)
    # A log scale puts about a third of the draws into each of three decades.
    assert 0.2 < sum(config["rate"] < 1e-3 for config in seen) / len(seen) < 0.5
    assert 0.2 < sum(config["width"] < 10 for config in seen) / len(seen) < 0.5


def test_the_spaces_of_the_project_hold_their_own_defaults():
    from datasets.plugins import scan

    for model in scan(HYPERMODELS, Tunable).values():
        assert model.space.resolve(model.space.defaults()) == model.space.defaults()
