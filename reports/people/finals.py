"""Every entrant's final configuration, trained from the same seeds and scored on eval."""

from __future__ import annotations

import math

import pandas as pd

from reports import tables
from reports.chart import Axis, Chart, Panel, Whiskers
from reports.contest_data import ContestData
from reports.contest_paths import family_colours, family_marks
from reports.people_part import PeoplePart, framed, lines, split
from reports.statistics import mean_interval, wilson
from reports.tables import error, points

COLUMNS = [
    "place",
    "entrant",
    "family",
    "accuracy",
    "low",
    "high",
    "seeds",
    "diverged",
    "dev_accuracy",
    "gap",
    "note",
]


class Finals(PeoplePart):
    name = "finals"
    title = "Final configurations"
    lead = (
        "Each entrant’s final configuration, trained again on train and dev together from the same seeds for everybody, and its "
        "accuracy on eval, which nobody had seen. The interval is 95 % for the luck of the seeds (Student), not for the luck "
        "of the eval samples, which all share. Dev − eval: how much better it looked when it was chosen; choosing the "
        "best of many dev accuracies flatters all, and most those who chose among most. A training that diverges counts as one "
        "that answers the most frequent class for everything."
    )
    chapter = "Outcome"
    position = 20

    def frame(self, data: ContestData) -> pd.DataFrame:
        rows = []
        scored = [one for one in data.competitors if one.eval_error is not None]
        ranked = sorted(scored, key=lambda one: (one.eval_error or 0.0, one.label))
        for place, one in enumerate(ranked, start=1):
            interval = mean_interval([1 - error for error in one.scored]).within(0, 1)
            dev = None if one.dev_error is None else 1 - one.dev_error
            rows.append(
                (
                    place, one.label, one.family, interval.mean, interval.low, interval.high, interval.count,
                    one.diverged, dev, None if dev is None else dev - interval.mean, one.note,
                )
            )  # fmt: skip
        without = [one.label for one in data.competitors if one.eval_error is None]
        says = []
        if rows:
            low, high = wilson(rows[0][3] * data.eval_samples, data.eval_samples)
            says.append(
                f"The luck of {data.eval_samples:,} eval samples leaves the accuracy of one training uncertain beside that of the "
                f"seeds: {error(rows[0][3])} % from {error(low)} to {error(high)} % (95 %, Wilson). Places are an order, not a verdict."
            )
        if without:
            says.append(
                f"{len(without)} entrants have no score: {', '.join(without[:8])}{' …' * (len(without) > 8)}."
            )
        nothing = "No final configuration has been scored yet; this is done after the contest has ended."
        frame = framed(
            data, rows, COLUMNS, nothing, says=says, colours=family_colours(data), marks=family_marks(data)
        )
        return frame.astype({"dev_accuracy": float, "gap": float})

    def chart(self, frame: pd.DataFrame) -> Chart:
        places = frame["place"] - 1
        drawn = tuple(
            Whiskers(
                str(family), own["accuracy"].tolist(), places[own.index].tolist(), own["low"].tolist(), own["high"].tolist(),
                frame.attrs["colours"][family], frame.attrs["marks"][family], "x",
                tuple(f"{r.entrant}: {error(r.accuracy)} %" for r in lines(own)),
            )
            for family, own in split(frame, "family")
        )  # fmt: skip
        y = Axis("", ticks=tuple(frame["entrant"]), turned=True)
        height = 150 + 22 * len(frame)
        return Chart(
            (Panel(Axis("eval accuracy, mean over the seeds", percent=True), y, drawn),), height=height
        )

    def table(self, frame: pd.DataFrame) -> str:
        rows = []
        for row in lines(frame):
            known = not math.isnan(row.low)
            rows.append(
                [
                    str(row.place),
                    tables.escape(row.entrant),
                    error(row.accuracy),
                    f"{error(row.low)} to {error(row.high)}" if known else tables.DASH,
                    f"{row.seeds}" + (f" ({row.diverged} diverged)" if row.diverged else ""),
                    error(row.dev_accuracy),
                    points(row.gap),
                ]
            )
        numbers = [
            "place",
            "eval accuracy in %",
            "95 % interval",
            "seeds",
            "dev accuracy in %",
            "dev − eval in points",
        ]
        return tables.table([numbers[0], "entrant", *numbers[1:]], rows, right=numbers)
