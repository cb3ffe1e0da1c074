"""Parameters and trials as Optuna stores them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from manual.learner import Value
from tuners.space import Choice, Domain, Fixed, Float, Int


def distribution(domain: Domain) -> BaseDistribution:
    """A domain as Optuna's distribution: bounds, log scale, steps and options as they are."""
    match domain:
        case Float(low, high, log):
            return FloatDistribution(low, high, log=log)
        case Int(low, high, step, log):
            # Optuna warns where a range does not end on a step.
            return IntDistribution(low, low + (high - low) // step * step, step=step, log=log)
        case Choice(options):
            return CategoricalDistribution(options)
        case Fixed(value):
            return CategoricalDistribution((value,))


def domains_of(known: Mapping[str, Domain], configs: Iterable[Mapping[str, Value]]) -> dict[str, Domain]:
    """A domain for every name in `configs`: the known one, or else the values that occur, as options.

    A value outside its known domain makes options of all that occur: a person's list may leave a space.
    """
    seen: dict[str, dict[Value, None]] = {}
    for config in configs:
        for name, value in config.items():
            seen.setdefault(name, {})[value] = None
    return {
        name: known[name]
        if name in known and all(map(known[name].contains, values))
        else Choice(tuple(values))
        for name, values in seen.items()
    }
