"""The best dev accuracy so far, people and tuners together."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.chart import Axis, Chart, Curve, Panel, Part
from reports.contest_data import PEOPLE, ContestData
from reports.contest_paths import SCALES, TITLES, family_colours, family_marks, grid, read
from reports.people_part import PeoplePart, framed, split
from reports.statistics import BOOTSTRAP_FROM, bootstrap_band
from reports.tables import error

COLUMNS = ["scale", "family", "member", "spent", "accuracy", "low", "high", "members"]

#: What stands in the column "member" of a mean.
MEAN = "mean"


class Anytime(PeoplePart):
    name = "anytime"
    title = "Best so far: people and tuners"
    lead = (
        "The best dev accuracy that somebody had found after so many trainings, epochs and minutes, averaged over people and "
        "over the searches of each tuner; thin lines are single people. Band: 95 % bootstrap interval of the mean, from five on. "
        "Before a first result it is that of guessing; who has stopped keeps what they have. A person’s minutes run from the "
        "beginning of their clock, thinking and waiting included; those of a search are its trainings one after the other, "
        "as tuners here train when nobody else does. So trainings and epochs are the fair comparison, and minutes are "
        "what it felt like."
    )
    chapter = "Searching"
    position = 50

    def frame(self, data: ContestData) -> pd.DataFrame:
        rows: list[tuple[object, ...]] = []
        families = {name: [one for one in data.of(name) if one.steps] for name in (PEOPLE, *data.tuners)}
        everybody = [one for members in families.values() for one in members]
        for scale in SCALES if everybody else ():
            places = grid(everybody, scale)
            for family, members in families.items():
                if not members:
                    continue
                curves = (
                    1 - pd.DataFrame([read(one, scale, data.guessing, places) for one in members]).to_numpy()
                )
                low, high = (
                    bootstrap_band(curves)
                    if len(members) >= BOOTSTRAP_FROM
                    else (curves[0] * float("nan"),) * 2
                )
                for point in zip(places, curves.mean(axis=0), low, high, strict=True):
                    rows.append((scale, family, MEAN, *point, len(members)))
                if family == PEOPLE:
                    for one, curve in zip(members, curves, strict=True):
                        rows += [
                            (scale, family, one.label, x, y, float("nan"), float("nan"), 1)
                            for x, y in zip(places, curve, strict=True)
                        ]
        nothing = "Nobody has trained anything, and no tuner has."
        return framed(
            data, rows, COLUMNS, nothing, colours=family_colours(data), marks=family_marks(data),
            guessing=1 - data.guessing,
        )  # fmt: skip

    def chart(self, frame: pd.DataFrame) -> Chart:
        return curves(frame, "accuracy", "best dev accuracy so far")

    def table(self, frame: pd.DataFrame) -> str:
        means = frame[frame["member"] == MEAN]
        columns = [
            "members",
            *(f"{part} of the {TITLES[scale]}" for scale in ("tries", "epochs") for part in ("half", "end")),
        ]
        rows = []
        for family, own in split(means, "family"):
            cells = [str(own["members"].iloc[0])]
            for scale in ("tries", "epochs"):
                curve = own[own["scale"] == scale]
                half = curve[curve["spent"] <= curve["spent"].max() / 2].iloc[-1]
                cells += [error(half["accuracy"]), error(curve["accuracy"].iloc[-1])]
            rows.append([str(family), *cells])
        head = "Mean of the best dev accuracy so far in percent:"
        return f"{head}\n\n{tables.table(['', *columns], rows, right=columns)}"


def curves(frame: pd.DataFrame, column: str, title: str, *, percent: bool = True) -> Chart:
    """A panel a scale, of means with their bands and of single people."""
    panels = []
    for scale, part in split(frame, "scale"):
        drawn: list[Part] = []
        for (family, member), own in split(part, ["family", "member"]):
            colour, mean = frame.attrs["colours"][family], member == MEAN
            banded = mean and own["low"].notna().any()
            drawn.append(
                Curve(
                    str(family) if mean else "", own["spent"].tolist(), own[column].tolist(), colour,
                    low=own["low"].tolist() if banded else (), high=own["high"].tolist() if banded else (),
                    steps=True, thin=not mean, dash=mean and frame.attrs["marks"][family] % 2 == 1,
                )
            )  # fmt: skip
        panels.append(Panel(Axis(TITLES[str(scale)], low=0), Axis(title, percent=percent), tuple(drawn)))
    return Chart(tuple(panels), height=440, share_y=True)
