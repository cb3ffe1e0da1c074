"""What each entrant spent."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.chart import Axis, Chart, Dots, Panel
from reports.contest_data import PEOPLE, ContestData
from reports.contest_paths import family_colours, family_marks
from reports.people_part import PeoplePart, framed, lines, split
from reports.tables import error

COLUMNS = [
    "entrant",
    "family",
    "trainings",
    "without result",
    "epochs",
    "minutes",
    "dev_accuracy",
    "accuracy",
]


class Cost(PeoplePart):
    name = "cost"
    title = "What each spent"
    lead = (
        "Trainings, epochs and minutes of each person and each search, with what they reached. Whatever began to train "
        "counts, cancelled and failed trainings too. A person’s minutes are the clock’s, a search’s are its trainings’. Equal "
        "terms are those of the contest; who used more of them may have gained by that alone."
    )
    chapter = "Outcome"
    position = 40

    def frame(self, data: ContestData) -> pd.DataFrame:
        rows = []
        for one in data.competitors:
            if one.family not in (PEOPLE, *data.tuners) or not one.steps:
                continue
            known = [1 - step.dev_error for step in one.steps if step.dev_error is not None]
            last = one.steps[-1]
            rows.append(
                (
                    one.label, one.family, len(one.steps), len(one.steps) - len(known), last.epochs, last.seconds / 60,
                    max(known, default=None), None if one.eval_error is None else 1 - one.eval_error,
                )
            )  # fmt: skip
        frame = framed(
            data, rows, COLUMNS, "Nobody has trained anything, and no tuner has.",
            colours=family_colours(data), marks=family_marks(data),
        )  # fmt: skip
        return frame.astype({"dev_accuracy": float, "accuracy": float})

    def chart(self, frame: pd.DataFrame) -> Chart | None:
        scored = frame[frame["accuracy"].notna()]
        if scored.empty:
            return None
        panels = tuple(
            Panel(
                Axis(title, low=0),
                Axis("eval accuracy", percent=True),
                tuple(
                    Dots(
                        str(family), own[column].tolist(), own["accuracy"].tolist(), frame.attrs["colours"][family],
                        frame.attrs["marks"][family], False, tuple(f"{r.entrant}: {error(r.accuracy)} %" for r in lines(own)),
                    )
                    for family, own in split(scored, "family")
                ),
            )
            for column, title in (("trainings", "trainings"), ("epochs", "epochs trained"))
        )  # fmt: skip
        return Chart(panels, height=380, share_y=True)

    def table(self, frame: pd.DataFrame) -> str:
        rows = [
            [
                tables.escape(row[0]), f"{row[2]:,}", f"{row[3]:,}", f"{row[4]:,}", f"{row[5]:.1f}", error(row[6]), error(row[7]),
            ]
            for row in lines(frame)
        ]  # fmt: skip
        numbers = [
            "trainings",
            "of these without result",
            "epochs",
            "minutes",
            "best dev accuracy in %",
            "eval accuracy in %",
        ]
        return tables.table(["entrant", *numbers], rows, right=numbers)
