"""Experience and the final accuracy."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.chart import Axis, Chart, Dots, Panel, Part, Whiskers
from reports.contest_data import GROUP_NAMES, ContestData
from reports.contest_groups import COLOURS, MARK, correlated, grouped, jitter, signed, tested, withheld
from reports.people_part import PeoplePart, framed, lines, split
from reports.statistics import associate, mean_interval
from reports.tables import error


class Experience(PeoplePart):
    name = "experience"
    title = "Experience and final accuracy"
    lead = (
        "Final accuracy (on eval, mean over all seeds) by months of experience with deep learning. The whole range of months is "
        "what is tested first, by ranks; the study’s three groups are cut out of it and come second. Bars: mean and 95 % "
        "interval of a group."
    )
    chapter = "Experience"
    position = 80
    study = (
        "spearman_article",
        "spearman_chapter",
        "final_accuracy",
        "final_accuracy_sd",
        "novice",
        "medium",
        "expert",
    )

    def frame(self, data: ContestData) -> pd.DataFrame:
        people = [one for one in data.people if one.months is not None and one.eval_error is not None]
        rows = [
            (one.label, name, None if data.public else one.months, 1 - (one.eval_error or 0.0))
            for name, members in grouped(data, people).items()
            for one in members
        ]
        accuracy = [1 - (one.eval_error or 0.0) for one in people]
        found = associate([one.months or 0 for one in people], accuracy)
        by_group = {
            name: [1 - (one.eval_error or 0.0) for one in people if one.group == name] for name in GROUP_NAMES
        }
        says = [
            *correlated(found, len(people), "months of experience", "final accuracy"),
            *tested(by_group, "final accuracy"),
            *withheld(data, people),
        ]
        ours = {}
        if accuracy:
            ours["final_accuracy"] = f"{error(sum(accuracy) / len(accuracy))} %"
            ours |= {
                key: str(len(by_group[name]))
                for key, name in zip(("novice", "medium", "expert"), GROUP_NAMES, strict=True)
                if not data.public or name in {row[1] for row in rows}
            }
        if len(accuracy) > 1:
            ours["final_accuracy_sd"] = f"{error(float(pd.Series(accuracy).std()))} points"
        if found is not None:
            ours["spearman_article"] = signed(found.rho)
        nothing = (
            "No person has a score on eval yet: final configurations are scored after the contest has ended."
        )
        return framed(data, rows, ["person", "group", "months", "accuracy"], nothing, says=says, ours=ours)

    def chart(self, frame: pd.DataFrame) -> Chart:
        groups = tuple(dict.fromkeys(frame["group"]))
        dots: list[Part] = []
        for place, name in enumerate(groups):
            own = frame[frame["group"] == name]
            interval = mean_interval(own["accuracy"]).within(0, 1)
            shifts = jitter(len(own), 0.16)
            dots.append(
                Dots(
                    name, [place - 0.1 + shift for shift in shifts], own["accuracy"].tolist(), COLOURS[name], MARK[name], True,
                    tuple(f"{row.person}: {error(row.accuracy)} %" for row in lines(own)),
                )
            )  # fmt: skip
            dots.append(
                Whiskers(
                    "", [place + 0.22], [interval.mean], [interval.low], [interval.high], COLOURS[name], MARK[name], "y",
                    (f"mean of {name}: {error(interval.mean)} %",),
                )
            )  # fmt: skip
        y = Axis("final accuracy", percent=True)
        panels = [Panel(Axis("", ticks=groups), y, tuple(dots))]
        if frame["months"].notna().any():
            scatter: list[Part] = [
                Dots(
                    name, own["months"].tolist(), own["accuracy"].tolist(), COLOURS[name], MARK[name], True,
                    tuple(f"{row.person}, {row.months:.0f} months: {error(row.accuracy)} %" for row in lines(own)),
                )
                for name, own in split(frame, "group")
            ]  # fmt: skip
            panels.insert(0, Panel(Axis("months of experience"), y, tuple(scatter)))
        return Chart(tuple(panels), share_y=True)

    def table(self, frame: pd.DataFrame) -> str:
        rows = []
        for name, own in split(frame, "group"):
            interval = mean_interval(own["accuracy"]).within(0, 1)
            known = interval.low == interval.low
            rows.append(
                [
                    str(name),
                    str(len(own)),
                    error(interval.mean),
                    f"{error(interval.low)} to {error(interval.high)}" if known else tables.DASH,
                    error(float(own["accuracy"].median())),
                    error(float(own["accuracy"].std())) if len(own) > 1 else tables.DASH,
                ]
            )
        numbers = ["people", "mean accuracy in %", "95 % interval", "median", "standard deviation"]
        return tables.table(["group", *numbers], rows, right=numbers)
