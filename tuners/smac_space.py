"""A search space as SMAC knows it, and its configurations back: nothing is lost on the way.

Floats and logarithmic whole numbers keep their scale. Whole numbers with a step become their index, as
ConfigSpace has steps no longer. Choices of numbers become ordinals, which keep their order; names and bools
become categories. Conditions, nested ones too, become conditions of ConfigSpace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from manual.learner import Value
from tuners.space import Choice, Condition, Fixed, Float, Int, Parameter, SearchSpace

if TYPE_CHECKING:
    from ConfigSpace import Configuration, ConfigurationSpace
    from ConfigSpace.hyperparameters import Hyperparameter


class SmacSpace:
    """configspace: the translation, whose own draws follow from `seed`."""

    def __init__(self, space: SearchSpace, seed: int) -> None:
        from ConfigSpace import ConfigurationSpace

        self.space = space
        self.configspace: ConfigurationSpace = ConfigurationSpace(seed=seed)
        translated = {parameter.name: _hyperparameter(parameter) for parameter in space.parameters}
        self.configspace.add(list(translated.values()))
        self.configspace.add(
            [
                self._condition(translated[parameter.name], parameter.when, translated)
                for parameter in space.parameters
                if parameter.when is not None
            ]
        )

    def _condition(
        self,
        child: Hyperparameter[Any, Any],
        when: Condition,
        translated: dict[str, Hyperparameter[Any, Any]],
    ) -> Any:
        from ConfigSpace import EqualsCondition, InCondition

        parent = translated[when.parent]
        values = [_outward(self.space[when.parent], value) for value in when.values]
        if len(values) == 1:
            return EqualsCondition(child, parent, values[0])
        return InCondition(child, parent, values)

    def config(self, configuration: Configuration) -> dict[str, Value]:
        """A configuration of SMAC as one of ours, active parameters in the order of the space."""
        values = dict(configuration)
        inward = {
            parameter.name: _inward(parameter, values[parameter.name])
            for parameter in self.space.parameters
            if parameter.name in values
        }
        return self.space.resolve(inward)

    def configuration(self, config: dict[str, Value]) -> Configuration:
        """The same point as SMAC knows it. config: resolved."""
        from ConfigSpace import Configuration

        values = {name: _outward(self.space[name], value) for name, value in config.items()}
        return Configuration(self.configspace, values=values)


def _hyperparameter(parameter: Parameter) -> Hyperparameter[Any, Any]:
    from ConfigSpace.hyperparameters import (
        CategoricalHyperparameter,
        Constant,
        OrdinalHyperparameter,
        UniformFloatHyperparameter,
        UniformIntegerHyperparameter,
    )

    name, default = parameter.name, _outward(parameter, parameter.default)
    match parameter.domain:
        case Float(low, high, log):
            return UniformFloatHyperparameter(name, low, high, default, log=log)
        case Int(low, high, step, log):
            last = (high - low) // step
            if last == 0:
                return Constant(name, default)
            if log:
                return UniformIntegerHyperparameter(name, low, high, default, log=True)
            return UniformIntegerHyperparameter(name, 0, last, default)
        case Choice(options) if _is_ordered(parameter.domain):
            return OrdinalHyperparameter(name, list(range(len(options))), default)
        case Choice(options):
            return CategoricalHyperparameter(name, list(range(len(options))), default_value=default)
        case Fixed():
            return Constant(name, default)


def _is_ordered(domain: Choice) -> bool:
    return isinstance(domain.options[0], int | float) and not isinstance(domain.options[0], bool)


def _outward(parameter: Parameter, value: Value) -> float | int:
    match parameter.domain:
        case Float():
            return float(value)
        case Int(low, _, step, log):
            return int(value) if log else (int(value) - low) // step
        case Choice(options):
            return options.index(value)
        case Fixed():
            return 0


def _inward(parameter: Parameter, value: Any) -> Value:
    match parameter.domain:
        case Float(low, high):
            # The way to the logarithm and back may leave the bounds by a rounding error.
            return min(high, max(low, float(value)))
        case Int(low, _, step, log):
            return int(value) if log else low + step * int(value)
        case Choice(options):
            return options[int(value)]
        case Fixed(fixed):
            return fixed
