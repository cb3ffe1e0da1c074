"""Keeps Keras Tuner's oracles from suggesting what cannot be built.

Keras Tuner knows no constraints: its searches try a pool larger than the feature map, fail, and after
three failures in a row give up. A guarded oracle never suggests an impossible configuration, and what it
suggests is distributed as before over those that are possible: impossible draws are thrown away and drawn
again, not mended. All of it follows from the oracle's seed and from what it was told, so that a resumed
search can be replayed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from manual.learner import Config, Value
from tuners.draw import MOST_REJECTED, draw_possible, first_look, nothing_possible
from tuners.keras_space import own_values
from tuners.seeds import derive
from tuners.space import SearchSpace

if TYPE_CHECKING:
    import keras_tuner

#: What a bookkeeping hyperparameter of Hyperband starts with.
BOOKKEEPING = "tuner/"

#: Impossible combinations that a grid passes over before it counts as exhausted.
MOST_PASSED = 20_000


def searched(values: Config) -> dict[str, Value]:
    """An oracle's values without its own bookkeeping."""
    return {name: value for name, value in values.items() if not name.startswith(BOOKKEEPING)}


def guard(oracle: keras_tuner.Oracle, space: SearchSpace, seed: int) -> None:
    """Confines an oracle to the configurations of `space` that can be built. seed: the task's.

    Raises SpaceError where there seem to be none.
    """
    first_look(space)

    def possible(values: Config) -> bool:
        config = space.resolve(own_values(space, searched(values)))
        return space.problem(config) is None

    _guard_random_values(oracle, possible, space)
    if hasattr(oracle, "_get_next_combination"):
        _guard_grid(oracle, possible)
    else:
        _guard_suggestions(oracle, possible, space, seed)


def _guard_random_values(oracle: Any, possible: Callable[[Config], bool], space: SearchSpace) -> None:
    """What all random draws go through: RandomSearch, Hyperband's first rounds, first points of Bayesian."""
    original, most = oracle._random_values, oracle._max_collisions

    def random_values() -> Config | None:
        oracle._max_collisions = 0  # every collision comes back here, where impossible draws reset nothing
        collisions = 0
        for _ in range(MOST_REJECTED):
            values = original()
            if values is None:
                collisions += 1
                if collisions > most:
                    return None
            elif possible(values):
                return dict(values)
        raise nothing_possible(space)

    oracle._random_values = random_values


def _guard_grid(oracle: Any, possible: Callable[[Config], bool]) -> None:
    """The grid goes on from an impossible combination to the next one, as if it were not there."""
    original, populate = oracle._get_next_combination, oracle.populate_space

    def next_combination(values: Config) -> Config | None:
        for _ in range(MOST_PASSED):
            following = original(values)
            if following is None or possible(following):
                return following
            values = following
        return None

    def populate_space(trial_id: str) -> dict[str, Any]:
        response = dict(populate(trial_id))
        if response["values"] is not None and not possible(response["values"]):
            # The first point alone comes from elsewhere, from the defaults.
            following = next_combination(response["values"])
            response = {"status": "STOPPED" if following is None else "RUNNING", "values": following}
        return response

    oracle._get_next_combination = next_combination
    oracle.populate_space = populate_space


def _guard_suggestions(
    oracle: Any, possible: Callable[[Config], bool], space: SearchSpace, seed: int
) -> None:
    """An impossible suggestion of the Gaussian process gives way to a random draw from what is possible.

    The draw depends on the task's seed and the trial's number alone. It goes into the oracle's own trial,
    so that the process learns about the point that was trained.
    """
    populate = oracle.populate_space

    def populate_space(trial_id: str) -> dict[str, Any]:
        response = dict(populate(trial_id))
        values = response.get("values")
        if values is None or possible(values):
            return response
        rng = np.random.default_rng(derive(seed, "guard", len(oracle.trials)))
        return response | {"values": draw_possible(space, rng)}

    oracle.populate_space = populate_space
