"""Pictures of points side by side: each panel has its own points, and where wanted a ground and a boundary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from datasets.types import Samples
from reports import figure_style
from reports.boundary import NAME, boundary_traces
from reports.palette import Ground, blend
from reports.surfaces import Surface, frame_of, ground_trace, levels, point_traces, sample

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Points drawn in all panels together at most.
MOST_POINTS = 9_000

#: Marks of the classes, so that they are told apart without colour as well.
MARKS = ("circle", "x", "triangle-up", "square", "diamond", "star", "cross", "triangle-down")


@dataclass(frozen=True)
class Panel:
    """One picture. ground: what a rule or a trained system answers there. lines: a boundary, each (n, 2)."""

    title: str
    samples: Samples
    ground: Surface | None = None
    lines: Sequence[NDArray[np.float64]] = ()


def panel_figure(
    panels: Sequence[Panel],
    class_names: Sequence[str],
    ink: Ground,
    *,
    columns: int,
    height: int = 420,
    line: str = NAME,
) -> go.Figure:
    """Panels on the same axes, so that places can be compared by eye and a zoom into one zooms into all.

    ink: the page's colours; points stand out from it, and the more so over a ground. columns: panels a row, 1 for a
    narrow page. height: of a row in pixels. line: what the boundary is called in the legend.
    """
    from plotly.subplots import make_subplots

    rows, columns = figure_style.arrange(len(panels), columns)
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=[panel.title for panel in panels],
        shared_xaxes="all",
        shared_yaxes="all",
        horizontal_spacing=0.03,
        vertical_spacing=75 / (110 + rows * height) if rows > 1 else 0,
    )
    for index, panel in enumerate(panels):
        place = {"row": index // columns + 1, "col": index % columns + 1}
        if panel.ground is not None:
            figure.add_trace(
                ground_trace(panel.ground, levels(panel.ground, "probability"), len(class_names)), **place
            )
        shown = sample(panel.samples, MOST_POINTS // len(panels))
        for trace, mark in zip(point_traces(shown, class_names, index == 0), MARKS, strict=False):
            share = 0.85 if panel.ground is None else 0.6
            colour = blend(trace.marker.color, share, ink.text)
            figure.add_trace(trace.update(marker={"symbol": mark, "color": colour, "opacity": 0.55}), **place)
        if panel.lines:
            for edge in boundary_traces(panel.lines, ink.text, ink.background, named=index == 0):
                figure.add_trace(edge.update(name=line), **place)
    figure.update_layout(
        figure_style.base_layout("", height=110 + rows * height, margin={"l": 10, "r": 10, "t": 40, "b": 10})
    )
    figure.update_layout(legend={"itemsizing": "constant"})
    low_x, high_x, low_y, high_y = _frame(panels)
    figure.update_xaxes(figure_style.plain_axis(range=[low_x, high_x], showgrid=False))
    figure.update_yaxes(figure_style.plain_axis(range=[low_y, high_y], showgrid=False))
    return figure


def _frame(panels: Sequence[Panel]) -> tuple[float, float, float, float]:
    """The part of the plane that every panel shows: the grounds where there are any, else all points."""
    grounds = [panel.ground for panel in panels if panel.ground is not None]
    if grounds:
        return frame_of(grounds)
    every = np.concatenate([panel.samples.x for panel in panels])
    (low_x, low_y), (high_x, high_y) = every.min(axis=0), every.max(axis=0)
    return float(low_x), float(high_x), float(low_y), float(high_y)
