"""What configurations that were drawn at random reach."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reports import palette
from reports.chart import Axis, Bars, Chart, Level, Panel
from reports.contest_data import ContestData
from reports.people_part import PeoplePart, framed, lines
from reports.tables import error

#: The study's bins, in points of accuracy.
BIN = 0.1


class RandomSearch(PeoplePart):
    name = "random_search"
    title = "Configurations drawn at random"
    lead = (
        "How many randomly drawn configurations reached which dev accuracy, in bins of 10 points as in the study. It shows how "
        "much there is to gain by choosing well, and how large a part is poor. It depends on the ranges that were drawn from, "
        "so it is no measure of how hard the data are."
    )
    chapter = "As in the study"
    position = 120
    study = ("random_configurations", "random_mean", "random_sd")

    def frame(self, data: ContestData) -> pd.DataFrame:
        known = 1 - np.array([one for one in data.random if one is not None], dtype=float)
        counts, edges = np.histogram(known, bins=np.linspace(0, 1, round(1 / BIN) + 1))
        rows = list(zip(edges[:-1], edges[1:], counts, strict=True)) if len(known) else []
        ours: dict[str, str] = {}
        says: list[str] = []
        if len(known) > 1:
            mean, spread = float(known.mean()), float(known.std(ddof=1))
            failed = len(data.random) - len(known)
            ours = {
                "random_configurations": str(len(data.random)),
                "random_mean": f"{error(mean)} %",
                "random_sd": f"{error(spread)} points",
            }
            says = [
                f"{len(known):,} configurations of {data.random_source}: mean {error(mean)} %, standard deviation "
                f"{error(spread)} points, highest {error(float(known.max()))} %"
                + (f"; {failed:,} more gave no accuracy." if failed else ".")
            ]
        frame = framed(
            data,
            rows,
            ["from", "to", "configurations"],
            "No configuration was drawn at random: let keras-random take part in the contest.",
            says=says,
            ours=ours,
            mean=float(known.mean()) if len(known) else None,
            guessing=1 - data.guessing,
        )
        # Drawn by machines, so people are no part of it, simulated ones neither.
        frame.attrs["caption"] = (
            f"drawn by {data.random_source}; {data.data}" if data.random_source else data.data
        )
        frame.attrs["simulated"] = False
        return frame

    def chart(self, frame: pd.DataFrame) -> Chart:
        middle = ((frame["from"] + frame["to"]) / 2).tolist()
        hover = tuple(f"{100 * row[0]:.0f} to {100 * row[1]:.0f} %: {row[2]}" for row in lines(frame))
        bars = Bars("", middle, frame["configurations"].tolist(), palette.BLUE, 0.092, hover=hover)
        mean = Level(frame.attrs["mean"], "mean")
        guess = Level(frame.attrs["guessing"], "guessing")
        x = Axis("dev accuracy", percent=True, low=0, high=1)
        return Chart((Panel(x, Axis("configurations"), (bars, mean, guess)),), height=380)

    def table(self, frame: pd.DataFrame) -> str:
        return ""
