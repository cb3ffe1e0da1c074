"""Why people chose their values."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from reports import palette, tables
from reports.chart import Axis, Bars, Chart, Dots, Panel, Part
from reports.contest_data import Competitor, ContestData
from reports.contest_groups import COLOURS, MARK, correlated, grouped, signed, withheld
from reports.people_part import PeoplePart, framed, lines, split
from reports.statistics import associate
from reports.tables import error
from tuners.contest.record import Reason

COLOURS_OF = dict(
    zip(Reason, (palette.ORANGE, palette.SKY, palette.GREEN, palette.BLUE, palette.GREY), strict=True)
)


class Reasons(PeoplePart):
    name = "reasons"
    title = "Why values were chosen"
    lead = (
        "The reasons that people gave for the values of their trainings: each person’s shares, averaged over the people of a "
        "group, so that who explained most does not count most. It was voluntary to give them, and a reason is what somebody "
        "says, not what happened."
    )
    chapter = "Experience"
    position = 110
    study = ("guess_rho", "novice_before")

    def frame(self, data: ContestData) -> pd.DataFrame:
        people = [one for one in data.people if any(step.reasons for step in one.steps)]
        shares = {one.label: _shares(one) for one in people}
        rows = []
        for name, members in grouped(data, people).items():
            for reason in Reason:
                own = [shares[one.label][reason] for one in members]
                rows.append((name, str(reason), sum(own) / len(own), len(own)))
        said = [one for one in people if one.months is not None]
        guessed = [shares[one.label][Reason.GUESS] for one in said]
        found = associate([one.months or 0 for one in said], guessed)
        says = correlated(found, len(said), "months of experience", "the share of guesses")
        given = sum(len(step.reasons) for one in people for step in one.steps)
        says.insert(0, f"{given:,} reasons were given by {len(people)} people.")
        ours = {"guess_rho": signed(found.rho)} if found else {}
        novices = [row for row in rows if row[0].startswith("novice") and row[1] == Reason.BEFORE]
        if novices:
            ours["novice_before"] = f"{error(novices[0][2])} %"
        # For pages alone: in a report months would be of single people.
        points = (
            []
            if data.public
            else [
                [one.label, str(one.group), float(one.months or 0), share]
                for one, share in zip(said, guessed, strict=True)
            ]
        )
        nothing = "Nobody gave a reason."
        columns = ["group", "reason", "share", "people"]
        return framed(
            data, rows, columns, nothing, says=[*says, *withheld(data, people)], ours=ours, points=points
        )

    def chart(self, frame: pd.DataFrame) -> Chart:
        groups = tuple(dict.fromkeys(frame["group"]))
        bars: list[Part] = []
        base = [0.0] * len(groups)
        for reason, own in split(frame, "reason"):
            heights = own["share"].tolist()
            hover = tuple(
                f"{reason}: {error(height)} % ({group})"
                for group, height in zip(groups, heights, strict=True)
            )
            bars.append(
                Bars(
                    str(reason),
                    list(range(len(groups))),
                    heights,
                    COLOURS_OF[Reason(reason)],
                    0.6,
                    tuple(base),
                    hover,
                )
            )
            base = [low + height for low, height in zip(base, heights, strict=True)]
        share = Axis("share of the reasons", percent=True, low=0, high=1)
        panels = [Panel(Axis("", ticks=groups), share, tuple(bars))]
        points = pd.DataFrame(frame.attrs["points"], columns=["person", "group", "months", "guesses"])
        if len(points):
            dots = tuple(
                Dots(
                    str(name), own["months"].tolist(), own["guesses"].tolist(), COLOURS[str(name)], MARK[str(name)], True,
                    tuple(f"{r.person}, {r.months:.0f} months: {error(r.guesses)} %" for r in lines(own)),
                )
                for name, own in split(points, "group")
            )  # fmt: skip
            panels.append(Panel(Axis("months of experience"), Axis("share of guesses", percent=True), dots))
        return Chart(tuple(panels))

    def table(self, frame: pd.DataFrame) -> str:
        groups = list(dict.fromkeys(frame["group"]))
        wide = frame.pivot(index="reason", columns="group", values="share")
        rows = [
            [str(reason), *(error(wide.loc[str(reason), group]) for group in groups)] for reason in Reason
        ]
        people = [str(frame[frame["group"] == group]["people"].iloc[0]) for group in groups]
        return tables.table(["mean share in %", *groups], [*rows, ["people", *people]], right=groups)


def _shares(one: Competitor) -> dict[Reason, float]:
    counts = Counter(reason for step in one.steps for reason in step.reasons)
    return {reason: counts[reason] / counts.total() for reason in Reason}
