"""From what somebody fills in to a configuration, by the rules that hold for autotuners as well.

What is left blank takes its default, and what does not belong to the chosen optimizer is left out, whatever a form
still holds of it. Epochs, batch size, loss and optimizer have to be chosen, as in the study.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from datasets.errors import UsageError
from datasets.plugins import unknown
from manual.learner import Config, Value
from tuners.contest.task import ContestTask
from tuners.space import Choice, Domain, Fixed, Float, Int, Parameter, is_active

#: 1,500 is fifteen hundred to some and one and a half to others; 0,001 and 12,5 are no thousands to anybody.
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")

MANDATORY = ("epochs", "batch_size", "loss", "optimizer")


@dataclass(frozen=True)
class Field:
    """One entry of the form. help: one sentence. options: how the values of a choice are shown, in their order.

    parameter: domain and default. mandatory: has to be chosen; its default is for the entry that leaves all as it is.
    """

    name: str
    label: str
    help: str
    parameter: Parameter
    mandatory: bool
    options: Mapping[Value, str] = field(default_factory=dict)

    @property
    def rule(self) -> str:
        """What may be entered, such as "a number from 0 to 1"."""
        match self.parameter.domain:
            case Float(low, high):
                return f"a number from {plain(low)} to {plain(high)}"
            case Int(low, high):
                return f"a whole number from {low} to {high}"
            case Choice(options):
                return f"one of: {', '.join(self.options.get(option, str(option)) for option in options)}"
            case Fixed(value):
                return f"always {value}"


#: Label and help of each hyperparameter.
WORDS: Mapping[str, tuple[str, str]] = {
    "epochs": ("Epochs", "How often the training goes through all training samples."),
    "batch_size": (
        "Batch size",
        "How many samples each step looks at; small batches make many noisy steps, large ones few smooth steps.",
    ),
    "loss": ("Loss", "What each step tries to make smaller; the accuracy is measured the same way for all."),
    "optimizer": ("Optimizer", "The rule that turns gradients into steps; each brings settings of its own."),
    "learning_rate": (
        "Learning rate",
        "The length of a step; too short learns too slowly, too long throws the weights about.",
    ),
    "weight_decay": (
        "Weight decay",
        "How strongly each step pulls the weights towards 0, against learning by heart.",
    ),
    "momentum": ("Momentum", "The share of the last step that goes into the next one; 0 forgets it."),
    "rho": ("Rho", "The share of the past in Adadelta's running mean of squared gradients."),
    "lambd": ("Lambda", "How fast the steps of averaged SGD become shorter."),
    "alpha": (
        "Alpha",
        "RMSprop: the share of the past in the running mean of squared gradients; averaged SGD: the power "
        "with which steps become shorter.",
    ),
    "epsilon": (
        "Epsilon",
        "A small number that keeps a division from exploding; a large one makes the steps of all weights alike.",
    ),
    "lr_decay": (
        "Learning rate decay",
        "How fast the steps of Adagrad become shorter on top of its own rule.",
    ),
    "initial_accumulator_value": (
        "Initial accumulator value",
        "Where Adagrad's sum of squared gradients starts; a larger value makes the first steps shorter.",
    ),
    "beta1": ("Beta 1", "The share of the past in Adam's running mean of gradients, its momentum."),
    "beta2": ("Beta 2", "The share of the past in Adam's running mean of squared gradients."),
}

#: How options are shown.
OPTIONS: Mapping[str, Mapping[Value, str]] = {
    "loss": {
        "cross-entropy": "Cross entropy",
        "nll": "Negative log-likelihood",
        "mse": "Mean squared error",
        "l1": "Mean absolute error (L1)",
    },
    "optimizer": {
        "adam": "Adam",
        "sgd": "SGD",
        "asgd": "Averaged SGD",
        "adagrad": "Adagrad",
        "adadelta": "Adadelta",
        "rmsprop": "RMSprop",
    },
}


def fields(task: ContestTask) -> tuple[Field, ...]:
    """All entries of the task's form, in its order."""
    return tuple(
        Field(one.name, *WORDS[one.name], one, one.name in MANDATORY, OPTIONS.get(one.name, {}))
        for one in task.space.parameters
    )


