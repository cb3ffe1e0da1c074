"""Numbers as dots on lines of their own: a row a system, a mark a kind of number, an interval where there is one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reports import figure_style, palette, tables

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True)
class Kind:
    """What a mark means. above: whether its number stands above it, for kinds that lie close together."""

    name: str
    colour: str
    symbol: str
    above: bool = True


@dataclass(frozen=True)
class Dot:
    """A number of a row: a fraction. low, high: its interval, NaN where there is none."""

    row: str
    kind: Kind
    value: float
    low: float = math.nan
    high: float = math.nan


def dots_figure(dots: Sequence[Dot], axis: str, *, differences: bool = False) -> go.Figure:
    """Rows and kinds in the order in which they come. differences: numbers have signs, and a line stands at 0."""
    import plotly.graph_objects as go

    figure = go.Figure()
    rows = list(dict.fromkeys(dot.row for dot in dots))
    for row in rows:
        values = [dot.value for dot in dots if dot.row == row]
        if len(values) > 1:
            figure.add_scatter(
                x=[min(values), max(values)],
                y=[row, row],
                mode="lines",
                line={"color": palette.GREY, "width": 2},
                showlegend=False,
                hoverinfo="skip",
            )
    text = tables.points if differences else tables.error
    near = -math.inf if differences else 0.03 * max((dot.value for dot in dots), default=0.0)
    for kind in dict.fromkeys(dot.kind for dot in dots):
        own = [dot for dot in dots if dot.kind == kind]
        figure.add_scatter(
            x=[dot.value for dot in own],
            y=[dot.row for dot in own],
            mode="markers+text",
            name=kind.name,
            text=[text(dot.value) for dot in own],
            textposition=[_place(dot, near) for dot in own],
            cliponaxis=False,
            marker={"color": kind.colour, "symbol": kind.symbol, "size": 14},
            error_x=_whiskers(own, kind.colour),
            hovertemplate="%{y}: %{x:.2%}",
        )
    figure.update_layout(figure_style.base_layout("", height=150 + 78 * len(rows), margin_t=20))
    figure.update_xaxes(
        figure_style.percent_axis(
            axis,
            zeroline=differences,
            zerolinecolor=palette.GREY,
            rangemode="normal" if differences else "tozero",
        )
    )
    # By name, top down; half a row of air, in which the numbers of the first and the last row stand.
    # Two lines a name, so that the dots have room on a phone.
    names = [row.replace(" (", "<br>(").replace(", ", ",<br>") for row in rows]
    figure.update_yaxes(
        figure_style.plain_axis(
            type="category",
            categoryarray=rows,
            tickvals=rows,
            ticktext=names,
            range=[len(rows) - 0.4, -0.6],
            showgrid=True,
        )
    )
    return figure


def _place(dot: Dot, near: float) -> str:
    """Of its number. near: below this a number would lie over the name of the row, beside an axis that begins at 0."""
    return f"{'top' if dot.kind.above else 'bottom'} {'right' if dot.value < near else 'center'}"


def _whiskers(own: Sequence[Dot], colour: str) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [dot.high - dot.value for dot in own],
        "arrayminus": [dot.value - dot.low for dot in own],
        "visible": any(not math.isnan(dot.low) for dot in own),
        "color": colour,
        "thickness": 2.5,
        "width": 8,
    }
