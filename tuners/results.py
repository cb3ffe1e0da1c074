"""What an algorithm may learn from an outcome."""

from __future__ import annotations

import math

from tuners.record import Outcome, TrialState


def error_of(outcome: Outcome) -> float | None:
    """The dev error to learn from, in [0, 1]; None where the trial brought none (it failed, or no number)."""
    error = outcome.dev_error
    if outcome.state in (TrialState.FAILED, TrialState.CANCELLED) or error is None:
        return None
    return error if math.isfinite(error) else None