def active(task: ContestTask, given: Mapping[str, Value | None]) -> tuple[Field, ...]:
    """The entries that count for what is chosen so far; without an optimizer, those that every one has."""
    chosen = {name: value for name, value in given.items() if value is not None}
    return tuple(one for one in fields(task) if is_active(one.parameter, chosen))


def resolve(task: ContestTask, given: Mapping[str, Value | None]) -> Config:
    """The configuration that is trained. Numbers may be given as text; None and blank text are left out.

    Raises UsageError with the rule, the value and the way out of all that is wrong.
    """
    config, wrong = _read(task, given)
    if wrong:
        raise UsageError(" ".join(wrong))
    return config


def mistakes(task: ContestTask, given: Mapping[str, Value | None]) -> list[str]:
    """A sentence or two on each entry that cannot be resolved, in the order of the form."""
    return _read(task, given)[1]


def _read(task: ContestTask, given: Mapping[str, Value | None]) -> tuple[Config, list[str]]:
    """What is right, and what is wrong."""
    entries = fields(task)
    known = [one.name for one in entries]
    for name in given:
        if name not in known:
            raise unknown("hyperparameter", name, known)
    config: dict[str, Value] = {}
    wrong: list[str] = []
    for one in entries:
        if not is_active(one.parameter, config):
            continue
        value = given.get(one.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if one.mandatory:
                wrong.append(f"{one.label} is missing: choose {one.rule}.")
            else:
                config[one.name] = one.parameter.default
        elif (fitted := _fitted(one.parameter.domain, value)) is not None:
            config[one.name] = fitted
        else:
            wrong.append(_wrong(one, value))
    return config, wrong


def defaults(task: ContestTask) -> Config:
    """The configuration of somebody who leaves everything as it is."""
    return task.space.defaults()


def optional_defaults(task: ContestTask, config: Config) -> bool:
    """Whether a resolved configuration has every optional value as suggested."""
    return all(
        config[one.name] == one.parameter.default
        for one in fields(task)
        if one.name in config and not one.mandatory
    )


def plain(value: Value) -> str:
    """A value as people write it: 0.00001, not 1e-05; below a millionth in powers of ten."""
    if not isinstance(value, float):
        return str(value)
    if value != 0 and abs(value) < 1e-6:
        return f"{value:g}"
    return f"{value:.10f}".rstrip("0").rstrip(".")


def exact(value: Value) -> str:
    """The same, to the last digit that counts: what reads it gets this very value."""
    text = plain(value)
    return repr(value) if isinstance(value, float) and float(text) != value else text


def _wrong(one: Field, value: Value) -> str:
    shown = str(value).strip()
    comma = " A comma may mean thousands here: write decimals with a point." if "," in _point(shown) else ""
    shown = shown if len(shown) <= 40 else f"{shown[:37]}..."
    blank = "" if one.mandatory else f" Left blank, it is {plain(one.parameter.default)}."
    return f"{one.label} = {shown} is not possible. It must be {one.rule}.{comma}{blank}"


def _point(text: str) -> str:
    """The same with a point for a decimal comma, as many countries write it; a comma that may separate thousands stays."""
    decimal = text.count(",") == 1 and "." not in text and THOUSANDS.fullmatch(text.strip()) is None
    return text.replace(",", ".") if decimal else text


def _fitted(domain: Domain, value: Value) -> Value | None:
    """The value in the type of its domain; None where it is not in it."""
    number = _number(domain, value)
    return number if number is not None and domain.contains(number) else None


def _number(domain: Domain, value: Value) -> Value | None:
    """The value in the type of its domain; None where it is none."""
    if not isinstance(domain, Float | Int):
        return value
    if isinstance(value, bool):
        return None
    try:
        number = float(_point(value) if isinstance(value, str) else value)
    except (ValueError, TypeError, OverflowError):
        return None
    if not math.isfinite(number):
        return None
    if isinstance(domain, Float):
        return number
    return int(number) if number.is_integer() else None
