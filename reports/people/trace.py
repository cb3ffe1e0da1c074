"""Mean dev accuracy of the first ten tries, by group."""

from __future__ import annotations

import math

import pandas as pd

from reports import tables
from reports.chart import Axis, Chart, Panel, Part, Whiskers
from reports.contest_data import ContestData
from reports.contest_groups import COLOURS, MARK, grouped, withheld
from reports.people_cells import FEWEST
from reports.people_part import PeoplePart, framed, lines, split
from reports.tables import error

TRIES = 10


class Trace(PeoplePart):
    name = "trace"
    title = "The first ten tries, as the study shows them"
    lead = (
        "Mean dev accuracy of the first, second, … tenth training by group, with its standard error. It is not the best so far: "
        "who tries something daring falls back. The means of later tries are of fewer people, those who were still "
        "trying, so that a curve can rise because others stopped. The part on the best so far has neither fault."
    )
    chapter = "As in the study"
    position = 140

    def frame(self, data: ContestData) -> pd.DataFrame:
        people = [one for one in data.people if one.steps]
        rows = []
        for name, members in grouped(data, people).items():
            for place in range(TRIES):
                values = pd.Series(
                    [
                        1 - error
                        for one in members
                        if len(one.steps) > place and (error := one.steps[place].dev_error) is not None
                    ],
                    dtype=float,
                )
                if not len(values) or (data.public and len(values) < FEWEST):
                    continue
                scatter = float(values.std() / math.sqrt(len(values))) if len(values) > 1 else math.nan
                rows.append((name, place + 1, float(values.mean()), scatter, len(values)))
        nothing = f"No try of {FEWEST} people or more is there to be averaged."
        columns = ["group", "try", "accuracy", "standard error", "people"]
        return framed(data, rows, columns, nothing, says=withheld(data, people))

    def chart(self, frame: pd.DataFrame) -> Chart:
        drawn: list[Part] = []
        groups = list(dict.fromkeys(frame["group"]))
        for place, (name, own) in enumerate(split(frame, "group")):
            shift = 0.12 * (place - (len(groups) - 1) / 2)
            own = own.set_index("try").reindex(
                range(1, TRIES + 1)
            )  # a try that is not told of breaks the line
            mean, scatter = own["accuracy"], own["standard error"]
            drawn.append(
                Whiskers(
                    str(name), [number + shift for number in own.index], mean.tolist(), (mean - scatter).tolist(),
                    (mean + scatter).tolist(), COLOURS[str(name)], MARK[str(name)], "y",
                    tuple(f"{name}: {error(r[1])} % of {tables.count(r[3])} people" for r in lines(own)),
                    joined=True,
                )
            )  # fmt: skip
        x = Axis("try", low=0.4, high=TRIES + 0.6)
        return Chart((Panel(x, Axis("dev accuracy", percent=True), tuple(drawn)),), height=400)

    def table(self, frame: pd.DataFrame) -> str:
        rows = [[row[0], str(row[1]), error(row[2], row[3]), str(row[4])] for row in lines(frame)]
        numbers = ["try", "mean dev accuracy in % ± standard error", "people"]
        return tables.table(["group", *numbers], rows, right=numbers)
