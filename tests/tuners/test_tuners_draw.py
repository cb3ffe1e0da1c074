"""Constraints of a space, and draws that keep them: rejected and drawn again, not mended."""

from __future__ import annotations

import numpy as np
import pytest

from datasets.plugins import scan
from tuners.draw import draw, draw_possible, first_look
from tuners.hypermodels._convolution import Block, misfit
from tuners.space import Choice, Condition, Constraint, Fixed, Float, Int, Parameter, SearchSpace, SpaceError
from tuners.tunable import HYPERMODELS, Tunable

PARAMETERS = (
    Parameter("a", Int(1, 6), 6),
    Parameter("b", Int(1, 6), 6),
    Parameter("rate", Float(1e-4, 1e-1, log=True), 1e-3),
    Parameter("width", Int(1, 999, log=True), 10),
    Parameter("units", Int(8, 32, step=8), 8),
    Parameter("shape", Choice(("cone", "box")), "box", Condition("a", (1, 2, 3))),
    Parameter("kind", Fixed("mlp"), "mlp"),
)


def too_much(config):
    total = config["a"] + config["b"]
    return f"a and b are {total} together" if total > 6 else None


SPACE = SearchSpace(PARAMETERS, (Constraint("sum", "a and b are 6 at most together", too_much),))
MODELS = scan(HYPERMODELS, Tunable)


def test_a_space_says_what_is_impossible_and_resolves_it_all_the_same():
    config = SPACE.defaults()
    assert SPACE.problem(config) == "a and b are 12 together"
    assert SPACE.resolve(config) == config
    assert SPACE.problem(config | {"a": 1, "b": 5}) is None
    assert SearchSpace(PARAMETERS).problem(config) is None


def test_a_space_states_its_rules_and_describes_its_parameters_as_before():
    assert SPACE.rules() == [{"constraint": "sum", "rule": "a and b are 6 at most together"}]
    assert SearchSpace(PARAMETERS).rules() == []
    assert SPACE.describe() == SearchSpace(PARAMETERS).describe()


def test_draws_are_even_over_what_is_possible():
    rng = np.random.default_rng(1)
    drawn = [draw_possible(SPACE, rng) for _ in range(6000)]
    pairs = [(config["a"], config["b"]) for config in drawn]
    possible = {(a, b) for a in range(1, 7) for b in range(1, 7) if a + b <= 6}
    counts = {pair: pairs.count(pair) for pair in possible}
    assert set(pairs) == possible
    # 400 of each of 15 are expected, with a deviation of 19; mending would pile them up at the border.
    assert all(320 < count < 480 for count in counts.values()), counts
    assert {config["units"] for config in drawn} == {8, 16, 24, 32}
    for name, middle in (("rate", 10**-2.5), ("width", 31.6)):
        assert 0.46 < np.mean([config[name] < middle for config in drawn]) < 0.54


def test_every_draw_is_a_point_of_its_space():
    rng = np.random.default_rng(2)
    for space in (SPACE, *(model.space for model in MODELS.values())):
        for _ in range(200):
            config = draw(space, rng)
            assert space.resolve(config) == config
            assert space.problem(draw_possible(space, rng)) is None


def test_the_first_look_takes_the_defaults_where_they_can_be_built():
    assert SPACE.problem(first_look(SPACE)) is None
    free = SearchSpace(PARAMETERS)
    assert first_look(free) == free.defaults()


def test_a_space_of_which_nothing_can_be_built_says_so():
    never = Constraint("never", "nothing is possible", lambda config: "the input is empty")
    with pytest.raises(SpaceError, match=r"none can be built for these data \(the input is empty\)"):
        draw_possible(SearchSpace(PARAMETERS, (never,)), np.random.default_rng(0))


@pytest.mark.parametrize(
    ("blocks", "side", "words"),
    [
        ([Block(8, 5, 2), Block(8, 5, 2), Block(8, 5, 2)], 128, None),
        ([Block(8, 3, 3), Block(8, 3, 3), Block(8, 3, 4)], 128, None),  # 128 126 42 40 13 11 2
        ([Block(8, 3, 3)] * 4, 128, "pooling layer 4 cannot be built: its pool of 3 x 3 is larger"),
        ([Block(8, 5, 5), Block(8, 5, 5)] * 2, 128, "convolution 3 cannot be built: its kernel of 5 x 5"),
        ([Block(1, 5, 1)], 4, "larger than the feature map of 4 x 4 that reaches it"),
    ],
)
def test_a_layer_that_is_larger_than_its_feature_map_is_named_with_both_sizes(blocks, side, words):
    found = misfit(blocks, side, side)
    assert (found is None) == (words is None)
    assert words is None or words in found


def test_with_padding_pools_alone_make_the_map_smaller():
    blocks = [Block(8, 5, 3), Block(8, 5, 3), Block(8, 5, 3)]
    assert misfit(blocks[:2], 20, 15, padding="same") is None
    assert "pool of 3 x 3 is larger than the feature map of 2 x 1" in misfit(blocks, 20, 15, padding="same")


def test_the_rules_of_an_image_space_follow_the_size_of_its_inputs():
    model = MODELS["cnn-a"]
    assert model.space_for((128, 128, 3)).rules() == model.space.rules()
    small = model.space_for((16, 16, 3))
    assert "the input is 16 x 16" in small.rules()[0]["rule"]
    assert small.problem(small.defaults()) and not model.space.problem(small.defaults())
    assert small.describe() == model.space.describe()
