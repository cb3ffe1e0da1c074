"""What so many people could have shown, and how many it takes."""

from __future__ import annotations

import itertools
import math

import pandas as pd

from reports import people_cells, tables
from reports.contest_data import ContestData
from reports.contest_groups import sizes
from reports.people_part import RULE, PeoplePart, framed, lines
from reports.statistics import (
    CORRELATE_FROM,
    GROUP_FROM,
    detectable_correlation,
    detectable_effect,
    people_for_correlation,
    people_for_effect,
)

#: Conventions for a small, a medium and a large effect, and a very large one.
EFFECTS = (0.5, 0.8, 1.0, 1.5)
CORRELATIONS = (0.3, 0.5, 0.7)


class Power(PeoplePart):
    name = "power"
    title = "What could have been seen"
    lead = (
        "How large a difference or correlation must be for 80 of 100 contests of this size to show it at the 5 % level, and how "
        "many people it takes for smaller ones. It is worked out from the number of people alone, not from what was found. "
        + RULE
    )
    chapter = "How sure"
    position = 150

    def frame(self, data: ContestData) -> pd.DataFrame:
        people = [one for one in data.people if one.eval_error is not None]
        rows: list[tuple[str, str, str]] = []
        told = [one for one in people if one.months is not None]
        if people:
            rows.append(
                (
                    "months and final accuracy",
                    f"{len(told)} people",
                    f"rank correlation from {detectable_correlation(len(told)):.2f} on"
                    if len(told) >= CORRELATE_FROM
                    else f"none computed below {CORRELATE_FROM} people",
                )
            )
        counts = {name: size for name, size in sizes(people).items()}
        kept = people_cells.told(counts, data.public)
        pairs = list(itertools.combinations(kept, 2))
        rows += [
            (
                f"{first} and {second}",
                f"{counts[first]} and {counts[second]}",
                _effect(counts[first], counts[second], len(pairs)),
            )
            for first, second in pairs
        ]
        for tuner in data.tuners:
            searches = sum(one.eval_error is not None for one in data.of(tuner))
            if people:
                rows.append(
                    (
                        f"people and {tuner}",
                        f"{len(people)} and {searches}",
                        _effect(len(people), searches, len(data.tuners)),
                    )
                )
        nothing = "No person has a score yet."
        return framed(data, rows, ["comparison", "numbers", "visible from"], nothing)

    def table(self, frame: pd.DataFrame) -> str:
        rows = [list(row) for row in lines(frame)]
        seen = tables.table(["comparison", "numbers", "visible from"], rows)
        needed = [
            *(
                [
                    f"two groups {effect:.1f} standard deviations apart",
                    *(_count(people_for_effect(effect, tests)) for tests in (1, 3)),
                ]
                for effect in EFFECTS
            ),
            *(
                [f"rank correlation of {rho:g}", _count(people_for_correlation(rho), "in all"), tables.DASH]
                for rho in CORRELATIONS
            ),
        ]
        columns = ["people for one comparison", "for three comparisons together"]
        return f"{seen}\n\nHow many it takes:\n\n{tables.table(['to see', *columns], needed, right=columns)}"


def _effect(first: int, second: int, tests: int) -> str:
    if min(first, second) < GROUP_FROM:
        return f"no test below {GROUP_FROM} in each"
    size = detectable_effect(first, second, tests)
    together = f", {tests} comparisons together" if tests > 1 else ""
    return f"{size:.1f} standard deviations{together}" if math.isfinite(size) else "nothing"


def _count(people: int | None, unit: str = "in each group") -> str:
    return tables.DASH if people is None else f"{people:,} {unit}"
