"""A person's own list of configurations, read from a TOML file and checked against the space.

    [defaults]                  # optional: what holds for all that follows
    learning_rate = 0.003

    [[configuration]]           # one such table for each configuration, tried in this order
    note = "wide and shallow"   # optional: for the reader, not used
    layers = 1
    units_1 = 256

A parameter that is named in neither place takes the default of the space.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from datasets.errors import UsageError
from manual.learner import Config, Value
from tuners.space import Choice, Domain, Fixed, Float, Int, Parameter, SearchSpace, is_active

CONFIGURATION, DEFAULTS, NOTE = "configuration", "defaults", "note"


def read_configurations(path: Path, space: SearchSpace) -> tuple[Config, ...]:
    """The configurations of a file, resolved, in its order.

    A configuration that breaks a constraint of the space is read like any other, as it depends on the data:
    its trial fails with the reason. Raises UsageError that names the file, the entry, the rule, the value
    and the way out.
    """
    document = _load(path)
    strange = sorted(set(document) - {CONFIGURATION, DEFAULTS})
    if strange:
        raise UsageError(
            f"{path}: there is no part called {strange[0]!r}."
            f"{_closest(strange[0], (CONFIGURATION, DEFAULTS))} Parameters stand below a line "
            f"[[{CONFIGURATION}]] each, or below one line [{DEFAULTS}]"
        )
    defaults = _table(document.get(DEFAULTS, {}), f"{path}, [{DEFAULTS}]", space)
    entries = document.get(CONFIGURATION, [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UsageError(f"{path}: write [[{CONFIGURATION}]] with two brackets above each configuration")
    if not entries:
        raise UsageError(f"{path} lists no configuration: write [[{CONFIGURATION}]] above each one")
    return tuple(
        _configuration(entry, defaults, f"{path}, configuration {number}", space)
        for number, entry in enumerate(entries, start=1)
    )


def _load(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}; write one, see docs/hand_list.md") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is no text in UTF-8; save it as such") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{path} is no TOML: {error}. A line reads name = value, with names of options in double quotes"
        ) from None


def _configuration(
    entry: Mapping[str, Any], defaults: Mapping[str, Value], where: str, space: SearchSpace
) -> Config:
    note = entry.get(NOTE, "")
    if not isinstance(note, str):
        raise UsageError(f"{where}: note = {_toml(note)} is no text; put it in double quotes")
    given = _table({name: value for name, value in entry.items() if name != NOTE}, where, space)
    config: dict[str, Value] = {}
    for parameter in space.parameters:
        if is_active(parameter, config):
            own = given.get(parameter.name, defaults.get(parameter.name, parameter.default))
            config[parameter.name] = own
        elif parameter.name in given:
            raise UsageError(f"{where}: {_inactive(parameter, given[parameter.name], config)}")
    return config


def _table(values: Any, where: str, space: SearchSpace) -> dict[str, Value]:
    """Values of parameters, each checked by itself."""
    if not isinstance(values, dict):
        raise UsageError(f"{where} must be a table of lines name = value, and is {_toml(values)}")
    known = [parameter.name for parameter in space.parameters]
    checked: dict[str, Value] = {}
    for name, value in values.items():
        if name not in known:
            raise UsageError(
                f"{where}: the space has no parameter {name!r}.{_closest(name, known)} "
                f"It has: {', '.join(known)}"
            )
        domain = space[name].domain
        fitted = _fitted(domain, value)
        if not domain.contains(fitted):
            raise UsageError(f"{where}: {name} = {_toml(value)} is not possible. It must be {_rule(domain)}")
        checked[name] = fitted
    return checked


def _fitted(domain: Domain, value: Any) -> Any:
    """A whole number where a real one belongs is meant as one; nothing else is mended."""
    real = isinstance(domain, Float) or (isinstance(domain, Choice) and isinstance(domain.options[0], float))
    return float(value) if real and isinstance(value, int) and not isinstance(value, bool) else value


def _inactive(parameter: Parameter, value: Value, config: Config) -> str:
    when = parameter.when
    assert when is not None
    values = " or ".join(_toml(one) for one in when.values)
    has = f"is {_toml(config[when.parent])}" if when.parent in config else "does not count"
    return (
        f"{parameter.name} = {_toml(value)} counts only while {when.parent} is {values}, and here "
        f"{when.parent} {has}. Take the line out, or change {when.parent}"
    )


def _rule(domain: Domain) -> str:
    match domain:
        case Float(low, high):
            return f"a number from {low:g} to {high:g}"
        case Int(low, high, step):
            return f"a whole number from {low} to {high}" + (f" in steps of {step}" if step > 1 else "")
        case Choice(options):
            return f"one of {', '.join(_toml(option) for option in options)}"
        case Fixed(value):
            return f"{_toml(value)}, which this space does not search"


def _toml(value: Any) -> str:
    """A value as it stands in a file, at most 60 characters of it."""
    if isinstance(value, bool):
        return str(value).lower()
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _closest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
    return f" Did you mean {close[0]}?" if close else ""
