"""A `Chart` as matplotlib draws it for reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reports import figure_style, palette
from reports.chart import Axis, Bars, Chart, Curve, Dots, Level, Violin, Whiskers

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Pixels of a page to inches of a picture, one panel each.
INCHES = 100

#: Letters of a legend that stand side by side.
LETTERS = 118


def picture(chart: Chart, title: str, caption: str) -> Figure:
    """Panels stand beside each other."""
    figure = figure_style.new_figure(title, caption, max(3.6, chart.height / INCHES))
    panels = figure.subplots(1, len(chart.panels), sharey=chart.share_y, squeeze=False)[0]
    handles: dict[str, Any] = {}
    for axes, panel in zip(panels, chart.panels, strict=True):
        figure_style.dress(axes)
        for part in panel.parts:
            handle = _draw(axes, part)
            name = getattr(part, "name", "")
            if name and handle is not None:
                handles.setdefault(name, handle)
        _dress(axes, panel.x, "x")
        if axes is panels[0] or not chart.share_y:
            _dress(axes, panel.y, "y")
        if panel.title:
            axes.set_title(panel.title, fontsize=10, loc="left", color=palette.LIGHT.text)
    if handles:
        for name, handle in handles.items():
            handle.set_label(name)
        longest = max(map(len, handles))
        figure_style.legend_below(
            figure, list(handles.values()), max(1, min(4, len(handles), LETTERS // (longest + 6)))
        )
    if chart.stamp:
        figure.text(
            0.5,
            0.5,
            chart.stamp,
            fontsize=30,
            color=palette.GREY,
            alpha=0.3,
            rotation=20,
            ha="center",
            va="center",
        )
    return figure


def _dress(axes: Axes, axis: Axis, which: str) -> None:
    set_label, set_limits, own = (
        (axes.set_xlabel, axes.set_xlim, axes.xaxis)
        if which == "x"
        else (axes.set_ylabel, axes.set_ylim, axes.yaxis)
    )
    set_label(axis.title, fontsize=10)
    if axis.ticks:
        own.set_ticks(
            range(len(axis.ticks)),
            [tick.replace(" (", "\n(") if which == "x" else tick for tick in axis.ticks],
        )
        ends = (-0.6, len(axis.ticks) - 0.4)
        set_limits(*(reversed(ends) if axis.turned else ends))
    elif axis.low is not None or axis.high is not None:
        set_limits(axis.low, axis.high)
    if axis.percent:
        figure_style.in_percent(axes, which)


def _draw(axes: Axes, part: Any) -> Any:
    """Draws a part and returns what stands for it in the legend."""
    match part:
        case Level():
            draw_line = axes.axvline if part.along == "x" else axes.axhline
            draw_line(part.value, color=palette.GREY, linewidth=1.2, linestyle=":")
            where = axes.get_xaxis_transform() if part.along == "x" else axes.get_yaxis_transform()
            at = (part.value, 0.98) if part.along == "x" else (0.98, part.value)
            axes.text(
                *at, part.text, transform=where, fontsize=8, color=palette.LIGHT.text, ha="right", va="top"
            )
            return None
        case Dots():
            return axes.scatter(
                part.x, part.y, s=part.size**2 / 2, marker=palette.MARKS[part.mark][1], edgecolors=part.colour,
                c="none" if part.hollow else part.colour, linewidths=1.2, zorder=3,
            )  # fmt: skip
        case Curve():
            if len(part.low):
                axes.fill_between(
                    part.x, np.asarray(part.low, dtype=float), np.asarray(part.high, dtype=float), color=part.colour,
                    step="post" if part.steps else None, alpha=0.18, linewidth=0,
                )  # fmt: skip
            (line,) = axes.plot(
                part.x, part.y, color=part.colour, linewidth=0.8 if part.thin else 2.0, alpha=0.5 if part.thin else 1,
                linestyle="--" if part.dash else "-", drawstyle="steps-post" if part.steps else "default",
                marker=None if part.mark is None else palette.MARKS[part.mark][1], markersize=6,
            )  # fmt: skip
            return line
        case Bars():
            bars = axes.bar(
                part.x,
                part.heights,
                part.width,
                bottom=part.base if len(part.base) else None,
                color=part.colour,
            )
            return bars[0] if len(bars) else None
        case Whiskers():
            value = np.asarray(part.x if part.along == "x" else part.y, dtype=float)
            reach = np.nan_to_num(np.vstack([value - np.asarray(part.low), np.asarray(part.high) - value]))
            return axes.errorbar(
                part.x, part.y, **{f"{part.along}err": reach}, color=part.colour, fmt=palette.MARKS[part.mark][1] + ("-" if part.joined else ""),
                markersize=6, capsize=2, linewidth=1.5,
            )  # fmt: skip
        case Violin():
            made: Any = axes.violinplot(
                [list(part.values)], [part.place], widths=0.8, showmeans=True, showextrema=False
            )
            for body in made["bodies"]:
                body.set(facecolor=part.colour, alpha=0.2, edgecolor=part.colour)
            made["cmeans"].set_color(part.colour)
            return None
    raise TypeError(f"{part!r} is no part of a chart")
