"""The trials of a study over the axes of their search spaces: what all sections on hyperparameters show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from manual.learner import Value
from reports.section import describe
from tuners.path import winner
from tuners.record import HAND, SystemRecord, TrialRecord, TrialState
from tuners.space import Choice, Domain, Fixed, Float, Int, parameters_of
from tuners.store import Store
from tuners.trial_table import PREFIX, trial_table
from tuners.trials import FEWEST, IMPORTANCE, judged

#: States of trials that gave no usable network.
TROUBLED = (TrialState.FAILED.value, TrialState.CANCELLED.value, TrialState.DEGENERATE.value)

#: Trials of which each has its own mark or line; beyond, a sample is drawn that holds the best tenth.
MOST_DRAWN = 1000


T = TypeVar("T")


@dataclass(frozen=True)
class Axis:
    """A parameter as an axis. exact: from the recorded space; else from the values that occur."""

    name: str
    domain: Domain
    exact: bool = True

    @property
    def column(self) -> str:
        return PREFIX + self.name

    @property
    def ordered(self) -> bool:
        """Whether its values have an order: numbers, and options that are numbers in ascending order."""
        if not isinstance(self.domain, Choice):
            return True
        options = self.domain.options
        numbers = all(isinstance(option, int | float) and not isinstance(option, bool) for option in options)
        return numbers and list(options) == sorted(options)

    @property
    def few(self) -> tuple[Value, ...]:
        """All its values where they are few; empty for others."""
        match self.domain:
            case Choice(options):
                return options
            case Int(low, high, step) if (high - low) // step < 6:
                return tuple(range(low, high + 1, step))
        return ()

    def positions(self, values: Iterable[Any]) -> np.ndarray:
        """Places in [0, 1] on the scale of the axis; NaN where a parameter is not active."""
        domain = self.domain
        if isinstance(domain, Choice):
            places = {option: place for place, option in enumerate(domain.options)}
            last = max(1, len(places) - 1)
            return np.array([math.nan if pd.isna(v) else places[v] / last for v in values])
        assert isinstance(domain, Float | Int)
        numbers = np.array([math.nan if pd.isna(v) else float(v) for v in values])
        low, high = float(domain.low), float(domain.high)
        if domain.log:
            numbers, low, high = np.log(numbers), math.log(low), math.log(high)
        return (numbers - low) / (high - low)

    def at(self, place: float) -> str:
        """The number at a place in [0, 1] of an axis of numbers, in three digits."""
        domain = self.domain
        assert isinstance(domain, Float | Int)
        if domain.log:
            return f"{domain.low * (domain.high / domain.low) ** place:.3g}"
        value = domain.low + place * (domain.high - domain.low)
        return f"{value:.3g}" if isinstance(domain, Float) else f"{value:.0f}"

    def ticks(self, most: int = 4) -> tuple[list[float], list[str]]:
        """Where the axis has marks, in [0, 1], and what they say."""
        if self.few:
            values: Sequence[Value] = self.few
            return list(self.positions(values)), [_short(value) for value in values]
        domain = self.domain
        assert isinstance(domain, Float | Int)
        if domain.log:
            low, high = math.ceil(math.log10(domain.low) - 1e-9), math.floor(math.log10(domain.high) + 1e-9)
            stride = max(1, -(-(high - low + 1) // (most + 1)))
            decades = [10.0**power for power in range(low, high + 1, stride)]
            values = decades if len(decades) > 1 else [domain.low, domain.high]
        else:
            numbers = np.linspace(domain.low, domain.high, most)
            values = [round(n) for n in numbers] if isinstance(domain, Int) else [float(n) for n in numbers]
        return list(self.positions(values)), [_short(value) for value in values]


class BySystem(dict[str, T]):
    """What is known of each system, for `attrs`: pandas copies them deeply with every selection, which took most of
    the time of the sections that make many. Nobody changes it, so all copies share it."""

    def __deepcopy__(self, _: dict[int, Any]) -> BySystem[T]:
        return self


def trial_frame(store: Store, study_name: str) -> pd.DataFrame:
    """One row a trial of every autotuned system that has ended, told-again results included.

    Columns as in `tuners.trial_table`. attrs: "axes" (a list a system), "judged" (completed trials of each
    system), "winners" (its best trial as (repeat, number)), "importance" (what the store holds, by
    system), "system" (the one that figures show: that of the lowest dev error; a page may change it).
    Raises UsageError where there is no such study.
    """
    study = store.study(study_name)
    tuned = [system for system in store.systems(study_name) if system.tuner != HAND]
    labels = {system.label for system in tuned}
    ended = (trial for trial in store.trials(study_name) if trial.state != TrialState.RUNNING)
    trials = [trial for trial in ended if trial.system in labels]
    own = {system.label: [t for t in trials if t.system == system.label] for system in tuned}
    frame = describe(trial_table(trials), study)
    winners = {label: found for label in own if (found := winner(own[label])) is not None}
    enough = [label for label in winners if len(judged(own[label])) >= FEWEST]
    frame.attrs["axes"] = BySystem({system.label: axes(system, own[system.label]) for system in tuned})
    frame.attrs["judged"] = BySystem({label: len(judged(own[label])) for label in own})
    frame.attrs["winners"] = BySystem({label: (won.repeat, won.number) for label, won in winners.items()})
    frame.attrs["importance"] = BySystem(store.insights(study_name, IMPORTANCE))
    frame.attrs["system"] = min(
        enough, key=lambda label: winners[label].dev_error or 0.0, default=next(iter(own), None)
    )
    return frame


def axes(system: SystemRecord, trials: Sequence[TrialRecord]) -> list[Axis]:
    """The searched parameters of a system. Rows of an older store hold texts: then the values that occur
    make the axes, and what lies beyond them is not known."""
    known = parameters_of(system.space)
    if known is not None:
        return [Axis(p.name, p.domain) for p in known if not isinstance(p.domain, Fixed)]
    logs = {row["parameter"] for row in system.space if row["scale"] == "log"}
    names = dict.fromkeys(name for trial in trials for name in trial.config)
    found = []
    for name in names:
        values = list(dict.fromkeys(t.config[name] for t in trials if name in t.config))
        if len(values) > 1:
            found.append(Axis(name, _observed(values, name in logs), exact=False))
    return found


def enough(frame: pd.DataFrame) -> bool:
    """Whether at least one autotuned system has completed trials enough to say something."""
    return any(count >= FEWEST for count in frame.attrs["judged"].values())


def of_system(frame: pd.DataFrame) -> pd.DataFrame:
    """The trained trials of the chosen system: results that were told again are no trials of their own."""
    trained: pd.DataFrame = frame[(frame["system"] == frame.attrs["system"]) & frame["repeat_of"].isna()]
    return trained


def axes_of(frame: pd.DataFrame) -> list[Axis]:
    """The axes of the chosen system, the most important first where importances are known."""
    found: list[Axis] = frame.attrs["axes"].get(frame.attrs["system"], [])
    values = importances(frame, frame.attrs["system"])
    return sorted(found, key=lambda axis: -values.get(axis.name, -1.0))


def importances(frame: pd.DataFrame, system: str | None) -> dict[str, float]:
    """Of the parameters of a system that every trial has; empty where none are stored."""
    rows = frame.attrs["importance"].get(system, {}).get("importances", [])
    return {r["parameter"]: r["value"] for r in rows if r["value"] is not None and not r["within"]}


def is_winner(frame: pd.DataFrame) -> pd.Series:
    """Which rows of the chosen system are its best trial."""
    repeat, number = frame.attrs["winners"].get(frame.attrs["system"], (-1, -1))
    best: pd.Series = (frame["repeat"] == repeat) & (frame["number"] == number)
    return best


def drawn(frame: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Rows to draw and what to say of them: all, or the best tenth and a sample of the others."""
    if len(frame) <= MOST_DRAWN:
        return frame, ""
    best = frame["dev_error"].nsmallest(MOST_DRAWN // 10).index
    others = frame.index.difference(best)
    kept = np.random.default_rng(0).choice(others, MOST_DRAWN - len(best), replace=False)
    note = f"{MOST_DRAWN:,} of {len(frame):,} trials drawn: the best {len(best)} and a sample of the others"
    return frame.loc[best.union(pd.Index(kept))], note


def _observed(values: list[Value], log: bool) -> Domain:
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return Int(min(values), max(values), log=log)  # type: ignore[arg-type]
    if all(isinstance(value, float | int) and not isinstance(value, bool) for value in values):
        return Float(float(min(values)), float(max(values)), log=log)
    return Choice(tuple(values))


def _short(value: Value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
