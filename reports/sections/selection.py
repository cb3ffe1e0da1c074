"""The winner's curse: dev error of the winner against its error on samples that selected nothing, by number of trials."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from reports import figure_style, palette, tables
from reports.comparison import tuned
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
from reports.selection_tables import SHOWN, labels_of, last_rows, measured, promised
from reports.statistics import mean_interval
from tuners.path import searches
from tuners.record import REFERENCE, EpochRecord
from tuners.store import Store
from tuners.summary import SystemSummary, summarize

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Up to so many trials a curve has a point each; beyond, points lie ever farther apart.
EACH = 50

COLUMNS = [
    "system", "rule", "trials", "searches", "all_orders", "dev", "second", "gap", "gap_low", "gap_high",
    "curse", "curse_low", "curse_high", "eval",
]  # fmt: skip

#: Lines of the figure: panel, rule, column, name, colour, dashed.
LINES = (
    ("error", "best", "dev", "dev, best epoch (chosen by it)", palette.ORANGE, False),
    ("error", "best", "second", "second dev of the same network", palette.BLUE, False),
    ("error", "last", "dev", "dev, last epoch (chosen by it)", palette.ORANGE, True),
    ("error", "last", "second", "second dev of the same network, last epoch", palette.BLUE, True),
    ("curse", "best", "curse", "curse, best epoch, with its 95 % interval", palette.VERMILLION, False),
    ("curse", "last", "curse", "curse, last epoch", palette.VERMILLION, True),
)


class Selection(Section):
    name = "selection"
    title = "The winner's curse: what the lowest of many dev errors is worth"
    lead = (
        "The more trials, the lower the lowest dev error, in part because the dev samples happen to suit one of the networks: "
        "the winner's curse. A second dev set (`--second-dev`), from which neither training nor tuner learns, measures the "
        "chosen network without that luck. Choosing by the best epoch of every trial leaves more to luck than choosing by the "
        "last one."
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

        labels, panels = labels_of(frame), _panels(frame)
        if not labels:
            return None
        rows = len(labels) * len(panels)
        titles = [label if panel == "error" else "" for label in labels for panel in panels]
        figure = make_subplots(rows=rows, cols=1, subplot_titles=titles, vertical_spacing=0.2 / rows)
        for at, (label, panel) in enumerate(itertools.product(labels, panels)):
            place = {"row": at + 1, "col": 1}
            for rule, column, name, colour, dashed in _lines(panel):
                own = _line(frame, label, rule, column)
                if own.empty:
                    continue
                shape = "linear" if own["all_orders"].all() else "hv"
                if column == "curse" and rule == "best" and own["curse_low"].notna().any():
                    edge = {"x": own["trials"], "mode": "lines", "line": {"width": 0, "shape": shape}}
                    edge |= {"showlegend": False, "hoverinfo": "skip", "legendgroup": name}
                    figure.add_scatter(**edge, y=own["curse_low"], **place)
                    band = palette.transparent(colour, 0.18)
                    figure.add_scatter(**edge, y=own["curse_high"], fill="tonexty", fillcolor=band, **place)
                figure.add_scatter(
                    x=own["trials"],
                    y=own[column],
                    mode="lines",
                    name=name,
                    legendgroup=name,
                    showlegend=at < len(panels),
                    line={
                        "color": colour,
                        "width": 2.5,
                        "dash": "dot" if dashed else "solid",
                        "shape": shape,
                    },
                    hovertemplate="%{y:.2%} after %{x} trials",
                    **place,
                )
            last = at == rows - 1
            ticks = {"type": "log", "tickvals": _ticks(int(frame["trials"].max())), "matches": "x"}
            figure.update_xaxes(figure_style.plain_axis("trials" if last else "", **ticks), **place)
            figure.update_yaxes(figure_style.percent_axis(panel), **place)
        figure.update_layout(figure_style.base_layout(caption_of(frame), height=180 + 240 * rows))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        labels, kinds = labels_of(frame), _panels(frame)
        if not labels:
            return None
        rows, columns = figure_style.arrange(len(labels), 3)
        figure = figure_style.new_figure(self.title, caption_of(frame), 1.9 + 2.5 * rows * len(kinds))
        grid = figure.subplots(rows * len(kinds), columns, squeeze=False, sharex=True, sharey="row")
        for axes in grid.ravel():
            axes.set_visible(False)
        lines: dict[str, Any] = {}
        for (place, label), (below, panel) in itertools.product(enumerate(labels), enumerate(kinds)):
            axes = grid[place // columns * len(kinds) + below, place % columns]
            axes.set_visible(True)
            figure_style.dress(axes)
            for rule, column, name, colour, dashed in _lines(panel):
                own = _line(frame, label, rule, column)
                if own.empty:
                    continue
                style = "default" if own["all_orders"].all() else "steps-post"
                (lines[name],) = axes.plot(
                    own["trials"], own[column], color=colour, lw=2.2, ls=":" if dashed else "-",
                    drawstyle=style, label=name,
                )  # fmt: skip
                if column == "curse" and rule == "best":
                    step = None if style == "default" else "post"
                    band = (own["curse_low"], own["curse_high"])
                    axes.fill_between(own["trials"], *band, step=step, color=colour, alpha=0.18, lw=0)
            if panel == "error":
                axes.set_title(label, fontsize=10, loc="left")
            if panel == kinds[-1]:
                axes.set_xlabel("trials", fontsize=10)
            if place % columns == 0:
                axes.set_ylabel(panel, fontsize=10)
                figure_style.in_percent(axes, "y")
            _count_axis(axes, int(frame["trials"].max()))
        figure_style.legend_below(figure, list(lines.values()), 2)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        return "\n\n".join(measured(frame) if frame["second"].notna().any() else promised(frame))

    def alt(self, frame: pd.DataFrame) -> str:
        last = last_rows(frame, "best")
        ends = "; ".join(
            f"{row['system']}: dev {tables.error(row['dev'])} %"
            + (
                ""
                if pd.isna(row["second"])
                else f", second dev {tables.error(row['second'])} %, curse {tables.points(row['curse'])} points"
            )
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


def _panels(frame: pd.DataFrame) -> list[str]:
    """What is drawn of each system, one below the other."""
    return ["error", "curse"] if frame["curse"].notna().any() else ["error"]


def _lines(panel: str) -> list[tuple[str, str, str, str, bool]]:
    return [line for where, *line in LINES if where == panel]  # type: ignore[misc]


def _count_axis(axes: Axes, most: int) -> None:
    """Numbers of trials from 1 on a logarithmic axis, as the first trials change most."""
    axes.set_xscale("log")
    axes.set_xlim(1, most)
    axes.set_xticks(_ticks(most))
    axes.xaxis.set_major_formatter("{x:.0f}")
    axes.minorticks_off()


def _ticks(most: int) -> list[int]:
    """The numbers of the table that leave room for the last one."""
    return [*(count for count in SHOWN if 1.4 * count < most), most]
