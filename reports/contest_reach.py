"""After how many tries somebody first had a dev accuracy, or that they never had."""

from __future__ import annotations

from reports.contest_data import Competitor

#: The thesis's thresholds of dev accuracy; the paper leaves out the last.
THRESHOLDS = (0.25, 0.5, 0.75)

#: Two accuracies closer than this are the same: they are counts over dev samples.
ROUNDING = 1e-9


def reached(one: Competitor, threshold: float) -> tuple[int, bool]:
    """The number of the first try with that accuracy and True; else how many they made, and False."""
    for number, step in enumerate(one.steps, start=1):
        if step.dev_error is not None and 1 - step.dev_error >= threshold - ROUNDING:
            return number, True
    return len(one.steps), False


def percent(threshold: float) -> str:
    return f"{100 * threshold:.0f} %"
