"""How far train, dev and eval lie apart for each system."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from datasets.percent import percent
from datasets.types import SPLIT_NAMES
from reports import figure_style, palette, tables
from reports.comparison import wrong_by_patient
from reports.section import NOTHING, Section, caption_of, describe
from reports.statistics import count_difference
from tuners.store import Store
from tuners.summary import SystemSummary, summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure


class Gaps(Section):
    name = "gaps"
    title = "Train, dev and eval side by side"
    lead = (
        "Three bars a system: an error that is low on train and high on eval was learnt by heart or learnt "
        "on a different distribution. Configurations were chosen by the dev error, so it is on the kind side."
    )
    position = 20

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a scored system: mean errors, and the differences dev − train and eval − dev; low, high: what the luck
        of dev and eval samples leaves of the latter, NaN where samples belong to patients."""
        summary = summarize(store, study_name)
        rows = [{"system": row.label} | dict(row.errors) for row in summary.systems if row.errors]
        frame = pd.DataFrame(rows, columns=["system", *SPLIT_NAMES])
        frame["dev_minus_train"] = frame["dev"] - frame["train"]
        frame["eval_minus_dev"] = frame["eval"] - frame["dev"]
        sizes = summary.study.data.sizes
        intervals = [_interval(row, sizes) for row in summary.systems if row.errors]
        frame["low"], frame["high"] = [low for low, _ in intervals], [high for _, high in intervals]
        return describe(frame, summary.study)

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        if frame.empty:
            return None
        figure = go.Figure()
        for split in SPLIT_NAMES:
            figure.add_bar(
                x=frame[split],
                y=frame["system"],
                orientation="h",
                name=split,
                marker={"color": palette.SPLITS[split]},
                hovertemplate="%{y}: %{x:.2%}",
            )
        figure.update_layout(
            figure_style.base_layout(
                caption_of(frame),
                barmode="group",
                bargap=0.3,
                height=170 + 60 * len(frame),
            )
        )
        figure.update_xaxes(figure_style.percent_axis("error rate", rangemode="tozero"))
        # Reversed, so that systems and splits read from top to bottom as in the table.
        figure.update_yaxes(figure_style.plain_axis(autorange="reversed"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        if frame.empty:
            return None
        figure = figure_style.new_figure(self.title, caption_of(frame), 1.8 + 0.75 * len(frame))
        axes = figure.subplots()
        figure_style.dress(axes)
        axes.grid(visible=False, axis="y")
        bars = []
        for place, split in enumerate(SPLIT_NAMES):
            centres = [row + 0.26 * (place - 1) for row in range(len(frame))]
            drawn = axes.barh(centres, frame[split], height=0.24, color=palette.SPLITS[split], label=split)
            axes.bar_label(drawn, [tables.error(value) for value in frame[split]], padding=3, fontsize=9)
            bars.append(drawn)
        axes.set_yticks(range(len(frame)), list(frame["system"]))
        axes.invert_yaxis()
        axes.margins(x=0.1)
        axes.set_xlabel("error rate", fontsize=10)
        figure_style.in_percent(axes, "x")
        figure_style.legend_below(figure, bars, len(SPLIT_NAMES))
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        columns = ["dev − train (points)", "eval − dev (points)", "95 % interval"]
        rows = [
            [
                tables.escape(row["system"]),
                _points(row["dev"], row["train"]),
                _points(row["eval"], row["dev"]),
                tables.span(row["low"], row["high"]),
            ]
            for _, row in frame.iterrows()
        ]
        text = (
            "The interval is what the luck of the dev and eval samples leaves of eval − dev (Newcombe): where it holds 0, the "
            "two splits may be alike. Dev is on the kind side beside that, as it chose the configuration. No interval where samples "
            "belong to patients, whose luck is larger."
        )
        return f"{tables.table(['system', *columns], rows, right=columns)}\n\n{text}"


def _interval(row: SystemSummary, sizes: Mapping[str, int]) -> tuple[float, float]:
    if wrong_by_patient(row.scores, "eval"):
        return math.nan, math.nan
    found = count_difference(
        row.errors["eval"], row.errors["dev"], sizes["eval"], second_samples=sizes["dev"]
    ).interval
    return found.low, found.high


def _points(upper: float, lower: float) -> str:
    """The difference of two errors as printed, so that it agrees with the table of errors."""
    return f"{percent(upper) - percent(lower):+.2f}".replace("-", "−")
