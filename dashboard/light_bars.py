"""Horizontal bars of a section as plain HTML: plotly is 4.6 MB of program, which a first page should not wait for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.percent import percent_text

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Widths of the steps of an axis, of which the least is taken that needs at most so many.
STEPS = tuple(factor * 10.0**power for power in (-4, -3, -2, -1) for factor in (1, 2, 5))
MOST_STEPS = 5

#: Signs for plotly's marks.
SIGNS = {"diamond": "◆", "line-ns": "┃"}


@dataclass(frozen=True)
class Mark:
    """What lies in one row. kind: "bar", or one of SIGNS. start, end: on the axis, the same for a sign.

    lane, lanes: which of how many places below each other a bar takes. height: of its place, 1 is all of it.
    """

    name: str
    kind: str
    colour: str
    start: float
    end: float
    lane: int = 0
    lanes: int = 1
    height: float = 1.0


def light_bars(figure: go.Figure, alt: str) -> str:
    """The same bars and marks as the section's figure, which has bars with `orientation="h"` and points.

    Values are fractions. alt: what the picture shows, with its numbers, as all in it is for the eye.
    """
    rows = marks_of(figure)
    most = max((mark.end for marks in rows.values() for mark in marks), default=0.0)
    step = step_of(most)
    end = step * max(1, np.ceil(round(most / step, 6)))
    body = "".join(
        f"<div class='row'><span class='name'>{escape(name)}</span>{_plot(marks, end, step)}</div>"
        for name, marks in rows.items()
    )
    ticks = "".join(
        f"<span style='left:{100 * place / end:.3f}%'>{100 * place:g} %</span>"
        for place in np.arange(0, end + step / 2, step).round(8)
    )
    title = figure.layout.xaxis.title.text or ""
    return (
        f"<div class='bars' role='img' aria-label='{escape(alt, quote=True)}'>{_legend(figure)}{body}"
        f"<div class='row axis'><span class='name'>{escape(title)}</span><span class='plot'>{ticks}</span></div></div>"
    )


def marks_of(figure: go.Figure) -> dict[str, list[Mark]]:
    """What the figure draws, by the name of the row, in its order."""
    bars = [trace for trace in figure.data if trace.type == "bar"]
    grouped = figure.layout.barmode == "group"
    widest = max((trace.width or 1.0 for trace in bars), default=1.0)
    rows: dict[str, list[Mark]] = {}
    for trace in figure.data:
        for name, value, base in zip(trace.y, trace.x, _bases(trace), strict=True):
            start, end = sorted((base, base + value)) if trace.type == "bar" else (value, value)
            if trace.type != "bar":
                mark = Mark(trace.name, trace.marker.symbol, _colour(trace), start, end)
            elif grouped:
                mark = Mark(trace.name, "bar", _colour(trace), start, end, bars.index(trace), len(bars))
            else:
                height = (trace.width or widest) / widest
                mark = Mark(trace.name, "bar", _colour(trace), start, end, height=height)
            rows.setdefault(str(name), []).append(mark)
    return rows


def step_of(most: float) -> float:
    """Between two labels of an axis that ends at `most`."""
    return next((step for step in STEPS if most / step <= MOST_STEPS), STEPS[-1])


def _bases(trace: Any) -> Iterator[float]:
    base = getattr(trace, "base", None)
    yield from [0.0] * len(trace.y) if base is None else base


def _colour(trace: Any) -> str:
    """A mark that is a line has the colour of that line."""
    return str(trace.marker.color or trace.marker.line.color)


def _plot(marks: list[Mark], end: float, step: float) -> str:
    size = f"background-size:{100 * step / end:.3f}% 100%"
    drawn = "".join(_mark(mark, end) for mark in marks)
    lanes = f"lanes' style='height:{1.4 * marks[0].lanes:.1f}rem;" if marks[0].lanes > 1 else "' style='"
    return f"<span class='plot {lanes}{size}'>{drawn}{_values(marks, end)}</span>"


def _values(marks: list[Mark], end: float) -> str:
    """The numbers behind the bars: of each where they lie below each other, else of what the diamond marks."""
    told = [mark for mark in marks if mark.lanes > 1] or [mark for mark in marks if mark.kind == "diamond"]
    furthest = max(mark.end for mark in marks)
    return "".join(
        f"<span class='value' style='left:{100 * (mark.end if mark.lanes > 1 else furthest) / end:.3f}%;"
        f"top:{100 * (mark.lane + 0.5) / mark.lanes:.1f}%'>{percent_text(mark.end)}</span>"
        for mark in told
    )


def _mark(mark: Mark, end: float) -> str:
    left = f"left:{100 * mark.start / end:.3f}%"
    if mark.kind != "bar":
        return f"<b class='{mark.kind}' style='{left};color:{mark.colour}'>{SIGNS[mark.kind]}</b>"
    share = 100 / mark.lanes
    top, height = (mark.lane + (1 - mark.height) / 2) * share, mark.height * share
    place = f"{left};width:{100 * (mark.end - mark.start) / end:.3f}%;top:{top:.1f}%;height:{height:.1f}%"
    return f"<i style='{place};background:{mark.colour}'></i>"


def _legend(figure: go.Figure) -> str:
    items = "".join(
        f"<li><span class='{'swatch' if trace.type == 'bar' else 'sign'}' style='"
        f"{'background' if trace.type == 'bar' else 'color'}:{_colour(trace)}'>"
        f"{'' if trace.type == 'bar' else SIGNS[trace.marker.symbol]}</span>{escape(trace.name)}</li>"
        for trace in figure.data
    )
    return f"<ul class='legend'>{items}</ul>"
