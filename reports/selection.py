"""What the lowest of many dev errors is worth: the incumbent of a search after n trials, on dev and on the second dev set.

Selecting by an error that is measured with noise selects lucky noise as well, so the selected error is too low
(the winner's curse; for model selection: Cawley and Talbot, 2010, "On over-fitting in model selection and subsequent
selection bias in performance evaluation"). Errors on samples that nothing was selected by do not have that bias.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuners.path import path
from tuners.record import EpochRecord, TrialRecord, TrialState

Floats = NDArray[np.float64]

#: Candidates by dev among which a second dev set may choose.
SHORT_LIST = 10


@dataclass(frozen=True)
class Candidate:
    """A trial that may be selected: errors as fractions, NaN where nothing was measured.

    dev, second: at the epoch with the lowest dev error. last_dev, last_second: after the last epoch.
    turned_dev, turned_second: at the epoch with the lowest error on the second dev set.
    """

    number: int
    dev: float
    second: float
    last_dev: float
    last_second: float
    turned_dev: float
    turned_second: float


@dataclass(frozen=True)
class Curve:
    """By the number of trials, shape (N,): chosen, the error by which the incumbent was chosen, and held, its error on
    the part that did not choose. NaN where there is no incumbent yet."""

    chosen: Floats
    held: Floats


#: By rule: the error of a candidate that chooses, and the one that is measured.
RULES: Mapping[str, tuple[str, str]] = {"best": ("dev", "second"), "last": ("last_dev", "last_second")}

#: The same with dev and the second dev set in each other's place.
TURNED: Mapping[str, tuple[str, str]] = {
    "best": ("turned_second", "turned_dev"),
    "last": ("last_second", "last_dev"),
}


def candidates(trials: Iterable[TrialRecord], epochs: Iterable[EpochRecord]) -> list[Candidate | None]:
    """The trained trials of one search in the order of their results; None for one that cannot win."""
    curves: dict[int, list[EpochRecord]] = {}
    for epoch in epochs:
        curves.setdefault(epoch.trial, []).append(epoch)
    return [_candidate(step.trial, curves.get(step.trial.number, [])) for step in path(trials)]


def _candidate(trial: TrialRecord, curve: list[EpochRecord]) -> Candidate | None:
    if trial.state != TrialState.COMPLETE or trial.dev_error is None:
        return None
    curve = sorted(curve, key=lambda point: point.epoch)
    if not curve:
        return Candidate(trial.number, trial.dev_error, *[np.nan] * 5)
    best = next((point for point in curve if point.epoch == trial.best_epoch), curve[-1])
    turned = min(curve, key=lambda point: _number(point.second_error))
    return Candidate(
        trial.number,
        trial.dev_error,
        _number(best.second_error),
        curve[-1].dev_error,
        _number(curve[-1].second_error),
        turned.dev_error if turned.second_error is not None else np.nan,
        _number(turned.second_error),
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def incumbents(search: Sequence[Candidate | None], rule: tuple[str, str]) -> Curve:
    """The incumbent after 1, 2, ... N trials in the order in which they ended. rule: one of RULES or TURNED."""
    chooses, measures = rule
    chosen, held = np.full(len(search), np.nan), np.full(len(search), np.nan)
    best = (np.inf, 0)
    values = (np.nan, np.nan)
    for place, candidate in enumerate(search):
        if candidate is not None:
            rank = (getattr(candidate, chooses), candidate.number)
            if rank < best:
                best, values = rank, (rank[0], getattr(candidate, measures))
        chosen[place], held[place] = values
    return Curve(chosen, held)


def mean_incumbents(search: Sequence[Candidate | None], rule: tuple[str, str]) -> Curve:
    """The same, averaged over all orders of the trials: exact where any order was as likely as the one that happened.

    That holds for random search, whose trials know nothing of each other. Orders without a candidate among their first
    n trials are left out at n. The candidate with j better ones is the best of n out of N trials with probability
    C(N - 1 - j, n - 1) / C(N, n).
    """
    chooses, measures = rule
    total = len(search)
    usable = [candidate for candidate in search if candidate is not None]
    ranked = sorted(usable, key=lambda candidate: (getattr(candidate, chooses), candidate.number))
    ranked = [candidate for candidate in ranked if not np.isnan(getattr(candidate, chooses))]
    if not ranked:
        return Curve(np.full(total, np.nan), np.full(total, np.nan))
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, total + 1)))])  # of factorials
    worse = total - 1 - np.arange(len(ranked))[:, None]
    others = np.arange(total)[None, :]  # n - 1
    possible = others <= worse
    rest = np.where(possible, worse - others, 0)
    weights = np.where(
        possible,
        np.exp(
            logs[worse]
            - logs[others]
            - logs[rest]
            - (logs[total] - logs[others + 1] - logs[total - 1 - others])
        ),
        0.0,
    )
    weights /= weights.sum(axis=0)
    values = np.array([[getattr(c, name) for name in (chooses, measures)] for c in ranked])
    return Curve(values[:, 0] @ weights, values[:, 1] @ weights)


@dataclass(frozen=True)
class Recheck:
    """What a second dev set makes of the SHORT_LIST best by dev: errors of the winner by dev, and of the one among them
    with the lowest second error, which is a lowest of several itself and therefore too low."""

    dev: float
    second: float
    chosen_dev: float
    chosen_second: float


def recheck(search: Sequence[Candidate | None]) -> Recheck | None:
    """None where no candidate was measured on a second dev set."""
    usable = [c for c in search if c is not None and not np.isnan(c.second)]
    if not usable:
        return None
    short = sorted(usable, key=lambda c: (c.dev, c.number))[:SHORT_LIST]
    chosen = min(short, key=lambda c: (c.second, c.dev, c.number))
    return Recheck(short[0].dev, short[0].second, chosen.dev, chosen.second)
