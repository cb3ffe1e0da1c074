"""What people and tuners lack to the best that is known."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.chart import Chart
from reports.contest_data import PEOPLE, ContestData
from reports.contest_paths import family_colours, family_marks
from reports.people.anytime import MEAN, Anytime, curves
from reports.people_part import PeoplePart, framed
from reports.statistics import mean_interval


class Regret(PeoplePart):
    name = "regret"
    title = "What is lacking to the best known"
    lead = (
        "Simple regret: the best dev accuracy that anybody or any tuner of this contest found, less the best so far. Nobody "
        "knows what is possible, so it is what this contest knows to be possible, and the highest of many dev accuracies is a "
        "little lucky. The table has the same on eval at the end: the highest mean eval accuracy of any entrant, less each "
        "entrant’s own."
    )
    chapter = "Searching"
    position = 60

    def frame(self, data: ContestData) -> pd.DataFrame:
        found = Anytime().frame(data)
        best = float(found["accuracy"].max()) if len(found) else float("nan")
        regret = pd.DataFrame(
            {
                "scale": found["scale"],
                "family": found["family"],
                "member": found["member"],
                "spent": found["spent"],
                "regret": best - found["accuracy"],
                "low": best - found["high"],
                "high": best - found["low"],
            }
        )
        frame = framed(
            data,
            regret.to_numpy().tolist(),
            list(regret.columns),
            str(found.attrs["nothing"]),
            colours=family_colours(data),
            marks=family_marks(data),
            ends=_ends(data, found, best),
        )
        return frame.astype({name: float for name in ("spent", "regret", "low", "high")})

    def chart(self, frame: pd.DataFrame) -> Chart:
        in_points = frame.copy(deep=False)
        in_points[["regret", "low", "high"]] *= 100
        return curves(in_points, "regret", "points below the best known", percent=False)

    def table(self, frame: pd.DataFrame) -> str:
        numbers = ["dev, mean in points", "eval, mean in points", "95 % interval", "entrants scored"]
        return tables.table(["", *numbers], frame.attrs["ends"], right=numbers)


def _ends(data: ContestData, found: pd.DataFrame, best: float) -> list[list[str]]:
    """At the end, by family."""
    scored = [one.eval_error for one in data.competitors if one.eval_error is not None]
    rows = []
    for family in (PEOPLE, *data.tuners):
        own = found[(found["family"] == family) & (found["member"] == MEAN) & (found["scale"] == "tries")]
        if own.empty:
            continue
        lacking = [one.eval_error - min(scored) for one in data.of(family) if one.eval_error is not None]
        interval = mean_interval(lacking) if lacking else None
        rows.append(
            [
                family,
                f"{100 * (best - own['accuracy'].iloc[-1]):.2f}",
                f"{100 * interval.mean:.2f}" if interval else tables.DASH,
                # The best of all lacks nothing, so nobody lacks less.
                f"{100 * max(0.0, interval.low):.2f} to {100 * interval.high:.2f}"
                if interval and interval.low == interval.low
                else tables.DASH,
                str(len(lacking)),
            ]
        )
    return rows
