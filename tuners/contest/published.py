"""The final configurations of the study's 31 participants, as configurations of any task.

The file is appendix B.1 of the study's thesis, without the participants' ids: a row each, with every value that was
submitted. Two rules make it a configuration of a task, and what they changed is recorded:

- What does not belong to the optimizer is left out. The study's form sent what it had hidden along, so that 11 rows
  hold such values that are not defaults; they had no effect there either.
- A value beyond the range of the task becomes the nearest value within. Most of them are epochs: the study had hours
  for 13,000 photographs and up to 1,200 epochs, a contest has minutes. Six have a weight decay above the largest,
  one of them a momentum above 1 as well and another an alpha of 2; one trained on single samples.

So a row says how a configuration of the study does on another task with fewer epochs, not how it did in the study.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from manual.learner import Config, Value
from tuners.contest import form
from tuners.contest.task import ContestTask
from tuners.space import Choice, Domain, Fixed, Float, Int, is_active

FILE = "participants_final.csv"

#: Its columns and options by our names.
COLUMNS = {"loss": "loss_function"}
OPTIONS: Mapping[str, Mapping[str, str]] = {
    "loss": {
        "cross_entropy": "cross-entropy",
        "negative_log_likelihood": "nll",
        "mean_squared_loss": "mse",
    },
    "optimizer": {
        "adam_optimizer": "adam",
        "sgd": "sgd",
        "averaged_sgd": "asgd",
        "ada_grad": "adagrad",
        "ada_delta": "adadelta",
        "rms_prop": "rmsprop",
    },
}


@dataclass(frozen=True)
class Published:
    """row: of the file, counted from 1. changes: in words, of values that lay beyond the task's ranges."""

    row: int
    config: Config
    changes: tuple[str, ...]

    @property
    def label(self) -> str:
        """What it is called beside people and tuners, who have names of their own."""
        return f"Study's participant {self.row}"

    @property
    def note(self) -> str:
        """What was changed, for a table; empty where nothing was."""
        return f"brought into the ranges of this task: {'; '.join(self.changes)}" if self.changes else ""


def published(task: ContestTask) -> tuple[Published, ...]:
    """All 31, in the order of the file."""
    return tuple(_on(task, number, row) for number, row in enumerate(_rows(), start=1))


def _on(task: ContestTask, number: int, row: Mapping[str, str]) -> Published:
    config: dict[str, Value] = {}
    changes: list[str] = []
    for parameter in task.space.parameters:
        if not is_active(parameter, config):
            continue
        name, domain = parameter.name, parameter.domain
        submitted = _value(row[COLUMNS.get(name, name)], name, domain)
        config[name] = _within(domain, submitted)
        if config[name] != submitted:
            changes.append(f"{name} {form.plain(submitted)} became {form.plain(config[name])}")
    return Published(number, task.space.resolve(config), tuple(changes))


def _value(text: str, name: str, domain: Domain) -> Value:
    match domain:
        case Int():
            return int(text)
        case Float():
            return float(text)
        case Choice() | Fixed():
            return OPTIONS[name][text]


def _within(domain: Domain, value: Value) -> Value:
    if isinstance(domain, Int):
        return min(domain.high, max(domain.low, int(value)))
    if isinstance(domain, Float):
        return min(domain.high, max(domain.low, float(value)))
    return value


@cache
def _rows() -> tuple[Mapping[str, str], ...]:
    text = files("tuners.contest").joinpath(FILE).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
