"""A `Chart` as plotly draws it for pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reports import figure_style, palette
from reports.chart import Axis, Bars, Chart, Curve, Dots, Level, Panel, Violin, Whiskers

if TYPE_CHECKING:
    import plotly.graph_objects as go


#: The name of the annotation that marks a figure whose people are none.
STAMP = "stamp"

#: Pixels between panels: marks and title of an axis, and the title of the next panel.
BETWEEN = 100


def figure(chart: Chart, caption: str) -> go.Figure:
    """Panels stand one below the other, so that a phone shows each in its whole width."""
    from plotly.subplots import make_subplots

    count = len(chart.panels)
    height = chart.height if count == 1 else round(0.8 * chart.height) * count
    drawn = make_subplots(
        rows=count,
        cols=1,
        subplot_titles=[panel.title for panel in chart.panels]
        if any(p.title for p in chart.panels)
        else None,
        vertical_spacing=BETWEEN / height if count > 1 else 0,
    )
    known: set[str] = set()
    for row, panel in enumerate(chart.panels, start=1):
        for part in panel.parts:
            _draw(drawn, part, row, known, panel)
        drawn.update_xaxes(_axis(panel.x), row=row, col=1)
        drawn.update_yaxes(_axis(panel.y), row=row, col=1)
    drawn.update_layout(figure_style.base_layout(caption, height=height, barmode="overlay"))
    for row in range(1, count + 1) if chart.stamp else ():
        drawn.add_annotation(
            text=chart.stamp, x=0.5, y=0.5, xref="x domain", yref="y domain", showarrow=False, opacity=0.35,
            textangle=-20, name=STAMP, row=row, col=1,
        )  # fmt: skip
    return drawn


def _axis(axis: Axis) -> dict[str, Any]:
    made = figure_style.percent_axis(axis.title) if axis.percent else figure_style.plain_axis(axis.title)
    made["showgrid"] = True
    if axis.ticks:
        made |= {
            "tickmode": "array",
            "tickvals": list(range(len(axis.ticks))),
            "ticktext": [_lines(tick) for tick in axis.ticks],
            "range": [len(axis.ticks) - 0.4, -0.6] if axis.turned else [-0.6, len(axis.ticks) - 0.4],
            "showgrid": axis.turned,
        }
    elif axis.low is not None and axis.high is not None:
        made["range"] = [axis.low, axis.high]
    elif axis.low is not None:
        made["rangemode"] = "tozero"
    return made


def _lines(tick: str) -> str:
    """What stands in brackets goes below, as a phone has no room beside."""
    return tick.replace(" (", "<br>(")


def _draw(drawn: go.Figure, part: Any, row: int, known: set[str], panel: Panel) -> None:
    if isinstance(part, Level):
        add = drawn.add_vline if part.along == "x" else drawn.add_hline
        at = {"x": part.value} if part.along == "x" else {"y": part.value}
        add(
            **at, exclude_empty_subplots=False, line={"color": palette.GREY, "width": 1.5, "dash": "dot"}, row=row, col=1,
            annotation_text=part.text, annotation_position="top left" if part.along == "x" else "bottom right",
        )  # fmt: skip
        return
    shown = bool(part.name) and part.name not in known
    known.add(part.name)
    common: dict[str, Any] = {"name": part.name, "legendgroup": part.name, "showlegend": shown}
    match part:
        case Dots():
            symbol = palette.MARKS[part.mark][0] + ("-open" if part.hollow else "")
            drawn.add_scatter(
                **common, x=part.x, y=part.y, mode="markers",
                marker={"color": part.colour, "symbol": symbol, "size": part.size, "line": {"width": 1.5 if part.hollow else 0}},
                **_hover(part.hover), row=row, col=1,
            )  # fmt: skip
        case Curve():
            _curve(drawn, part, common, row)
        case Bars():
            drawn.add_bar(
                **common, x=part.x, y=part.heights, width=part.width, marker={"color": part.colour},
                base=part.base if len(part.base) else None, **_hover(part.hover), row=row, col=1,
            )  # fmt: skip
        case Whiskers():
            low, high, value = (
                np.asarray(v, dtype=float)
                for v in (part.low, part.high, part.x if part.along == "x" else part.y)
            )
            bars = {
                "type": "data",
                "symmetric": False,
                "array": np.nan_to_num(high - value),
                "arrayminus": np.nan_to_num(value - low),
                "thickness": 2,
                "width": 4,
            }
            drawn.add_scatter(
                **common, x=part.x, y=part.y, mode="lines+markers" if part.joined else "markers", line={"color": part.colour, "width": 2},
                marker={"color": part.colour, "symbol": palette.MARKS[part.mark][0], "size": 10},
                **{f"error_{part.along}": bars}, **_hover(part.hover), row=row, col=1,
            )  # fmt: skip
        case Violin():
            drawn.add_violin(
                **common, x0=part.place, y=part.values, line={"color": part.colour, "width": 1.5},
                fillcolor=palette.transparent(part.colour, 0.2), points=False, meanline={"visible": True},
                spanmode="hard", width=0.8, hoverinfo="skip", row=row, col=1,
            )  # fmt: skip


def _curve(drawn: go.Figure, part: Curve, common: dict[str, Any], row: int) -> None:
    shape = "hv" if part.steps else "linear"
    line = {"color": part.colour, "shape": shape, "width": 1 if part.thin else 2.5}
    if part.dash:
        line["dash"] = "dash"
    if len(part.low):
        band = common | {"showlegend": False, "hoverinfo": "skip", "mode": "lines"}
        drawn.add_scatter(**band, x=part.x, y=part.low, line=line | {"width": 0}, row=row, col=1)
        drawn.add_scatter(
            **band, x=part.x, y=part.high, line=line | {"width": 0}, fill="tonexty",
            fillcolor=palette.transparent(part.colour, 0.18), row=row, col=1,
        )  # fmt: skip
    more = {} if part.mark is None else {"marker": {"symbol": palette.MARKS[part.mark][0], "size": 8}}
    drawn.add_scatter(
        **common, x=part.x, y=part.y, line=line, mode="lines" if part.mark is None else "lines+markers",
        opacity=0.5 if part.thin else 1, **more, row=row, col=1,
    )  # fmt: skip


def _hover(texts: tuple[str, ...]) -> dict[str, Any]:
    return {"hovertext": list(texts), "hovertemplate": "%{hovertext}<extra></extra>"} if texts else {}
