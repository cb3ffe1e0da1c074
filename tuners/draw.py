"""Random points of a space that can be built, drawn without any library."""

from __future__ import annotations

import math

import numpy as np

from manual.learner import Value
from tuners.space import Choice, Domain, Fixed, Float, Int, SearchSpace, SpaceError, is_active

#: Impossible draws in a row after which a space counts as impossible altogether.
MOST_REJECTED = 10_000


def draw(space: SearchSpace, rng: np.random.Generator) -> dict[str, Value]:
    """A configuration, every active parameter drawn evenly on its scale; it may break a constraint."""
    config: dict[str, Value] = {}
    for parameter in space.parameters:
        if is_active(parameter, config):
            config[parameter.name] = _value(parameter.domain, rng)
    return config


def draw_possible(space: SearchSpace, rng: np.random.Generator) -> dict[str, Value]:
    """A configuration that breaks no constraint, as likely as it was among all configurations.

    Impossible ones are drawn again, not mended: mending would favour their neighbours.
    Raises SpaceError where there seem to be none.
    """
    for _ in range(MOST_REJECTED):
        config = draw(space, rng)
        if space.problem(config) is None:
            return config
    raise nothing_possible(space)


def first_look(space: SearchSpace) -> dict[str, Value]:
    """The defaults, or where they cannot be built, a configuration that can. Raises SpaceError."""
    defaults = space.defaults()
    return defaults if space.problem(defaults) is None else draw_possible(space, np.random.default_rng(0))


def nothing_possible(space: SearchSpace) -> SpaceError:
    """Says that no configuration can be built; the defaults stand for the rest."""
    reason = space.problem(space.defaults()) or "; ".join(row["rule"] for row in space.rules())
    return SpaceError(
        f"of {MOST_REJECTED:,} configurations drawn from the space none can be built for these data ({reason}). "
        "Choose another --model"
    )


def _value(domain: Domain, rng: np.random.Generator) -> Value:
    match domain:
        case Float(low, high, log):
            if not log:
                return float(rng.uniform(low, high))
            return min(high, max(low, math.exp(rng.uniform(math.log(low), math.log(high)))))
        case Int(low, high, step, log):
            if log:
                value = math.exp(rng.uniform(math.log(low), math.log(high + 1)))
                return min(high, max(low, int(value)))
            return low + step * int(rng.integers((high - low) // step + 1))
        case Choice(options):
            return options[int(rng.integers(len(options)))]
        case Fixed(value):
            return value
