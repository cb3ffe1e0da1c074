"""Parallel coordinates: every trial of a system as one line over its hyperparameters."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reports import figure_style, palette, tables
from reports.section import NOTHING, Section, caption_of
from reports.trial_frame import TROUBLED, Axis, axes_of, drawn, enough, of_system, trial_frame
from tuners.store import Store

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: Where the lane of parameters that are not active lies below an axis.
INACTIVE = -0.14

#: Trials in the table of the report.
SHOWN = 5

#: Axes in the picture of the report, the most important ones; a page shows all.
MOST_AXES = 8


@dataclass(frozen=True)
class Band:
    """Trials that share a colour. alpha and width make the best stand out, over whatever ground."""

    label: str
    rows: pd.DataFrame
    colour: str
    alpha: float
    width: float


class Parallel(Section):
    name = "parallel"
    title = "Trials as lines"
    lead = (
        "Each line is a trial: it crosses every axis at the value that it had, and the last axis at its dev error. "
        "Where the lines of the best tenth come together, the value mattered; where they spread, it did not. Below an "
        "axis run the lines of trials in which the hyperparameter was not active. Axes with `log` are logarithmic."
    )
    position = 52

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """As `trial_frame`; a page may put the names of the parameters to draw into attrs["shown"]."""
        return trial_frame(store, study_name)

    def applies(self, frame: pd.DataFrame) -> bool:
        return enough(frame)

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        chosen = frame.attrs.get("shown")
        axes = [axis for axis in axes_of(frame) if chosen is None or axis.name in chosen]
        shown, note = drawn(of_system(frame))
        if shown.empty or not axes:
            return None
        low, high = _range(shown)
        figure = go.Figure()
        for band in _bands(shown):
            x, y = _lines(band.rows, axes, low, high)
            line = {"color": palette.transparent(band.colour, band.alpha), "width": band.width}
            figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)
            # An entry of its own for the legend, where so thin and pale a line could not be seen.
            thick = {"color": band.colour, "width": 4}
            figure.add_scatter(x=[None], y=[None], mode="lines", name=band.label, line=thick)
        for place, (labels, marks) in enumerate(_scales(axes, low, high)):
            figure.add_shape(type="line", x0=place, x1=place, y0=0, y1=1, line={"color": palette.GREY})
            for text, mark in zip(labels, marks, strict=True):
                figure.add_annotation(
                    x=place, y=mark, text=text, showarrow=False, xanchor="left", xshift=4, borderpad=1
                )
        names = [_two_lines(axis) for axis in axes] + ["dev error"]
        figure.update_layout(figure_style.base_layout(_caption(frame, note), height=520, margin_b=90))
        ends = [-0.25, len(axes) + 0.6]
        figure.update_xaxes(tickvals=list(range(len(names))), ticktext=names, range=ends, showgrid=False)
        figure.update_xaxes(side="top", zeroline=False, tickangle=0, automargin=True)
        figure.update_yaxes(
            tickvals=[INACTIVE], ticktext=["not<br>active"], range=[-0.22, 1.05], showgrid=False
        )
        figure.update_yaxes(zeroline=False, automargin=True)
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.lines import Line2D

        axes = axes_of(frame)[:MOST_AXES]
        shown, note = drawn(of_system(frame))
        if shown.empty or not axes:
            return None
        low, high = _range(shown)
        figure = figure_style.new_figure(
            f"{self.title}: {frame.attrs['system']}", _caption(frame, note, system=False), 5.0
        )
        panel = figure.subplots()
        handles = []
        for band in _bands(shown):
            x, y = _lines(band.rows, axes, low, high)
            colour = palette.blend(band.colour, band.alpha)
            panel.plot(x, y, color=colour, lw=band.width)
            handles.append(Line2D([], [], color=colour, lw=3, label=band.label))
        for place, (labels, marks) in enumerate(_scales(axes, low, high)):
            panel.plot([place, place], [0, 1], color=palette.LIGHT.text, lw=1)
            for text, mark in zip(labels, marks, strict=True):
                side, shift = ("right", -0.04) if place == len(axes) else ("left", 0.04)
                box = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 1}
                panel.text(place + shift, mark, text, fontsize=8, ha=side, va="center", bbox=box)
        names = [_two_lines(axis, "\n") for axis in axes] + ["dev error"]
        panel.set_xticks(range(len(names)), names, fontsize=9)
        panel.xaxis.tick_top()
        panel.set_yticks([INACTIVE], ["not active"], fontsize=9)
        panel.tick_params(length=0, colors=palette.LIGHT.text)
        panel.set_ylim(-0.22, 1.06)
        for spine in panel.spines.values():
            spine.set_visible(False)
        figure_style.legend_below(figure, handles, 4)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        shown = of_system(frame)
        best = shown[shown["state"] == "complete"].nsmallest(SHOWN, "dev_error")
        if best.empty:
            return NOTHING
        axes = axes_of(frame)[:MOST_AXES]
        rows = [
            [
                str(row["repeat"] + 1),
                str(row["number"]),
                *(_cell(row[a.column]) for a in axes),
                tables.error(e),
            ]
            for (_, row), e in zip(best.iterrows(), best["dev_error"], strict=True)
        ]
        head = ["search", "trial", *(tables.code(axis.name) for axis in axes), "dev error in %"]
        system = tables.escape(frame.attrs["system"])
        text = f"The {len(best)} best of the {len(shown):,} trials of {system}, the system of the lowest dev error:"
        return f"{text}\n\n{tables.table(head, rows, right=('search', 'trial', 'dev error in %'))}"

    def alt(self, frame: pd.DataFrame) -> str:
        return f"{self.title}: the trials of {frame.attrs['system']} over its hyperparameters, {caption_of(frame)}"


def _bands(rows: pd.DataFrame) -> Iterator[Band]:
    """The worst first, so that the best lie on top."""
    trouble = rows[rows["state"].isin(TROUBLED)]
    others = rows.drop(trouble.index).dropna(subset="dev_error").sort_values("dev_error", kind="stable")
    first, half = -(-len(others) // 10), -(-len(others) // 2)
    parts = (others.iloc[:first], others.iloc[first:half], others.iloc[half:])
    said = ("best tenth", "better half", "other half")
    looks = ((palette.BLUE, 1.0, 2.2), (palette.SKY, 0.6, 1.0), (palette.GREY, 0.35, 1.0))
    bands = [Band("failed or one class", trouble, palette.VERMILLION, 0.45, 1.0)]
    for part, words, look in zip(reversed(parts), reversed(said), reversed(looks), strict=True):
        if not part.empty:
            upto = tables.error(part["dev_error"].iloc[-1])
            bands.append(Band(f"{words} (to {upto} %)", part, *look))
    return (band for band in bands if not band.rows.empty)


def _range(rows: pd.DataFrame) -> tuple[float, float]:
    low, high = rows["dev_error"].min(), rows["dev_error"].max()
    if pd.isna(low):
        return 0.0, 1.0
    return float(low), float(high if high > low else low + 0.01)


def _lines(rows: pd.DataFrame, axes: list[Axis], low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    """All lines as one, with a gap between two of them."""
    columns = [np.nan_to_num(axis.positions(rows[axis.column]), nan=INACTIVE) for axis in axes]
    errors = ((rows["dev_error"] - low) / (high - low)).to_numpy(float)
    # A line without a dev error ends at the last parameter.
    y = np.column_stack([*columns, errors, np.full(len(rows), math.nan)])
    x = np.tile(np.arange(len(axes) + 2, dtype=float), (len(rows), 1))
    return x.ravel(), y.ravel()


def _scales(axes: list[Axis], low: float, high: float) -> Iterator[tuple[list[str], list[float]]]:
    for axis in axes:
        places, labels = axis.ticks()
        yield labels, places
    yield [f"{tables.error(low)} %", f"{tables.error(high)} %"], [0.0, 1.0]


def _two_lines(axis: Axis, end: str = "<br>") -> str:
    log = f"{end}log" if getattr(axis.domain, "log", False) else ""
    return axis.name.replace("_", f"_{end}", 1) + log


def _caption(frame: pd.DataFrame, note: str, *, system: bool = True) -> str:
    parts = [str(frame.attrs["system"])] if system else []
    return ", ".join([*parts, caption_of(frame), *([note] if note else [])])


def _cell(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return tables.DASH
    return tables.code(f"{value:.4g}" if isinstance(value, float) else value)
