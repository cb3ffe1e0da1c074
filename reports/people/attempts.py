"""Tries until a dev accuracy was first reached, as the study draws them."""

from __future__ import annotations

import math

import pandas as pd

from reports import palette, tables
from reports.chart import Axis, Chart, Dots, Panel, Part, Violin
from reports.contest_data import ContestData
from reports.contest_groups import COLOURS, MARK, grouped, jitter, withheld
from reports.contest_reach import THRESHOLDS, percent, reached
from reports.people_part import PeoplePart, framed, lines, split
from reports.statistics import GROUP_FROM


class Attempts(PeoplePart):
    name = "attempts"
    title = "Tries until an accuracy was reached, as the study counts them"
    lead = (
        "How many trainings it took until dev accuracy first reached 25, 50 and 75 %. Hollow marks never reached it: for them "
        "the study put the number of all their tries in its violins, as if the last one had got there. The violins here do the "
        "same, so that they can be held beside the study’s; that makes whoever gave up early look quick, and “Tries until "
        "an accuracy was reached” shows the same without it."
    )
    chapter = "As in the study"
    position = 130

    def frame(self, data: ContestData) -> pd.DataFrame:
        people = [one for one in data.people if one.steps]
        rows = [
            (threshold, name, one.label, *reached(one, threshold))
            for threshold in THRESHOLDS
            for name, members in grouped(data, people).items()
            for one in members
        ]
        nothing = "Nobody has trained anything."
        return framed(
            data,
            rows,
            ["threshold", "group", "person", "tries", "reached"],
            nothing,
            says=withheld(data, people),
        )

    def chart(self, frame: pd.DataFrame) -> Chart:
        groups = tuple(dict.fromkeys(frame["group"]))
        panels = []
        for threshold, part in split(frame, "threshold"):
            drawn: list[Part] = []
            for place, name in enumerate(groups):
                own = part[part["group"] == name].sort_values("tries")
                shifts = pd.Series(jitter(len(own)), index=own.index)
                if own["tries"].nunique() > 1 and len(own) >= GROUP_FROM:
                    drawn.append(Violin("", place, own["tries"].tolist(), COLOURS[name]))
                for hit, legend in ((True, name), (False, "")):
                    some = own[own["reached"] == hit]
                    if len(some):
                        drawn.append(
                            Dots(
                                legend, (place + shifts[some.index]).tolist(), some["tries"].tolist(), COLOURS[name],
                                MARK[name], not hit,
                                tuple(f"{r.person}: {r.tries}{'' if hit else ', never reached'}" for r in lines(some)),
                            )
                        )  # fmt: skip
            drawn.append(Dots("never reached", [math.nan], [math.nan], palette.GREY, 0, True))
            x = Axis("", ticks=tuple(name.partition(" (")[0] for name in groups))
            panels.append(
                Panel(x, Axis("tries", low=0), tuple(drawn), f"dev accuracy of {percent(float(threshold))}")
            )
        return Chart(tuple(panels), share_y=True)

    def table(self, frame: pd.DataFrame) -> str:
        rows = []
        for (threshold, name), own in split(frame, ["threshold", "group"]):
            hits = own[own["reached"]]
            rows.append(
                [
                    percent(threshold),
                    str(name),
                    str(len(own)),
                    str(len(hits)),
                    f"{hits['tries'].median():g}" if len(hits) else tables.DASH,
                    f"{own['tries'].median():g}",
                ]
            )
        numbers = ["people", "reached it", "median of those", "median as the study imputes it"]
        return tables.table(["dev accuracy", "group", *numbers], rows, right=numbers)
