"""People against each tuner."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from reports import tables
from reports.chart import Axis, Chart, Level, Panel, Part, Whiskers
from reports.contest_data import DEFAULTS, PEOPLE, PUBLISHED, Competitor, ContestData
from reports.contest_groups import pair_words
from reports.contest_paths import family_colours, family_marks
from reports.people_part import PeoplePart, framed, lines, split
from reports.statistics import (
    BOOTSTRAP_FROM,
    GROUP_FROM,
    Against,
    against_runs,
    compare_groups,
    mean_interval,
)
from reports.tables import error, points

COLUMNS = ["entrant", "tuner", "difference", "low", "high", "beaten", "searches", "seeds", "verdict"]

#: Verdicts, in which accuracy is meant: a difference above 0 is in favour of the entrant.
BETTER, WORSE, OPEN, FEW = "better", "worse", "not told apart", "too few searches"


class AgainstTuners(PeoplePart):
    name = "against_tuners"
    title = "People against each tuner"
    lead = (
        "First all people against all searches of each tuner: a search is to a tuner what a person is to people, so each counts "
        "once. Then every single person against the searches of a tuner: the difference of mean eval accuracies, with the 95 % "
        "interval of a bootstrap that draws seeds (the same for both) and searches again. It judges the configuration that "
        "somebody ended with; another hour of the same person would have ended with another one."
    )
    chapter = "Outcome"
    position = 30

    def frame(self, data: ContestData) -> pd.DataFrame:
        entrants = [
            one
            for one in data.competitors
            if one.family in (PEOPLE, DEFAULTS, PUBLISHED) and one.eval_error is not None
        ]
        rows = []
        for tuner in data.tuners:
            searches = [one for one in data.of(tuner) if one.eval_error is not None]
            for one in entrants if searches else ():
                found = _against(one, searches)
                if found is None:
                    continue
                gap = found.difference
                # Of accuracies: the sign turns, and with it the ends.
                verdict = _verdict(found)
                rows.append(
                    (
                        one.label, tuner, -gap.mean, -gap.high, -gap.low, found.beaten, found.runs, found.seeds, verdict,
                    )
                )  # fmt: skip
        frame = framed(
            data, rows, COLUMNS, "There is no final score of a person and of a tuner to compare yet.",
            says=[*_together(data), *_alone(rows)], colours=family_colours(data), marks=family_marks(data),
        )  # fmt: skip
        return frame.sort_values(
            ["tuner", "difference"], ascending=[True, False], kind="stable", ignore_index=True
        )

    def chart(self, frame: pd.DataFrame) -> Chart:
        panels = []
        order = frame.groupby("entrant", sort=False)["difference"].mean().sort_values(ascending=False).index
        places = {name: float(place) for place, name in enumerate(order)}
        for tuner, own in split(frame, "tuner"):
            drawn: list[Part] = [Level(0.0, "")]
            drawn.append(
                Whiskers(
                    str(tuner), (100 * own["difference"]).tolist(), own["entrant"].map(places).tolist(), (100 * own["low"]).tolist(),
                    (100 * own["high"]).tolist(), frame.attrs["colours"][tuner], frame.attrs["marks"][tuner], "x",
                    tuple(f"{r.entrant} less {tuner}: {points(r.difference)} points, {r.verdict}" for r in lines(own)),
                )
            )  # fmt: skip
            x = Axis(f"points above {tuner}")
            panels.append(Panel(x, Axis("", ticks=tuple(map(str, order)), turned=True), tuple(drawn)))
        return Chart(tuple(panels), height=max(260, 150 + 22 * len(order)), share_y=True)

    def table(self, frame: pd.DataFrame) -> str:
        rows = []
        for row in lines(frame):
            interval = tables.DASH if math.isnan(row.low) else f"{points(row.low)} to {points(row.high)}"
            rows.append(
                [
                    tables.escape(row.entrant), tables.escape(row.tuner), points(row.difference), interval,
                    f"{row.beaten} of {row.searches}", row.verdict,
                ]
            )  # fmt: skip
        numbers = ["difference in points", "95 % interval", "searches beaten"]
        return tables.table(["entrant", "tuner", *numbers, "verdict"], rows, right=numbers)


def _against(one: Competitor, searches: list[Competitor]) -> Against | None:
    """Over the seeds whose training failed for none of them."""
    table = [one.errors, *(other.errors for other in searches)]
    places = [place for place in range(len(one.errors)) if all(row[place] is not None for row in table)]
    if not places:
        return None
    own = [one.errors[place] or 0.0 for place in places]
    return against_runs(own, [[other.errors[place] or 0.0 for place in places] for other in searches])


def _verdict(found: Against) -> str:
    if not found.enough:
        return FEW
    if not found.shown:
        return OPEN
    return BETTER if found.difference.high < 0 else WORSE


def _together(data: ContestData) -> list[str]:
    """All people against all searches of each tuner."""
    values = {
        name: [1 - one.eval_error for one in data.of(name) if one.eval_error is not None]
        for name in (PEOPLE, *data.tuners)
    }
    texts = []
    for name, own in values.items():
        if own:
            interval = mean_interval(own).within(0, 1)
            extent = f", 95 % from {error(interval.low)} to {error(interval.high)}" if len(own) > 1 else ""
            unit = (
                ("person" if len(own) == 1 else "people")
                if name == PEOPLE
                else f"search{'es' * (len(own) != 1)} of {name}"
            )
            texts.append(f"{len(own)} {unit}: mean eval accuracy {error(interval.mean)} %{extent}.")
    found = compare_groups({name: own for name, own in values.items() if own}, reference=PEOPLE)
    if found is None:
        return [
            *texts,
            f"Nothing can be concluded of people and tuners: a test needs {GROUP_FROM} people and {GROUP_FROM} searches of a tuner.",
        ]
    small = [name for name in data.tuners if name not in found.sizes]
    left = [f"{name} has too few searches to be compared." for name in small]
    return [*texts, *pair_words(found, "final accuracy"), *left]


def _alone(rows: Sequence[tuple[object, ...]]) -> list[str]:
    """How many single verdicts there are, and how many of them chance alone makes."""
    judged = [row for row in rows if row[-1] != FEW]
    if not judged:
        return (
            [f"Single people are compared with a tuner of {BOOTSTRAP_FROM} searches or more."] if rows else []
        )
    shown = sum(row[-1] != OPEN for row in judged)
    return [
        f"Of {len(judged)} single comparisons {shown} are told apart. Each has its own 95 % interval, so about {0.05 * len(judged):.0f} "
        "would be if nobody differed from any tuner: one of them by itself shows little."
    ]
