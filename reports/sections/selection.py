"""The winner's curse: dev error of the winner against its error on samples that selected nothing, by number of trials."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reports import charts, palette, tables
from reports.comparison import REFERENCE, tuned
from reports.section import NOTHING, Section, caption_of, describe
from reports.selection import (
    RULES,
    TURNED,
    Candidate,
    Curve,
    candidates,
    incumbents,
    mean_incumbents,
    recheck,
)
from reports.selection_tables import labels_of, last_rows, measured, promised
from reports.statistics import mean_interval
from tuners.path import searches
from tuners.record import EpochRecord
from tuners.store import Store
from tuners.summary import SystemSummary, summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: Up to so many trials a curve has a point each; beyond, points lie ever farther apart.
EACH = 50

COLUMNS = [
    "system", "rule", "trials", "searches", "all_orders", "dev", "second", "gap", "gap_low", "gap_high",
    "curse", "curse_low", "curse_high", "eval",
]  # fmt: skip

#: Lines of the figure: rule, column, name, colour, dashed.
LINES = (
    ("best", "dev", "dev, best epoch (chosen by it)", palette.ORANGE, False),
    ("best", "second", "second dev of the same network", palette.BLUE, False),
    ("last", "dev", "dev, last epoch (chosen by it)", palette.ORANGE, True),
    ("last", "second", "second dev of the same network, last epoch", palette.BLUE, True),
)


class Selection(Section):
    name = "selection"
    title = "The winner's curse: what the lowest of many dev errors is worth"
    lead = (
        "The more trials, the lower the lowest dev error, in part because the dev samples happen to suit one of them. "
        "Chosen is the dev error by which the best network so far was chosen, held is the error of that same network on a "
        "second dev set (`--second-dev`), from which neither training nor tuner learnt. The curse is what lies between them "
        "because of the choice. With the best epoch there are more errors to choose from than with the last one."
    )
    position = 26

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a system, rule ("best" or "last" epoch, "recheck") and number of trials: means over its searches.

        gap: second − dev. curse: the mean of that difference and of the one with both parts in each other's place.
        all_orders: averaged over all orders of the trials. eval: of the final training, in the last row of "best". In a
        row of "recheck" the errors are those of the network that the second dev set chooses, and gap is its second error
        minus that of the winner by dev.
        """
        summary = summarize(store, study_name)
        curves: dict[tuple[str, int], list[EpochRecord]] = {}
        for epoch in store.epochs(study_name):
            curves.setdefault((epoch.system, epoch.repeat), []).append(epoch)
        found: dict[str, list[list[Candidate | None]]] = {}
        for (label, repeat), own in sorted(searches(store.trials(study_name)).items()):
            search = candidates(own, curves.get((label, repeat), []))
            if search:
                found.setdefault(label, []).append(search)
        rows = [
            row for system in tuned(summary.systems) for row in _rows(system, found.get(system.label, []))
        ]
        frame = pd.DataFrame(rows, columns=COLUMNS)
        numbers = COLUMNS[COLUMNS.index("dev") :]
        frame = describe(frame.astype(dict.fromkeys(numbers, float)), summary.study)
        frame.attrs["sizes"] = dict(summary.study.data.sizes)
        return frame

    def applies(self, frame: pd.DataFrame) -> bool:
        return not frame.empty

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        from plotly.subplots import make_subplots

        labels = labels_of(frame)
        if not labels:
            return None
        figure = make_subplots(
            rows=len(labels),
            cols=1,
            shared_xaxes="all",
            subplot_titles=labels,
            vertical_spacing=0.24 / len(labels),
        )
        for row, label in enumerate(labels, start=1):
            for rule, column, name, colour, dashed in LINES:
                own = _line(frame, label, rule, column)
                if own.empty:
                    continue
                figure.add_scatter(
                    x=own["trials"],
                    y=own[column],
                    mode="lines",
                    name=name,
                    legendgroup=name,
                    showlegend=row == 1,
                    line={
                        "color": colour,
                        "width": 2.5,
                        "dash": "dot" if dashed else "solid",
                        "shape": "linear" if own["all_orders"].all() else "hv",
                    },
                    hovertemplate="%{y:.2%} after %{x} trials",
                    row=row,
                    col=1,
                )
            figure.update_xaxes(charts.plain_axis("trials" if row == len(labels) else ""), row=row, col=1)
        figure.update_layout(charts.base_layout(caption_of(frame), height=150 + 270 * len(labels)))
        figure.update_yaxes(charts.percent_axis("error"))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.ticker import MaxNLocator

        labels = labels_of(frame)
        if not labels:
            return None
        rows, columns = charts.arrange(len(labels), 3)
        figure = charts.new_figure(self.title, caption_of(frame), 1.7 + 2.9 * rows)
        panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
        lines: dict[str, Any] = {}
        for axes, label in zip(panels, labels, strict=False):
            charts.dress(axes)
            for rule, column, name, colour, dashed in LINES:
                own = _line(frame, label, rule, column)
                if own.empty:
                    continue
                (lines[name],) = axes.plot(
                    own["trials"],
                    own[column],
                    color=colour,
                    lw=2.2,
                    ls=":" if dashed else "-",
                    drawstyle="default" if own["all_orders"].all() else "steps-post",
                    label=name,
                )
            both = _line(frame, label, "best", "second")
            step = None if both["all_orders"].all() else "post"
            axes.fill_between(
                both["trials"], both["dev"], both["second"], step=step, color=palette.BLUE, alpha=0.12, lw=0
            )
            axes.set_xlim(left=0)
            axes.set_title(label, fontsize=10, loc="left")
            axes.set_xlabel("trials", fontsize=10)
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        for axes in panels[len(labels) :]:
            axes.set_visible(False)
        for axes in panels[::columns]:
            axes.set_ylabel("error", fontsize=10)
        charts.in_percent(panels[0], "y")
        charts.legend_below(figure, list(lines.values()), 2)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        return "\n\n".join(measured(frame) if frame["second"].notna().any() else promised(frame))

    def alt(self, frame: pd.DataFrame) -> str:
        last = last_rows(frame, "best")
        ends = "; ".join(
            f"{row['system']}: dev {tables.error(row['dev'])} %"
            + ("" if pd.isna(row["second"]) else f", second dev {tables.error(row['second'])} %")
            + f" after {row['trials']} trials"
            for _, row in last.iterrows()
        )
        return f"Error of the best network so far against the number of trials, {caption_of(frame)}: {ends}"


