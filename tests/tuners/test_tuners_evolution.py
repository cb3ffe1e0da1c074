"""The genetic algorithm: parents, children, mutations, and what it does with failures."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from search_drive import SPACE, dev_error, failing, good

from tuners.draw import draw
from tuners.record import Outcome, TrialState
from tuners.search import evolution
from tuners.search.evolution import Evolution, Member
from tuners.searcher import Task
from tuners.space import Choice, Condition, Constraint, Float, Int, Parameter, SearchSpace, config_key

CUBE = SearchSpace(tuple(Parameter(f"x{i}", Float(0.0, 1.0), 0.5) for i in range(4)))
GRID = SearchSpace((Parameter("a", Int(1, 5), 1), Parameter("b", Choice(("x", "y", "z")), "x")))


def start(space=CUBE, seed=1, guard=True) -> Evolution:
    return Evolution(Task(space, seed, 9, guard=guard), "evolution")


def sphere(config, middle=0.3) -> float:
    return sum((value - middle) ** 2 for value in config.values()) / len(config)


def best_of(searcher, middle, count=60) -> float:
    errors: list[float] = []
    while len(errors) < count:
        asked = generation(searcher, lambda config: sphere(config, middle))
        errors += [sphere(one.config, middle) for one in asked]
    return min(errors[:count])


def generation(searcher, error=sphere, order=1):
    asked = []
    while (suggestion := searcher.ask()) is not None:
        asked.append(suggestion)
    for suggestion in asked[::order]:
        found = error(suggestion.config)
        state = TrialState.FAILED if found is None else TrialState.COMPLETE
        searcher.tell(suggestion, Outcome(state, found, 9, 1.0))
    return asked


def test_it_beats_random_draws():
    found = {"evolution": [], "random": []}
    for seed in range(10):
        middle = np.random.default_rng(seed).uniform(0.2, 0.8)
        found["evolution"].append(best_of(start(seed=seed), middle))
        rng = np.random.default_rng(100 + seed)
        found["random"].append(min(sphere(draw(CUBE, rng), middle) for _ in range(60)))
    assert np.median(found["evolution"]) < 0.4 * np.median(found["random"])


def test_a_generation_is_waited_for_and_the_order_of_its_results_changes_nothing():
    forward, backward = start(SPACE), start(SPACE)
    sizes = []
    for _ in range(5):
        one, other = generation(forward, dev_error), generation(backward, dev_error, order=-1)
        assert one == other
        sizes.append(len(one))
    assert sizes == [evolution.POPULATION] + [evolution.POPULATION - evolution.ELITE] * 4


def test_the_best_live_on():
    searcher = start(seed=2)
    errors = []
    for _ in range(6):
        errors += [sphere(one.config) for one in generation(searcher)]
    searcher.ask()
    kept = [member.error for member in searcher.population]
    assert kept == sorted(kept) and len(kept) == evolution.POPULATION
    assert kept[: evolution.ELITE] == sorted(errors)[: evolution.ELITE]


def test_failures_are_parents_only_where_nothing_else_was_drawn():
    searcher = start(seed=3)
    generation(searcher, lambda c: None if c["x0"] < 0.5 else sphere(c))
    searcher.ask()
    failed = [member for member in searcher.population if np.isinf(member.error)]
    assert failed and searcher.population[-len(failed) :] == failed
    chosen = Counter(searcher._parent().error for _ in range(2000))
    places = {member.error: place for place, member in enumerate(searcher.population)}
    assert min(chosen, key=lambda error: places[error]) == searcher.population[0].error
    # Of 6, the best of 3 drawn with replacement: 1 - (5/6)^3 for the best.
    assert chosen[searcher.population[0].error] / 2000 == pytest.approx(1 - (5 / 6) ** 3, abs=0.04)
    share = (len(failed) / evolution.POPULATION) ** evolution.TOURNAMENT
    assert chosen[np.inf] / 2000 == pytest.approx(share, abs=0.04)


def test_a_search_whose_trials_all_fail_goes_on():
    searcher = start()
    for _ in range(4):
        assert generation(searcher, lambda config: None)


def test_children_take_each_parameter_from_a_parent_that_has_it():
    space = SearchSpace(
        (
            Parameter("layers", Int(1, 3), 1),
            Parameter("rate", Float(0.0, 1.0), 0.5),
            Parameter("second", Float(0.0, 1.0), 0.5, Condition("layers", (2, 3))),
            Parameter("third", Float(0.0, 1.0), 0.5, Condition("layers", (3,))),
        )
    )
    searcher = start(space)
    one = Member(np.array([0.9, 0.1, 0.2, 0.3]), 0.1)  # three layers
    other = Member(np.array([0.1, 0.6, 0.7, 0.8]), 0.2)  # one
    children = np.array([searcher._cross(one, other) for _ in range(200)])
    assert set(children[:, 0]) == {0.9, 0.1} and set(children[:, 1]) == {0.1, 0.6}
    assert set(children[:, 2]) == {0.2} and set(children[:, 3]) == {0.3}
    alone = np.array([searcher._cross(other, other) for _ in range(20)])
    assert len(set(alone[:, 2])) == 20, "what neither parent has is drawn, not carried along unseen"


def test_a_mutation_changes_something_and_passes_over_what_is_inactive():
    searcher = start(SPACE, seed=4)
    encoding = searcher.encoding
    place = {name: index for index, name in enumerate(encoding.names)}
    point = encoding.encode(SPACE.defaults() | {"layers": 1})
    changed = Counter()
    for _ in range(500):
        mutated = searcher._mutate(point)
        assert (mutated >= 0).all() and (mutated <= 1).all()
        where = np.flatnonzero(mutated != point)
        assert len(where) >= 1
        changed.update(where.tolist())
    assert changed[place["dropout"]] == changed[place["shape"]] == 0
    assert min(changed[place[name]] for name in ("layers", "units", "rate", "bias")) > 100
    bias = {searcher._step(place["bias"], 0.25) // 0.5 for _ in range(50)}
    assert bias == {1.0}
    cells = {searcher._step(place["shape"], 0.25) // 0.5 for _ in range(50)}
    assert cells == {1.0}, "an option without an order becomes another one"
    layers = [searcher._step(place["layers"], 0.5) for _ in range(200)]
    assert {int(value * 3) for value in layers} >= {0, 1, 2}, "a step is one cell wide at least"


@pytest.mark.parametrize("outcome", [good, failing])
def test_a_configuration_is_asked_for_once_and_a_small_space_ends(outcome):
    searcher = start(GRID)
    keys = []
    while (suggestion := searcher.ask()) is not None:
        keys.append(config_key(suggestion.config, suggestion.epochs))
        searcher.tell(suggestion, outcome(suggestion))
    assert len(keys) == len(set(keys))
    assert len(keys) == 15, "every one of the 5 x 3 configurations"


def test_impossible_children_are_not_asked_for():
    rule = Constraint("half", "x0 is 0.4 at least", lambda c: "too small" if c["x0"] < 0.4 else None)
    space = SearchSpace(CUBE.parameters, (rule,))
    searcher = start(space, seed=3)
    asked = [s for _ in range(10) for s in generation(searcher, lambda c: sphere(c, middle=0.2))]
    assert all(suggestion.config["x0"] >= 0.4 for suggestion in asked)
    free = start(space, seed=3, guard=False)
    assert any(s.config["x0"] < 0.4 for _ in range(10) for s in generation(free))
