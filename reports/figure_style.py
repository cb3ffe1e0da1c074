"""What all figures share: percent axes, caption, fonts, size. Plotly for pages, matplotlib for reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reports.palette import LIGHT, transparent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Width of a picture in inches and its dots per inch: 1,350 pixels, readable on a projector.
WIDTH = 9.0
DPI = 150

GRID = transparent("#7F7F7F", 0.25)


def base_layout(caption: str, **layout: Any) -> dict[str, Any]:
    """Layout of a plotly figure on a transparent ground, with its caption above it."""
    return {
        "template": None,
        "title": {
            "text": caption,
            "font": {"size": 13},
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 12, "l": 10},
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 10, "r": 10, "t": 50, "b": 10},
        # At the bottom of the whole figure, which leaves room for it: no axis title lies below it.
        "legend": {
            "orientation": "h",
            "traceorder": "normal",
            "xref": "container",
            "x": 0,
            "xanchor": "left",
            "yref": "container",
            "y": 0,
            "yanchor": "bottom",
        },
        "hoverlabel": {"namelength": -1},
        "dragmode": "zoom",
    } | layout


def percent_axis(title: str, **axis: Any) -> dict[str, Any]:
    """A plotly axis of error rates, which are fractions in frames and percent for readers."""
    return {
        "title": {"text": title},
        "tickformat": ".2~%",
        "hoverformat": ".2%",
        "showgrid": True,  # Streamlit's own look of a chart has none on the x axis
        "gridcolor": GRID,
        "zeroline": False,
        "automargin": True,
    } | axis


def plain_axis(title: str = "", **axis: Any) -> dict[str, Any]:
    """A plotly axis of anything else."""
    return {"title": {"text": title}, "gridcolor": GRID, "zeroline": False, "automargin": True} | axis


def new_figure(title: str, caption: str, height: float) -> Figure:
    """A matplotlib figure of fixed width, with a title and the caption; no global state is touched."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor=LIGHT.background, layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(f"{title}\n", x=0.01, ha="left", fontsize=13, fontweight="bold", color=LIGHT.text)
    # Second line of the title, in its own weight: matplotlib has one weight a text.
    figure.text(0.01, 1 - 0.36 / height, caption, ha="left", va="top", fontsize=10, color=LIGHT.text)
    return figure


def dress(axes: Axes) -> None:
    """The look of every matplotlib axes: a light grid behind, no box around."""
    axes.set_axisbelow(True)
    axes.grid(color=LIGHT.grid, linewidth=0.8)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(LIGHT.grid)
    axes.tick_params(colors=LIGHT.text, labelsize=10, length=0)


def in_percent(axes: Axes, which: str, most: int = 6) -> None:
    """Labels the x or y axis of fractions in percent, with `most` marks or fewer."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(most - 1, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.4g} %"))


def legend_below(figure: Figure, handles: list[Any], columns: int) -> None:
    """One legend for all panels, below them, where it covers no data."""
    figure.legend(handles=handles, loc="outside lower left", ncols=columns, frameon=False, fontsize=10)


def arrange(count: int, most: int) -> tuple[int, int]:
    """Rows and columns for panels, `most` a row, without a nearly empty last row: four are 2 x 2, not 3 + 1."""
    rows = -(-count // max(1, most))
    return rows, -(-count // rows)