def _rows(system: SystemSummary, found: Sequence[list[Candidate | None]]) -> list[dict[str, Any]]:
    """The rows of one system; none where it has no search of two trials with something to choose."""
    length = min((len(search) for search in found), default=0)
    if length < 2 or any(all(candidate is None for candidate in search[:length]) for search in found):
        return []
    cut = [search[:length] for search in found]
    mixed = system.tuner == REFERENCE
    follow: Callable[[Sequence[Candidate | None], tuple[str, str]], Curve] = (
        mean_incumbents if mixed else incumbents
    )
    common = {"system": system.label, "searches": len(cut)}
    rows: list[dict[str, Any]] = []
    for rule in RULES:
        ways = [[follow(search, way[rule]) for search in cut] for way in (RULES, TURNED)]
        chosen, held = (np.array([getattr(curve, name) for curve in ways[0]]) for name in ("chosen", "held"))
        turned = np.array([curve.held - curve.chosen for curve in ways[1]])
        for at in _places(length):
            if np.isnan(chosen[:, at]).any():
                continue
            rows.append(
                common
                | {"rule": rule, "trials": at + 1, "all_orders": mixed}
                | {"dev": chosen[:, at].mean(), "second": held[:, at].mean()}
                | _interval("gap", held[:, at] - chosen[:, at])
                | _interval("curse", (held[:, at] - chosen[:, at] + turned[:, at]) / 2)
            )
    scores = [score.errors["eval"] for score in system.scores]
    ends = [row for row in rows if row["rule"] == "best"][-1:]
    for row in ends:
        row["eval"] = float(np.mean(scores)) if scores else math.nan
    again = [check for search in cut if (check := recheck(search)) is not None]
    if len(again) == len(cut):
        rows.append(
            common
            | {"rule": "recheck", "trials": length, "all_orders": False}
            | {
                "dev": float(np.mean([check.chosen_dev for check in again])),
                "second": float(np.mean([check.chosen_second for check in again])),
            }
            | _interval("gap", np.array([check.chosen_second - check.second for check in again]))
        )
    return rows


def _places(length: int) -> list[int]:
    """Indices of the trials at which a curve has a point."""
    far = np.geomspace(EACH, max(EACH, length), 100)
    return sorted(
        {*range(min(length, EACH)), *(round(value) - 1 for value in far if value <= length), length - 1}
    )


def _interval(name: str, values: np.ndarray[Any, Any]) -> dict[str, float]:
    """The mean over searches with Student's interval; NaN where something was not measured."""
    found = mean_interval(values)
    return {name: found.mean, f"{name}_low": found.low, f"{name}_high": found.high}


def _line(frame: pd.DataFrame, label: str, rule: str, column: str) -> pd.DataFrame:
    own = frame[(frame["system"] == label) & (frame["rule"] == rule)]
    return own[own[column].notna()]
