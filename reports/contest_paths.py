"""The best dev error so far of people and of searches, against what they had spent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from reports import palette
from reports.contest_data import DEFAULTS, PEOPLE, PUBLISHED, Competitor, ContestData, Step

#: What it is drawn against: trainings, epochs in all, and minutes.
SCALES: Mapping[str, Callable[[int, Step], float]] = {
    "tries": lambda number, step: number,
    "epochs": lambda number, step: step.epochs,
    "minutes": lambda number, step: step.seconds / 60,
}

TITLES = {"tries": "trainings", "epochs": "epochs trained", "minutes": "minutes"}

#: Points of a curve.
POINTS = 80


def path(one: Competitor, scale: str, guessing: float) -> tuple[list[float], list[float]]:
    """Where the best dev error so far changes, and to what. Before the first result it is that of guessing."""
    spent, best = [0.0], [guessing]
    for number, step in enumerate(one.steps, start=1):
        if step.dev_error is not None and step.dev_error < best[-1]:
            spent.append(float(SCALES[scale](number, step)))
            best.append(step.dev_error)
    return spent, best


def grid(competitors: Sequence[Competitor], scale: str) -> NDArray[np.float64]:
    """Where curves are read: from 0 to the most that anybody spent."""
    most = max(
        (SCALES[scale](len(one.steps), one.steps[-1]) for one in competitors if one.steps), default=0.0
    )
    return np.arange(0.0, most + 1) if scale == "tries" else np.linspace(0.0, most, POINTS)


def read(one: Competitor, scale: str, guessing: float, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """The best dev error so far at these places; who has stopped keeps what they have."""
    spent, best = path(one, scale, guessing)
    return np.array(best)[np.searchsorted(spent, places + 1e-9, side="right") - 1]


def family_colours(data: ContestData) -> dict[str, str]:
    """One colour a family, the same in every figure."""
    colours = (palette.ORANGE, palette.GREEN, palette.PINK, palette.VERMILLION, palette.SKY, palette.YELLOW)
    tuners = {name: colours[place % len(colours)] for place, name in enumerate(data.contest.terms.tuners)}
    return {PEOPLE: palette.BLUE, **tuners, DEFAULTS: palette.GREY, PUBLISHED: "#4D4D4D"}


def family_marks(data: ContestData) -> dict[str, int]:
    """One mark a family, as a place in `palette.MARKS`."""
    names = [PEOPLE, *data.contest.terms.tuners, DEFAULTS, PUBLISHED]
    return {name: place % len(palette.MARKS) for place, name in enumerate(names)}
