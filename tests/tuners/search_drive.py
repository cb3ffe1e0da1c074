"""Drives a search algorithm without a loop: asks, answers from the configuration, keeps the records."""

from __future__ import annotations

import zlib

import pytest

from datasets.plugins import all_plugins_required, scan
from tuners.record import Outcome, TrialRecord, TrialState
from tuners.searcher import SEARCH, SearcherPlugin, Task
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace

SPACE = SearchSpace(
    (
        Parameter("layers", Int(1, 3), 2),
        Parameter("units", Int(8, 64, step=8), 16),
        Parameter("rate", Float(1e-4, 1e-1, log=True), 1e-3),
        Parameter("dropout", Float(0.0, 0.5), 0.0, Condition("layers", (2, 3))),
        Parameter("shape", Choice(("cone", "box")), "box", Condition("layers", (3,))),
        Parameter("bias", Choice((True, False)), True),
    )
)
EPOCHS = 9
CONFIGS = tuple(SPACE.defaults() | {"units": 8 * units} for units in range(1, 9))

SEARCHERS = scan(SEARCH, SearcherPlugin)


def start(name: str, seed: int = 5, space: SearchSpace = SPACE, guard: bool = True):
    plugin = SEARCHERS[name]
    reason = plugin.missing()
    if reason and all_plugins_required():
        pytest.fail(f"{name} {reason}")
    if reason:
        pytest.skip(f"{name} {reason}")
    return plugin.start(Task(space, seed, EPOCHS, CONFIGS, guard))


def dev_error(config) -> float:
    return zlib.crc32(repr(sorted(config.items())).encode()) / 2**32


def good(suggestion) -> Outcome:
    return Outcome(TrialState.COMPLETE, dev_error(suggestion.config), suggestion.epochs, 1.0)


def mixed(suggestion) -> Outcome:
    """Some of everything that can become of a trial."""
    match suggestion.number % 5:
        case 1:
            return Outcome(TrialState.FAILED, None, 0, 1.0, "out of memory")
        case 2:
            return Outcome(TrialState.DEGENERATE, 0.5, suggestion.epochs, 1.0, "one class")
        case _:
            return good(suggestion)


def drive(searcher, count: int, outcome=good, trials: list[TrialRecord] | None = None) -> list[TrialRecord]:
    """Asks and tells `count` times more, one after the other, as records of a store."""
    trials = [] if trials is None else trials
    for _ in range(count):
        suggestion = searcher.ask()
        if suggestion is None:
            break
        result = outcome(suggestion)
        events = 2 * len(trials)
        searcher.tell(suggestion, result)
        trials.append(recorded(suggestion, result, events, events + 1))
    return trials


def recorded(suggestion, result: Outcome | None, asked: int, told: int | None) -> TrialRecord:
    return TrialRecord(
        study="s",
        system="A",
        number=suggestion.number,
        state=result.state if result else TrialState.RUNNING,
        config=dict(suggestion.config),
        seed=1,
        epochs_planned=suggestion.epochs,
        first_epoch=suggestion.first_epoch,
        parent=suggestion.parent,
        asked=asked,
        told=told,
        dev_error=result.dev_error if result else None,
        epochs=result.epochs if result else 0,
        seconds=1.0,
    )


def suggestions(trials):
    return [trial.suggestion for trial in trials]
