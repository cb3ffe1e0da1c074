"""The particle swarm: what it asks for, what it learns from, and when it stops."""

from __future__ import annotations

import numpy as np
import pytest
from search_drive import failing, good

from tuners.draw import draw
from tuners.record import Outcome, TrialState
from tuners.search import pso
from tuners.search.pso import ParticleSwarm
from tuners.searcher import Task
from tuners.space import Choice, Constraint, Float, Int, Parameter, SearchSpace, config_key

CUBE = SearchSpace(tuple(Parameter(f"x{i}", Float(0.0, 1.0), 0.5) for i in range(4)))
GRID = SearchSpace((Parameter("a", Int(1, 5), 1), Parameter("b", Choice(("x", "y", "z")), "x")))


def swarm(space=CUBE, seed=1, guard=True) -> ParticleSwarm:
    return ParticleSwarm(Task(space, seed, 9, guard=guard), "pso")


def sphere(config, middle=0.3) -> float:
    return sum((value - middle) ** 2 for value in config.values()) / len(config)


def best_of(searcher, middle, count=60) -> float:
    errors: list[float] = []
    while len(errors) < count:
        asked = generation(searcher, lambda config: sphere(config, middle))
        errors += [sphere(one.config, middle) for one in asked]
    return min(errors[:count])


def told(error: float | None) -> Outcome:
    state = TrialState.FAILED if error is None else TrialState.COMPLETE
    return Outcome(state, error, 9, 1.0)


def generation(searcher, error=sphere, order=1):
    """Asks for all there is, tells it in an order, and returns what was asked for."""
    asked = []
    while (suggestion := searcher.ask()) is not None:
        asked.append(suggestion)
    for suggestion in asked[::order]:
        searcher.tell(suggestion, told(error(suggestion.config)))
    return asked


def test_it_beats_random_draws():
    best = {"pso": [], "random": []}
    for seed in range(10):
        middle = np.random.default_rng(seed).uniform(0.2, 0.8)
        best["pso"].append(best_of(swarm(seed=seed), middle))
        rng = np.random.default_rng(100 + seed)
        best["random"].append(min(sphere(draw(CUBE, rng), middle) for _ in range(60)))
    assert np.median(best["pso"]) < 0.4 * np.median(best["random"])


def test_a_generation_is_waited_for_and_the_order_of_its_results_changes_nothing():
    forward, backward = swarm(), swarm()
    for _ in range(5):
        one, other = generation(forward, order=1), generation(backward, order=-1)
        assert one == other and len(one) == pso.SWARM
    searcher = swarm()
    asked = [searcher.ask() for _ in range(pso.SWARM)]
    for suggestion in asked[:-1]:
        searcher.tell(suggestion, good(suggestion))
        assert searcher.ask() is None
    searcher.tell(asked[-1], good(asked[-1]))
    assert searcher.ask() is not None


def test_every_particle_keeps_its_own_best_and_the_first_swarm_is_tried_once():
    searcher = swarm(seed=3)
    seen: list[list[tuple[float, tuple[float, ...]]]] = [[] for _ in range(pso.SWARM)]
    asked = 0
    for _ in range(8):
        suggestions = generation(searcher)
        asked += len(suggestions)
        for particle, suggestion in enumerate(suggestions):
            point = tuple(suggestion.config.values())
            seen[particle].append((sphere(suggestion.config), point))
    searcher.ask()  # learns from the last generation, so that its moves were not thrown away
    for particle, history in enumerate(seen):
        error, point = min(history)
        assert searcher.best_errors[particle] == error
        assert searcher.best_points[particle] == pytest.approx(point)
    assert len(set(searcher.best_errors)) == pso.SWARM, "one best for all would be a global pull only"
    assert asked == 8 * pso.SWARM


def test_a_move_is_the_rule_with_random_factors_for_each_particle_and_coordinate():
    searcher = swarm(seed=4)
    generation(searcher)
    x, v = searcher.positions.copy(), searcher.velocities.copy()
    errors = [sphere(searcher.encoding.decode(point)) for point in x]
    leader = int(np.argmin(errors))
    searcher.ask()
    moved = searcher.positions - x
    # After one generation every particle stands on its own best: inertia and the pull of the leader are left.
    factors = (moved - pso.INERTIA * v) / (x[leader] - x + 1e-300) / pso.PULL_GLOBAL
    inside = (searcher.positions > 0) & (searcher.positions < 1) & (np.abs(moved) < pso.FASTEST)
    others = np.arange(pso.SWARM) != leader
    drawn = factors[others][inside[others]]
    assert ((drawn >= 0) & (drawn <= 1)).all() and len(drawn) > 10
    assert len(np.unique(drawn.round(9))) == len(drawn)
    assert moved[leader][inside[leader]] == pytest.approx((pso.INERTIA * v)[leader][inside[leader]])


def test_particles_stay_in_the_cube_and_stop_at_its_border():
    searcher = swarm(seed=2)
    touched = 0
    for _ in range(12):
        generation(searcher, lambda config: sphere(config, middle=0.0))
        assert (searcher.positions >= 0).all() and (searcher.positions <= 1).all()
        assert (np.abs(searcher.velocities) <= pso.FASTEST).all()
        border = searcher.positions == 0.0
        assert (searcher.velocities[border] == 0).all()
        touched += int(border.sum())
    assert touched > 0


def test_failures_are_never_a_best():
    searcher = swarm(seed=5)
    everything = []
    for _ in range(6):
        everything += generation(searcher, lambda c: None if c["x0"] < 0.5 else sphere(c))
    searcher.ask()
    finite = np.isfinite(searcher.best_errors)
    assert finite.any()
    assert (searcher.best_points[finite][:, 0] >= 0.5).all()
    assert min(searcher.best_errors) == min(sphere(s.config) for s in everything if s.config["x0"] >= 0.5)


def test_where_everything_fails_the_swarm_starts_again_from_other_places():
    searcher = swarm()
    points = [tuple(s.config.values()) for _ in range(5) for s in generation(searcher, lambda config: None)]
    assert len(set(points)) == 5 * pso.SWARM


def test_it_ends_when_the_swarm_has_come_to_rest():
    searcher = swarm(seed=1)
    trials = []
    while generated := generation(searcher):
        trials += generated
        assert len(trials) < 2000
    assert np.abs(searcher.velocities).max() < pso.EPSILON
    assert min(sphere(one.config) for one in trials) < 1e-4
    assert searcher.ask() is None


@pytest.mark.parametrize("outcome", [good, failing])
def test_a_configuration_is_asked_for_once_and_a_small_space_ends(outcome):
    searcher = swarm(GRID)
    keys = []
    while (suggestion := searcher.ask()) is not None:
        keys.append(config_key(suggestion.config, suggestion.epochs))
        searcher.tell(suggestion, outcome(suggestion))
    assert len(keys) == len(set(keys)) <= 15
    assert len(keys) > 6


def test_impossible_places_are_flown_over_but_not_asked_for():
    rule = Constraint("half", "x0 is 0.4 at least", lambda c: "too small" if c["x0"] < 0.4 else None)
    space = SearchSpace(CUBE.parameters, (rule,))
    searcher = swarm(space, seed=3)
    asked, flown = [], 0
    for _ in range(10):
        asked += generation(searcher, lambda config: sphere(config, middle=0.2))
        flown += int((searcher.positions[:, 0] < 0.4).sum())
    assert all(suggestion.config["x0"] >= 0.4 for suggestion in asked)
    assert flown > 0
    free = swarm(space, seed=3, guard=False)
    assert any(s.config["x0"] < 0.4 for _ in range(10) for s in generation(free))
