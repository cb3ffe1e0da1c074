"""Drives a search algorithm without a loop: asks, answers from the configuration, keeps the records."""

from __future__ import annotations

import zlib
from dataclasses import replace

import pytest

from datasets.plugins import all_plugins_required, scan
from tuners.record import Outcome, TrialRecord, TrialState
from tuners.searcher import SEARCH, SearcherPlugin, Task
from tuners.space import Choice, Condition, Float, Int, Parameter, SearchSpace, config_key

SPACE = SearchSpace(
    (
        Parameter("layers", Int(1, 3), 2),
        Parameter("units", Int(8, 64, step=8), 16),
        Parameter("rate", Float(1e-4, 1e-1, log=True), 1e-3, trains_on=True),
        Parameter("dropout", Float(0.0, 0.5), 0.0, Condition("layers", (2, 3))),
        Parameter("shape", Choice(("cone", "box")), "box", Condition("layers", (3,))),
        Parameter("bias", Choice((True, False)), True),
    )
)
EPOCHS = 9
CONFIGS = tuple(
    SPACE.defaults() | {"units": 8 * units, "bias": bias} for units in range(1, 9) for bias in (True, False)
)

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
    return Outcome(TrialState.COMPLETE, dev_error(suggestion.config), _epochs(suggestion), 1.0)


def failing(suggestion) -> Outcome:
    return Outcome(TrialState.FAILED, None, 0, 1.0, "out of memory")


def mixed(suggestion) -> Outcome:
    """Some of everything that can become of a trial."""
    match suggestion.number % 5:
        case 1:
            return failing(suggestion)
        case 2:
            return Outcome(TrialState.DEGENERATE, 0.5, _epochs(suggestion), 1.0, "one class")
        case 3:
            return Outcome(TrialState.PRUNED, dev_error(suggestion.config), 1, 1.0, "stopped")
        case _:
            return good(suggestion)


def _epochs(suggestion) -> int:
    return suggestion.epochs - suggestion.first_epoch


def drive(
    searcher,
    count: int,
    outcome=good,
    trials: list[TrialRecord] | None = None,
    reports: dict[int, list[tuple[int, float]]] | None = None,
) -> list[TrialRecord]:
    """Asks and tells `count` times more, one after the other, as records of a store.

    As the loop does, it answers what was tried before with the earlier result, and reports the epochs of a
    trial to a searcher that wants to know. reports: where to keep these.
    """
    trials = [] if trials is None else trials
    for _ in range(count):
        suggestion = searcher.ask()
        if suggestion is None:
            break
        earlier = next((t for t in trials if _key(t.suggestion, trials) == _key(suggestion, trials)), None)
        if earlier is not None:
            result = replace(earlier.outcome, epochs=0)
        else:
            result, curve = train(searcher, suggestion, outcome(suggestion))
            if reports is not None:
                reports[suggestion.number] = curve
        events = 2 * len(trials)
        searcher.tell(suggestion, result)
        record = recorded(suggestion, result, events, events + 1)
        trials.append(replace(record, repeat_of=None if earlier is None else earlier.number))
    return trials


def train(searcher, suggestion, result: Outcome) -> tuple[Outcome, list[tuple[int, float]]]:
    """What becomes of a trial whose epochs a searcher may cut short, and what was reported of them.

    Its dev error falls in a straight line to that of `result`.
    """
    curve: list[tuple[int, float]] = []
    if not searcher.wants_reports or result.epochs == 0:
        return result, curve
    last = suggestion.first_epoch + result.epochs
    for epoch in range(suggestion.first_epoch + 1, last + 1):
        error = result.dev_error + (1 - result.dev_error) * (last - epoch) / last
        curve.append((epoch, error))
        if not searcher.report(suggestion, epoch, error) and epoch < last:
            trained = epoch - suggestion.first_epoch
            return Outcome(TrialState.PRUNED, error, trained, 1.0, "stopped by the searcher"), curve
    return result, curve


def _key(suggestion, trials: list[TrialRecord]) -> str:
    """What would be trained: a repetition left no weights, so its promotion starts from those of the first."""
    source = suggestion.parent
    if source is not None and trials[source].repeat_of is not None:
        source = trials[source].repeat_of
    return config_key(suggestion.config, suggestion.epochs, suggestion.first_epoch, source)


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
