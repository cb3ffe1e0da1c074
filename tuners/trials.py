"""Which trials of a system say something about its hyperparameters. Shared by what computes and what shows."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tuners.record import TrialRecord, TrialState

#: Fewer completed trials than these say nothing about a hyperparameter.
FEWEST = 10

#: The kind of the insight that holds importances.
IMPORTANCE = "importance"


def judged(trials: Iterable[TrialRecord]) -> list[TrialRecord]:
    """Trials that were trained to their end: a result that was told again would count twice."""
    return [
        trial
        for trial in trials
        if trial.state == TrialState.COMPLETE
        and trial.repeat_of is None
        and trial.dev_error is not None
        and math.isfinite(trial.dev_error)
    ]
