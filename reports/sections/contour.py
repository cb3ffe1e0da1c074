"""Two hyperparameters at once: where trials were, and their mean dev error there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from reports import figure_style, palette, tables
from reports.section import NOTHING, Section, caption_of
from reports.trial_frame import Axis, axes_of, drawn, enough, is_winner, of_system, trial_frame
from tuners.store import Store

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from matplotlib.figure import Figure

#: Cells along an axis of numbers.
CELLS = 6

#: Low errors are dark blue, high ones light; the same on light and dark grounds.
SCALE = [palette.BLUE, palette.SKY, "#E8E2D0", palette.ORANGE]


@dataclass(frozen=True)
class Grid:
    """Mean dev error and number of trials in each cell, [y, x]; NaN where no trial was. edges: in [0, 1]."""

    x: Axis
    y: Axis
    x_edges: np.ndarray
    y_edges: np.ndarray
    mean: np.ndarray
    count: np.ndarray


class Contour(Section):
    name = "contour"
    title = "Two hyperparameters together"
    lead = (
        "Each cell shows the mean dev error of the trials in it, and their number; a cell without a trial stays empty: "
        "nothing is drawn where nothing was measured. All other hyperparameters vary within a cell."
    )
    position = 54

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """As `trial_frame`; a page may put the names of two parameters into attrs["pair"]."""
        return trial_frame(store, study_name)

    def applies(self, frame: pd.DataFrame) -> bool:
        return enough(frame) and len(axes_of(frame)) > 1

    def figure(self, store: Store, frame: pd.DataFrame) -> go.Figure | None:
        import plotly.graph_objects as go

        grid = grid_of(frame)
        if grid is None:
            return None
        low, high = float(np.nanmin(grid.mean)), float(np.nanmax(grid.mean))
        figure = go.Figure()
        figure.add_heatmap(
            x=grid.x_edges,
            y=grid.y_edges,
            z=grid.mean,
            customdata=grid.count,
            zmin=low,
            zmax=high if high > low else low + 0.01,
            colorscale=SCALE,
            opacity=0.85,
            hoverongaps=False,
            hovertemplate="mean dev error %{z:.2%} of %{customdata} trials<extra></extra>",
            colorbar={"orientation": "h", "thickness": 14, "y": -0.3, "tickformat": ".2~%"},
        )
        shown, note = drawn(_valued(frame, grid))
        for rows, name, marker in (
            (shown, "trial", {"size": 5, "color": palette.LIGHT.text, "opacity": 0.55}),
            (
                shown[is_winner(shown)],
                "lowest dev error",
                {
                    "symbol": "circle-open",
                    "size": 16,
                    "color": palette.VERMILLION,
                    "line": {"width": 3},
                },
            ),
        ):
            figure.add_scatter(
                x=grid.x.positions(rows[grid.x.column]),
                y=grid.y.positions(rows[grid.y.column]),
                mode="markers",
                name=name,
                marker=marker,
                customdata=rows["dev_error"],
                hovertemplate="dev error %{customdata:.2%}<extra></extra>",
                showlegend=False,
            )
        figure.update_layout(figure_style.base_layout(_caption(frame, note), height=560))
        figure.update_layout(margin={"t": 50, "b": 110})
        for update, axis in ((figure.update_xaxes, grid.x), (figure.update_yaxes, grid.y)):
            marks, labels = axis.ticks()
            update(figure_style.plain_axis(_name(axis), tickvals=marks, ticktext=labels, showgrid=False))
        return figure

    def picture(self, store: Store, frame: pd.DataFrame) -> Figure | None:
        from matplotlib.colors import LinearSegmentedColormap
        from matplotlib.ticker import FuncFormatter

        grid = grid_of(frame)
        if grid is None:
            return None
        shown, note = drawn(_valued(frame, grid))
        figure = figure_style.new_figure(
            f"{self.title}: {frame.attrs['system']}", _caption(frame, note, system=False), 4.6
        )
        panel = figure.subplots()
        figure_style.dress(panel)
        panel.grid(visible=False)
        scale = LinearSegmentedColormap.from_list("errors", SCALE)
        cells = panel.pcolormesh(
            grid.x_edges, grid.y_edges, np.ma.masked_invalid(grid.mean), cmap=scale, alpha=0.85
        )
        places = (grid.x.positions(shown[grid.x.column]), grid.y.positions(shown[grid.y.column]))
        panel.plot(*places, "o", ms=4, color=palette.LIGHT.text, alpha=0.55, mew=0)
        best = shown[is_winner(shown)]
        ring = (grid.x.positions(best[grid.x.column]), grid.y.positions(best[grid.y.column]))
        panel.plot(*ring, "o", ms=13, mfc="none", mec=palette.VERMILLION, mew=2.5)
        for (row, column), count in np.ndenumerate(grid.count):
            if count:
                corner = (grid.x_edges[column + 1], grid.y_edges[row + 1])
                panel.annotate(
                    str(count), corner, (-3, -3), textcoords="offset points", ha="right", va="top", fontsize=8
                )
        panel.set_xticks(*grid.x.ticks())
        panel.set_yticks(*grid.y.ticks())
        panel.set_xlabel(_name(grid.x), fontsize=10)
        panel.set_ylabel(_name(grid.y), fontsize=10)
        bar = figure.colorbar(cells, ax=panel, format=FuncFormatter(lambda v, _: f"{100 * v:.4g} %"))
        bar.set_label("mean dev error; ring: the lowest; number: trials", fontsize=9)
        return figure

    def markdown(self, frame: pd.DataFrame) -> str:
        grid = grid_of(frame)
        if grid is None:
            return NOTHING
        row, column = divmod(int(np.nanargmin(grid.mean)), grid.mean.shape[1])
        empty = int((grid.count == 0).sum())
        return (
            f"{tables.escape(frame.attrs['system'])}, the two hyperparameters that "
            f"{'matter most' if frame.attrs['importance'].get(frame.attrs['system']) else 'come first'}. The lowest "
            f"mean is {tables.error(grid.mean[row, column])} % over {grid.count[row, column]} trials; "
            f"{empty} of {grid.count.size} cells hold no trial."
        )

    def alt(self, frame: pd.DataFrame) -> str:
        pair = " and ".join(axis.name for axis in pair_of(frame))
        return f"Mean dev error over {pair} of {frame.attrs['system']}, {caption_of(frame)}"


def pair_of(frame: pd.DataFrame) -> list[Axis]:
    """The two axes that are shown: those that a page chose, else the two most important ones."""
    axes = axes_of(frame)
    chosen = [axis for name in frame.attrs.get("pair", ()) for axis in axes if axis.name == name]
    return chosen if len(chosen) == 2 else axes[:2]


def grid_of(frame: pd.DataFrame) -> Grid | None:
    """Trials with a dev error in the cells of the two axes; None where there are none."""
    pair = pair_of(frame)
    if len(pair) < 2:
        return None
    x, y = pair
    rows = of_system(frame)
    rows = rows[rows["dev_error"].notna() & rows[x.column].notna() & rows[y.column].notna()]
    if rows.empty:
        return None
    x_edges, y_edges = _edges(x), _edges(y)
    shape = (len(y_edges) - 1, len(x_edges) - 1)
    columns = np.clip(np.searchsorted(x_edges, x.positions(rows[x.column]), "right") - 1, 0, shape[1] - 1)
    lines = np.clip(np.searchsorted(y_edges, y.positions(rows[y.column]), "right") - 1, 0, shape[0] - 1)
    count = np.zeros(shape, int)
    total = np.zeros(shape)
    np.add.at(count, (lines, columns), 1)
    np.add.at(total, (lines, columns), rows["dev_error"].to_numpy(float))
    mean = np.full(shape, math.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return Grid(x, y, x_edges, y_edges, mean, count)


def _edges(axis: Axis) -> np.ndarray:
    """Edges of cells in [0, 1]; a cell of its own for each of few values."""
    if not axis.few:
        return np.linspace(0, 1, CELLS + 1)
    places = axis.positions(axis.few)
    if len(places) == 1:
        return np.array([-0.5, 0.5])
    between = (places[1:] + places[:-1]) / 2
    return np.array([2 * places[0] - between[0], *between, 2 * places[-1] - between[-1]])


def _valued(frame: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    rows = of_system(frame)
    return rows[rows["dev_error"].notna() & rows[grid.x.column].notna() & rows[grid.y.column].notna()]


def _name(axis: Axis) -> str:
    return f"{axis.name} (log)" if getattr(axis.domain, "log", False) else axis.name


def _caption(frame: pd.DataFrame, note: str, *, system: bool = True) -> str:
    parts = [str(frame.attrs["system"])] if system else []
    return ", ".join([*parts, caption_of(frame), *([note] if note else [])])
