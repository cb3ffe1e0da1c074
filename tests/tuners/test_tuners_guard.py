"""Guarded searches: no impossible configuration is suggested, draws stay even, and a replay is exact."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from search_drive import drive, good, mixed, start, suggestions

from datasets.plugins import scan
from tuners.draw import draw_possible
from tuners.keras_search import KerasSearcherPlugin
from tuners.record import Outcome, TrialState
from tuners.searcher import SEARCH, SearcherPlugin
from tuners.seeds import derive
from tuners.space import Choice, Constraint, Float, Int, Parameter, SearchSpace, SpaceError
from tuners.tunable import HYPERMODELS, Tunable

pytestmark = pytest.mark.slow

#: The contract of all searchers covers the guard of the others.
ORACLES = [n for n, p in scan(SEARCH, SearcherPlugin).items() if isinstance(p, KerasSearcherPlugin)]
IMAGES = ("cnn-a", "cnn-a2", "cnn-lstm-a")
SHAPES = {"cnn-a": (40, 40, 3), "cnn-a2": (40, 40, 3), "cnn-lstm-a": (10, 12, 15)}


def spaces():
    return {name: scan(HYPERMODELS, Tunable)[name].space_for(SHAPES[name]) for name in IMAGES}


def corner(config):
    return "x and y are too large together" if config["x"] + config["y"] > 1.2 else None


#: A third of it is impossible, its defaults among it.
CORNER = SearchSpace(
    (
        Parameter("x", Float(0.0, 1.0), 0.9),
        Parameter("y", Float(0.0, 1.0), 0.9),
        Parameter("flag", Choice((True, False)), True),
    ),
    (Constraint("corner", "x and y are 1.2 at most together", corner),),
)


def towards_the_corner(suggestion) -> Outcome:
    """The more of both, the better: a process that learns this wants what is impossible."""
    error = 1 - (suggestion.config["x"] + suggestion.config["y"]) / 2
    return Outcome(TrialState.COMPLETE, error, suggestion.epochs, 1.0)


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("model", IMAGES)
def test_no_guarded_search_suggests_what_cannot_be_built(name, model):
    space = spaces()[model]
    # Five: the Gaussian process takes seconds for each one after that; below it gets a space of three.
    trials = drive(start(name, space=space), 5 if name == "keras-bayesian" else 30)
    assert len(trials) >= 5
    assert [space.problem(trial.config) for trial in trials] == [None] * len(trials)


def test_without_the_guard_searches_do():
    space = spaces()["cnn-a"]
    trials = drive(start("keras-random", space=space, guard=False), 30)
    impossible = sum(space.problem(trial.config) is not None for trial in trials)
    assert 5 < impossible < 25


@pytest.mark.parametrize("name", ["keras-random", "keras-hyperband"])
def test_guarded_draws_are_the_possible_ones_of_the_unguarded_search(name):
    """Rejection alone: what was possible is drawn as it would have been, in the same order."""
    space = spaces()["cnn-a"]
    fail = Outcome(TrialState.FAILED, None, 0, 1.0, "x")  # nothing is promoted
    free = drive(start(name, space=space, guard=False), 40, lambda suggestion: fail)
    kept = [dict(trial.config) for trial in free if space.problem(trial.config) is None]
    assert 10 < len(kept) < 35
    guarded = drive(start(name, space=space), len(kept), lambda suggestion: fail)
    assert [dict(trial.config) for trial in guarded] == kept


def grid_space(*constraints):
    return SearchSpace(
        (
            Parameter("a", Int(1, 4), 4),
            Parameter("b", Int(1, 4), 4),
            Parameter("c", Choice(("p", "q")), "p"),
        ),
        constraints,
    )


@pytest.mark.parametrize("most", [8, 7, 5, 2])
def test_a_guarded_grid_is_the_grid_without_the_impossible_combinations(most):
    rule = Constraint("sum", "a + b", lambda c: "too much" if c["a"] + c["b"] > most else None)
    space = grid_space(rule)
    whole = [dict(trial.config) for trial in drive(start("keras-grid", space=grid_space()), 40)]
    assert len(whole) == 32
    searcher = start("keras-grid", space=space)
    found = [dict(trial.config) for trial in drive(searcher, 40)]
    assert found == [config for config in whole if config["a"] + config["b"] <= most]
    assert len(searcher.oracle.trials) == len(found)  # impossible ones are no trials of the oracle either


def test_a_small_space_of_which_most_is_impossible_is_searched_to_its_end():
    rule = Constraint("sum", "a + b", lambda c: "too much" if c["a"] + c["b"] > 3 else None)
    for name in ("keras-random", "keras-hyperband"):
        trials = drive(start(name, space=grid_space(rule)), 60)
        found = {tuple(trial.config.values()) for trial in trials}
        assert found <= {(a, b, c) for a, b in ((1, 1), (1, 2), (2, 1)) for c in "pq"}
        assert len(found) >= 5


@pytest.mark.parametrize("name", ORACLES)
def test_a_space_of_which_nothing_can_be_built_is_refused_at_once(name):
    rule = Constraint("never", "nothing", lambda config: "the input is empty")
    with pytest.raises(SpaceError, match="the input is empty"):
        start(name, space=grid_space(rule))
    assert start(name, space=grid_space(rule), guard=False).ask() is not None


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("cut", [1, 7])
def test_a_guarded_search_that_was_cut_off_goes_on_as_if_it_was_not(name, cut, whole):
    _, space, outcome, trials = whole(name)
    resumed = start(name, space=space)
    resumed.resume(trials[:cut])
    rest = drive(resumed, len(trials) - cut, outcome, list(trials[:cut]))
    assert suggestions(rest) == suggestions(trials)


@pytest.fixture(scope="module")
def whole():
    """A guarded search of eight trials of which some failed; for Bayesian one that wants the impossible."""
    found: dict = {}

    def get(name):
        if name not in found:
            bayesian = name == "keras-bayesian"
            space = CORNER if bayesian else spaces()["cnn-a"]
            outcome = towards_the_corner if bayesian else mixed
            searcher = start(name, space=space)
            found[name] = (searcher, space, outcome, drive(searcher, 8, outcome))
        return found[name]

    return get


def test_what_the_gaussian_process_may_not_have_is_drawn_from_the_seed_and_told_to_it(whole):
    searcher, _, _, trials = whole("keras-bayesian")
    replaced = [
        trial.number
        for trial in trials
        if trial.config == draw_possible(CORNER, np.random.default_rng(derive(5, "guard", trial.number)))
    ]
    assert replaced, "the process never wanted what is impossible"
    assert min(replaced) >= 5  # the first five are random draws
    assert all(CORNER.problem(trial.config) is None for trial in trials)
    for trial in trials:
        known = searcher.oracle.trials[searcher.oracle.start_order[trial.number]]
        assert {name: known.hyperparameters.values[name] for name in ("x", "y")} == {
            name: trial.config[name] for name in ("x", "y")
        }
        assert known.score == pytest.approx(trial.dev_error)


def test_a_degenerate_trial_is_replayed_with_its_honest_error():
    def flat(suggestion):
        outcome = good(suggestion)
        if suggestion.number % 2:
            return replace(outcome, state=TrialState.DEGENERATE, dev_error=0.5, epochs=3, reason="one class")
        return outcome

    searcher = start("keras-hyperband", space=spaces()["cnn-a"])
    trials = drive(searcher, 14, flat)
    for one in (searcher, start("keras-hyperband", space=spaces()["cnn-a"])):
        if one is not searcher:
            one.resume(trials)
        known = [one.oracle.trials[key] for key in one.oracle.start_order]
        assert {trial.status for trial in known} == {"COMPLETED"}
        assert [trial.score for trial in known[1::2]] == [0.5] * 7


@pytest.mark.parametrize("model", IMAGES)
def test_what_a_space_calls_possible_is_what_keras_can_build(model):
    """By building: the arithmetic of the rule against the layers themselves."""
    network, space = scan(HYPERMODELS, Tunable)[model], spaces()[model]
    for trial in drive(start("keras-random", space=space, guard=False), 30):
        config, problem = trial.config, space.problem(trial.config)
        try:
            shape = network.build(config, SHAPES[model], 3).output_shape
            built = shape[-1] == 3
        except ValueError:
            built = False
        assert built == (problem is None), (config, problem)
