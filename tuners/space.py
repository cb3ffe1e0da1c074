"""The search space: what may be tuned, declared once and translated whole for every library.

A configuration is a flat mapping from parameter name to value that holds active parameters only:
a parameter with a condition is active when its parent is active and has one of the named values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from datasets.errors import UsageError
from manual.learner import Config, Value


class SpaceError(UsageError):
    """A space that cannot be searched, or a configuration that is no point of it."""


@dataclass(frozen=True)
class Float:
    """A real number in [low, high]; log: searched on a logarithmic scale."""

    low: float
    high: float
    log: bool = False

    def problem(self) -> str | None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            return f"needs finite bounds with low < high, has {self.low} and {self.high}"
        if self.log and self.low <= 0:
            return f"is searched on a log scale and needs low > 0, has {self.low}"
        return None

    def contains(self, value: Value) -> bool:
        return (
            isinstance(value, int | float) and not isinstance(value, bool) and self.low <= value <= self.high
        )


@dataclass(frozen=True)
class Int:
    """A whole number low, low + step, ... up to high; log: searched on a logarithmic scale."""

    low: int
    high: int
    step: int = 1
    log: bool = False

    def problem(self) -> str | None:
        if not self.low < self.high:
            return f"needs low < high, has {self.low} and {self.high}"
        if self.step < 1:
            return f"needs a step of at least 1, has {self.step}"
        if self.log and self.low <= 0:
            return f"is searched on a log scale and needs low > 0, has {self.low}"
        if self.log and self.step != 1:
            return "is searched on a log scale and cannot have a step as well"
        return None

    def contains(self, value: Value) -> bool:
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self.low <= value <= self.high
            and (value - self.low) % self.step == 0
        )


@dataclass(frozen=True)
class Choice:
    """One of a few options, all of one type; numbers keep their order."""

    options: tuple[Value, ...]

    def problem(self) -> str | None:
        if not self.options:
            return "has no options"
        if len(set(self.options)) != len(self.options):
            return f"has an option twice: {self.options}"
        if len({type(option) for option in self.options}) != 1:
            return f"mixes types in its options: {self.options}"
        return None

    def contains(self, value: Value) -> bool:
        return any(value == option and type(value) is type(option) for option in self.options)


@dataclass(frozen=True)
class Fixed:
    """A value that is not searched but belongs to the configuration."""

    value: Value

    def problem(self) -> str | None:
        return None

    def contains(self, value: Value) -> bool:
        return value == self.value


Domain = Float | Int | Choice | Fixed


@dataclass(frozen=True)
class Condition:
    """Active only while `parent` is active and has one of `values`."""

    parent: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Parameter:
    """One name of the space.

    default: the value a person would start with. trains_on: may change between two segments of one
    training, as a learning rate may; neither the shape nor the function of the network depends on it.
    """

    name: str
    domain: Domain
    default: Value
    when: Condition | None = None
    trains_on: bool = False


@dataclass(frozen=True)
class Constraint:
    """What makes a configuration of a space impossible, though every value of it lies in its domain.

    rule: in plain words, for pages and reports. reason: why a resolved configuration cannot be built, in
    plain words for a table; None where it can. It decides by arithmetic and builds nothing.
    """

    name: str
    rule: str
    reason: Callable[[Config], str | None]


@dataclass(frozen=True)
class SearchSpace:
    """Parameters in order, a parent before its children, and the constraints on them.

    A configuration that breaks a constraint is a point of the space all the same: whoever searches
    without a guard draws it and sees it fail.

    Raises SpaceError on construction where a library could not search it.
    """

    parameters: tuple[Parameter, ...]
    constraints: tuple[Constraint, ...] = ()

    def __post_init__(self) -> None:
        if all(isinstance(parameter.domain, Fixed) for parameter in self.parameters):
            raise SpaceError("the space has nothing to search: every parameter is fixed, or there is none")
        seen: dict[str, Parameter] = {}
        for parameter in self.parameters:
            name = parameter.name
            if name in seen:
                raise SpaceError(f"the space names {name!r} twice")
            problem = parameter.domain.problem()
            if problem:
                raise SpaceError(f"parameter {name!r} {problem}")
            if not parameter.domain.contains(parameter.default):
                raise SpaceError(
                    f"parameter {name!r} has the default {parameter.default!r}, outside its domain"
                )
            if parameter.when is not None:
                parent = seen.get(parameter.when.parent)
                if parent is None:
                    raise SpaceError(
                        f"parameter {name!r} depends on {parameter.when.parent!r}, which must stand before it"
                    )
                strange = [v for v in parameter.when.values if not parent.domain.contains(v)]
                if strange or not parameter.when.values:
                    raise SpaceError(
                        f"parameter {name!r} waits for {parent.name} = {strange}, which cannot happen"
                    )
            seen[name] = parameter

    def __getitem__(self, name: str) -> Parameter:
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        raise KeyError(name)

    def resolve(self, values: Config) -> dict[str, Value]:
        """The active part of `values`, in the order of the space, checked.

        Raises SpaceError where an active value is missing or outside its domain, or a name is unknown.
        """
        names = {parameter.name for parameter in self.parameters}
        strange = sorted(set(values) - names)
        if strange:
            raise SpaceError(f"the space has no parameter {strange[0]!r}; it has: {', '.join(sorted(names))}")
        config: dict[str, Value] = {}
        for parameter in self.parameters:
            if not is_active(parameter, config):
                continue
            if parameter.name not in values:
                raise SpaceError(f"the configuration lacks {parameter.name!r}")
            value = values[parameter.name]
            if not parameter.domain.contains(value):
                raise SpaceError(f"{parameter.name} = {value!r} is outside {parameter.domain}")
            config[parameter.name] = value
        return config

    def problem(self, config: Config) -> str | None:
        """Why a resolved configuration cannot be built, or None where nothing is known against it."""
        reasons = (constraint.reason(config) for constraint in self.constraints)
        return next((reason for reason in reasons if reason is not None), None)

    def defaults(self) -> dict[str, Value]:
        """The configuration of all defaults."""
        config: dict[str, Value] = {}
        for parameter in self.parameters:
            if is_active(parameter, config):
                config[parameter.name] = parameter.default
        return config

    def describe(self) -> list[dict[str, Any]]:
        """Plain rows (name, values, scale, active when) for reports and pages.

        domain, default and when say the same to programs: `parameters_of` reads them.
        """
        return [
            {
                "parameter": p.name,
                "values": _domain_text(p.domain),
                "scale": "log" if getattr(p.domain, "log", False) else "",
                "active when": ""
                if p.when is None
                else f"{p.when.parent} in {', '.join(str(value) for value in p.when.values)}",
                "domain": {"kind": type(p.domain).__name__.lower(), **asdict(p.domain)},
                "default": p.default,
                "when": None if p.when is None else asdict(p.when),
            }
            for p in self.parameters
        ]

    def rules(self) -> list[dict[str, Any]]:
        """Plain rows (constraint, rule) for reports and pages; none where everything can be built."""
        return [{"constraint": c.name, "rule": c.rule} for c in self.constraints]


def parameters_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Parameter, ...] | None:
    """The parameters that `SearchSpace.describe` wrote as rows; None for rows that hold texts alone."""
    if not rows or any("domain" not in row for row in rows):
        return None
    return tuple(
        Parameter(
            row["parameter"],
            _domain(row["domain"]),
            row["default"],
            None if row["when"] is None else Condition(row["when"]["parent"], tuple(row["when"]["values"])),
        )
        for row in rows
    )


def is_active(parameter: Parameter, config: Config) -> bool:
    """Whether `parameter` counts, given the active values of the parameters before it."""
    return parameter.when is None or config.get(parameter.when.parent) in parameter.when.values


def config_key(config: Config, epochs: int, first_epoch: int = 0, source: int | None = None) -> str:
    """Two suggestions with the same key would train the same thing. source: the trial whose weights they start from."""
    settings = ", ".join(f"{name}={config[name]!r}" for name in sorted(config))
    return f"{settings} @{first_epoch}-{epochs} from {source}"


def _domain(row: Mapping[str, Any]) -> Domain:
    values = {name: value for name, value in row.items() if name != "kind"}
    match row["kind"]:
        case "float":
            return Float(**values)
        case "int":
            return Int(**values)
        case "choice":
            return Choice(tuple(values["options"]))
        case _:
            return Fixed(**values)


def _domain_text(domain: Domain) -> str:
    match domain:
        case Float(low, high):
            return f"{low:g} to {high:g}"
        case Int(low, high, step):
            return f"{low} to {high}" + (f" in steps of {step}" if step != 1 else "")
        case Choice(options):
            return ", ".join(str(option) for option in options)
        case Fixed(value):
            return f"{value} (fixed)"
