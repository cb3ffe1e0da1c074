"""The way of one search: what it had spent and found after each of its trials, and what it selects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tuners.record import TrialRecord, TrialState

#: States whose dev error counts when the winner is chosen, in this order: a pruned trial is chosen only
#: where none was trained to its end, a degenerate one only for want of any other.
SELECTABLE = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.DEGENERATE)


@dataclass(frozen=True)
class Step:
    """After one more trial: trials, epochs and seconds of training spent so far, and the lowest dev error.

    best: of trials that were trained to their end, as only these are selected; None before the first.
    """

    trial: TrialRecord
    trials: int
    epochs: int
    seconds: float
    best: float | None


def path(trials: Iterable[TrialRecord]) -> list[Step]:
    """The trained trials of one search in the order of their results.

    A network that predicts one class is selected only for want of others: it sets no record.
    """
    done = sorted(
        (trial for trial in trials if trial.repeat_of is None and trial.told is not None),
        key=lambda trial: trial.told or 0,
    )
    steps: list[Step] = []
    epochs, seconds, best = 0, 0.0, None
    for place, trial in enumerate(done, start=1):
        epochs, seconds = epochs + trial.epochs, seconds + trial.seconds
        if trial.state == TrialState.COMPLETE and trial.dev_error is not None:
            best = trial.dev_error if best is None else min(best, trial.dev_error)
        steps.append(Step(trial, place, epochs, seconds, best))
    return steps


def searches(trials: Iterable[TrialRecord]) -> dict[tuple[str, int], list[TrialRecord]]:
    """The trials of each search, by system and repeat."""
    found: dict[tuple[str, int], list[TrialRecord]] = {}
    for trial in trials:
        found.setdefault((trial.system, trial.repeat), []).append(trial)
    return found


def winner(trials: Iterable[TrialRecord]) -> TrialRecord | None:
    """The trial with the lowest dev error, in the order of SELECTABLE; the earlier of two equal ones."""
    candidates = [t for t in trials if t.state in SELECTABLE and t.repeat_of is None]
    return min(
        candidates, key=lambda t: (SELECTABLE.index(t.state), t.dev_error, t.repeat, t.number), default=None
    )
