"""The project's search space in Keras Tuner's words, whole: types, log scales, steps, conditions."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import keras_tuner
import numpy as np

from manual.learner import Config, Value
from tuners.draw import first_look
from tuners.space import Choice, Fixed, Float, Int, Parameter, SearchSpace, is_active

if TYPE_CHECKING:
    from tuners.keras_network import KerasNetwork


def declare(space: SearchSpace, hp: keras_tuner.HyperParameters) -> dict[str, Value]:
    """Declares every parameter in `hp` and returns the active values that `hp` holds for them.

    A child is declared inside the conditional scopes of all its ancestors, so that Keras Tuner knows
    when it counts.
    """
    config: dict[str, Value] = {}
    for parameter in space.parameters:
        with ExitStack() as scopes:
            for condition in _ancestry(space, parameter):
                scopes.enter_context(hp.conditional_scope(condition.parent, list(condition.values)))
            value = _declare(parameter, hp)
        if is_active(parameter, config):
            config[parameter.name] = value
    return config


def hyperparameters(space: SearchSpace) -> keras_tuner.HyperParameters:
    """The space as an oracle wants it, all parameters declared."""
    hp = keras_tuner.HyperParameters()
    declare(space, hp)
    return hp


def own_values(space: SearchSpace, values: Config) -> dict[str, Value]:
    """Values of Keras Tuner as the space has them: it turns the options True and False into 1 and 0, and a
    Gaussian process answers in numpy's numbers, which print differently from those of a store."""
    return {name: _own(space[name], value) for name, value in values.items()}


def hypermodel(network: KerasNetwork, shape: tuple[int, ...], classes: int) -> keras_tuner.HyperModel:
    """A network of this project as a genuine Keras Tuner hypermodel."""

    space = network.space_for(shape)

    class SpaceHyperModel(keras_tuner.HyperModel):
        def build(self, hp: keras_tuner.HyperParameters) -> Any:
            config = declare(space, hp)
            # Keras Tuner builds networks of its own choice before the first trial, to see every parameter,
            # and an error there ends the search: what is impossible is refused in `fit`.
            possible = config if space.problem(config) is None else first_look(space)
            return network.build(possible, shape, classes)

        def fit(self, hp: keras_tuner.HyperParameters, model: Any, *args: Any, **kwargs: Any) -> Any:
            config = declare(space, hp)
            problem = space.problem(config)
            if problem is not None:  # its word for a trial that no second try would mend
                raise keras_tuner.errors.FailedTrialError(problem)
            return model.fit(*args, **{"batch_size": config["batch_size"], **kwargs})

    return SpaceHyperModel(name=network.name)


def _ancestry(space: SearchSpace, parameter: Parameter) -> list[Any]:
    conditions = []
    while parameter.when is not None:
        conditions.append(parameter.when)
        parameter = space[parameter.when.parent]
    return conditions[::-1]


def _own(parameter: Parameter, value: Value) -> Value:
    if isinstance(parameter.domain, Choice):
        return next((option for option in parameter.domain.options if option == value), value)
    return value.item() if isinstance(value, np.generic) else value


def _declare(parameter: Parameter, hp: keras_tuner.HyperParameters) -> Any:
    name, default = parameter.name, parameter.default
    match parameter.domain:
        case Float(low, high, log):
            return hp.Float(name, low, high, sampling="log" if log else "linear", default=default)
        case Int(low, high, step, log):
            return hp.Int(
                name,
                low,
                high,
                step=None if log else step,
                sampling="log" if log else "linear",
                default=default,
            )
        case Choice(options):
            return _own(parameter, hp.Choice(name, list(options), default=default))
        case Fixed(value):
            return hp.Fixed(name, value)
