"""The contract of a part of a contest's analysis: one frame, which the page and the report show alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from datasets.plugins import Plugin, scan, unknown
from datasets.study import study_figures
from reports import chart_matplotlib, chart_plotly, tables
from reports.chart import Chart
from reports.contest_data import ContestData
from reports.statistics import CORRELATE_FROM, GROUP_FROM

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

PARTS = "reports.people"

SIMULATED = "simulated participants"

#: When a number of people allows to conclude something at all; below, points are shown and nothing is tested.
RULE = (
    f"Groups are compared from {GROUP_FROM} people (or searches) in each on, and a correlation is computed from "
    f"{CORRELATE_FROM} people on: with fewer, no difference that is likely could be told from chance. Below that no test is "
    "made and no p is shown; single values are."
)


class PeoplePart(Plugin, ABC):
    """A part of the analysis of a contest.

    lead: what the reader sees, how to read it, and what it does not say. chapter: the parts that a page shows together.
    position: the order of the parts.
    study: quantities of `datasets.study.study_figures` that stand beside the contest's own.

    The frame is the single source: chart, table and sentences show what is in it. Errors in it are fractions, as are
    accuracies (1 − error), which columns name. `attrs`: "caption" (of every figure and table), "simulated", "public",
    "says" (what follows from the numbers, sentences) and what a part adds. A contest without results gives an empty
    frame, no chart and a sentence in place of the table; it never raises.
    """

    lead: ClassVar[str]
    chapter: ClassVar[str]
    position: ClassVar[int]
    study: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def frame(self, data: ContestData) -> pd.DataFrame:
        """The numbers."""

    def chart(self, frame: pd.DataFrame) -> Chart | None:
        """What is drawn; None where a table says it all or nothing is there."""
        return None

    @abstractmethod
    def table(self, frame: pd.DataFrame) -> str:
        """The table in markdown; "" where the chart and its sentences say it all."""

    def figure(self, frame: pd.DataFrame) -> go.Figure | None:
        """For pages."""
        chart = self.stamped(frame)
        return None if chart is None else chart_plotly.figure(chart, caption_of(frame))

    def picture(self, frame: pd.DataFrame) -> Figure | None:
        """For reports."""
        chart = self.stamped(frame)
        return None if chart is None else chart_matplotlib.picture(chart, self.title, caption_of(frame))

    def markdown(self, frame: pd.DataFrame) -> str:
        """What follows, the table, and the study's figures beside ours."""
        if frame.empty:
            return str(frame.attrs["nothing"])
        label = f"{caption_of(frame)[:1].upper()}{caption_of(frame)[1:]}."
        parts = [self.says(frame), self.table(frame), beside(self.study, frame.attrs.get("ours", {}))]
        return "\n\n".join([*filter(None, parts), f"*{tables.escape(label)}*"])

    def says(self, frame: pd.DataFrame) -> str:
        """What follows from the numbers, in words."""
        said = list(frame.attrs.get("says", []))
        return said[0] if len(said) == 1 else "\n".join(f"- {text}" for text in said)

    def alt(self, frame: pd.DataFrame) -> str:
        """What the figure shows, for readers who do not see it."""
        return f"{self.title}, {caption_of(frame)}"

    def stamped(self, frame: pd.DataFrame) -> Chart | None:
        """The chart, marked where nobody in it is a person; None where nothing is drawn."""
        chart = None if frame.empty else self.chart(frame)
        if chart is None or chart.empty:
            return None
        return replace(chart, stamp=SIMULATED if frame.attrs["simulated"] else "")


def framed(data: ContestData, rows: list[Any], columns: list[str], nothing: str, **more: Any) -> pd.DataFrame:
    """A frame with what every frame says beside its numbers. nothing: what stands in place of no rows."""
    frame = pd.DataFrame(rows, columns=columns)
    frame.attrs |= {
        "caption": caption(data),
        "simulated": data.simulated,
        "public": data.public,
        "nothing": nothing,
        **more,
    }
    return frame


def lines(frame: pd.DataFrame) -> Iterable[Any]:
    """Rows as tuples with names, without the index; to mypy a cell of a frame may be anything."""
    return frame.itertuples(index=False)


def split(frame: pd.DataFrame, by: str | list[str]) -> Iterable[tuple[Any, pd.DataFrame]]:
    """The frame by the values of columns, in the order in which they come."""
    return frame.groupby(by, sort=False)


def caption(data: ContestData) -> str:
    """Whose figures these are: stands in every figure and below every table."""
    count = len(data.people)
    who = (
        f"{count} {SIMULATED}, no people"
        if data.simulated
        else f"{count} {'person' if count == 1 else 'people'}"
    )
    return f"{who}; {data.data}{provisional(data)}"


def provisional(data: ContestData) -> str:
    """What is added while scoring goes on."""
    if data.rounds is None:
        return ""
    return f"; accuracies on eval provisional, after {data.rounds} of {data.contest.terms.final_seeds} trainings each"


def caption_of(frame: pd.DataFrame) -> str:
    return str(frame.attrs["caption"])


def beside(quantities: tuple[str, ...], ours: dict[str, str]) -> str:
    """A small table of the study's figures beside ours. ours: by quantity, as text."""
    if not quantities:
        return ""
    known = study_figures()
    rows = [
        [
            tables.escape(NAMES[name]),
            tables.escape(known[name].printed),
            tables.escape(ours.get(name, tables.DASH)),
            tables.escape(known[name].note),
        ]
        for name in quantities
    ]
    columns = ["", "the study", "this contest", "what to know of the study’s figure"]
    noted = any(row[-1] for row in rows)
    return tables.table(columns if noted else columns[:-1], rows if noted else [row[:-1] for row in rows])


#: What the study's quantities are called in tables.
NAMES = {
    "people": "people",
    "configurations": "configurations that they tried",
    "final_accuracy": "final accuracy, mean",
    "final_accuracy_sd": "final accuracy, standard deviation",
    "spearman": "rank correlation of months and final accuracy",
    "spearman_article": "rank correlation of months and final accuracy (thesis, article)",
    "spearman_chapter": "the same (thesis, chapter)",
    "novice": "novices",
    "medium": "intermediates",
    "expert": "experts",
    "novice_medium_levene": "Levene, novices and intermediates",
    "novice_expert_levene": "Levene, novices and experts",
    "medium_expert_levene": "Levene, intermediates and experts",
    "months_k2": "bell curve of the months",
    "accuracy_k2": "bell curve of the final accuracies",
    "random_configurations": "configurations drawn at random",
    "random_mean": "their accuracy, mean",
    "random_sd": "their accuracy, standard deviation",
    "defaults_first": "began with every default",
    "guess_rho": "rank correlation of months and the share of guesses",
    "novice_before": "novices: “worked before”",
    "expert_spread": "spread of the experts",
}


def parts() -> list[PeoplePart]:
    """All parts in the order in which they are shown."""
    return sorted(_found().values(), key=lambda part: (part.position, part.name))


def part(name: str) -> PeoplePart:
    """One part by its name. Raises UsageError with the closest name where there is none."""
    found = _found()
    if name not in found:
        raise unknown("part of the analysis", name, found)
    return found[name]


def _found() -> dict[str, PeoplePart]:
    base: Any = PeoplePart  # an abstract class is no "type[PeoplePart]" to mypy
    return dict(scan(PARTS, base))
