"""Whether people began with the suggested values."""

from __future__ import annotations

import pandas as pd

from reports import palette, people_cells, tables
from reports.chart import Axis, Bars, Chart, Panel
from reports.contest_data import ContestData
from reports.contest_groups import EVERYBODY, sizes
from reports.people_part import PeoplePart, framed, lines
from reports.tables import error


class FirstTry(PeoplePart):
    name = "first_try"
    title = "Beginning with the suggested values"
    lead = (
        "How many people left every optional value of their first training as suggested, by group. Those who did so chose it "
        "themselves, so a better end says nothing of what it would have done for the others."
    )
    chapter = "Experience"
    position = 100
    study = ("defaults_first",)

    def frame(self, data: ContestData) -> pd.DataFrame:
        people = [one for one in data.people if one.defaults_first is not None]
        began = [one for one in people if one.defaults_first]
        rows = []
        for name, size in sizes(people).items():
            count = sum(one.group == name for one in began)
            # In a report both sides of a group have to be large enough, or a total gives the small one away.
            if size and not (data.public and people_cells.share(count, size, True).startswith("not")):
                rows.append((name, count, size))
        if data.public and sum(row[2] for row in rows) != len(people):
            rows = []
        says = [
            f"Of all, {people_cells.share(len(began), len(people), data.public)} began with every optional value as suggested."
        ]
        ends = [1 - one.eval_error for one in began if one.eval_error is not None]
        if ends and (not data.public or len(ends) >= people_cells.FEWEST):
            says.append(
                f"Of the {len(ends)} of them with a score {sum(accuracy > 0.5 for accuracy in ends)} end above 50 %, the lowest at "
                f"{error(min(ends))} %."
            )
        if data.public and not rows:
            says.append(f"By group nothing is told, as some number would be of {people_cells.FEW} people.")
            rows = [(EVERYBODY, len(began), len(people))] if not says[0].startswith("Of all, not") else []
        ours = {"defaults_first": people_cells.share(len(began), len(people), data.public)}
        nothing = "Nobody has trained anything." if not people else says[0]
        return framed(data, rows, ["group", "began with them", "people"], nothing, says=says, ours=ours)

    def chart(self, frame: pd.DataFrame) -> Chart:
        places = list(range(len(frame)))
        began, all_of = frame["began with them"].tolist(), frame["people"].tolist()
        rest = [whole - part for part, whole in zip(began, all_of, strict=True)]
        parts = (
            Bars("every optional value as suggested", places, began, palette.BLUE, 0.6),
            Bars("some value of their own", places, rest, palette.ORANGE, 0.6, began),
        )
        return Chart(
            (Panel(Axis("", ticks=tuple(frame["group"])), Axis("people", low=0), parts),), height=360
        )

    def table(self, frame: pd.DataFrame) -> str:
        rows = [[row[0], str(row[1]), str(row[2])] for row in lines(frame)]
        numbers = ["began with them", "people"]
        return tables.table(["group", *numbers], rows, right=numbers)
