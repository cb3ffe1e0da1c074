"""Decision surfaces in matplotlib, for the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from datasets.types import Samples
from reports import figure_style, palette
from reports.surfaces import (
    MOST_POINTS,
    Surface,
    alpha_of,
    class_label,
    frame_of,
    levels,
    panel_title,
    points_text,
    sample,
    strengths,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def surface_picture(
    surfaces: Sequence[Surface],
    samples: Samples | None,
    class_names: Sequence[str],
    split: str,
    *,
    title: str,
    caption: str,
    errors: Mapping[str, float] | None = None,
    columns: int = 3,
    most: int = MOST_POINTS,
) -> Figure:
    """Surfaces side by side, as `reports.surfaces.surface_figure` draws them."""
    from matplotlib.lines import Line2D

    rows, columns = figure_style.arrange(len(surfaces), columns)
    shown = None if samples is None else sample(samples, most)
    note = f"{caption}; {points_text(shown, samples, split)}"
    figure = figure_style.new_figure(
        title, note, 1.3 + rows * (0.6 + 0.85 * figure_style.WIDTH / max(columns, 2))
    )
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    inks = _shades(len(class_names))
    low_x, high_x, low_y, high_y = frame_of(surfaces)
    for index, axes in enumerate(panels.flat):
        if index >= len(surfaces):
            axes.set_visible(False)
            continue
        surface = surfaces[index]
        figure_style.dress(axes)
        axes.grid(visible=False)
        axes.pcolormesh(
            surface.x, surface.y, inks[levels(surface, "probability")], shading="nearest", rasterized=True
        )
        if shown is not None:
            colours = np.array(
                [palette.blend(c, 0.8, "#000000") for c in palette.class_colours(len(class_names))]
            )
            axes.scatter(
                shown.x[:, 0], shown.x[:, 1], c=colours[shown.y], s=5, lw=0, alpha=alpha_of(len(shown))
            )
        axes.set(xlim=(low_x, high_x), ylim=(low_y, high_y))
        axes.set_title(panel_title(surface, split, errors, "\n"), fontsize=10)
    handles = [
        Line2D([], [], marker="o", ls="", ms=8, color=colour, label=_plain(class_label(name)))
        for name, colour in zip(class_names, palette.class_colours(len(class_names)), strict=True)
    ]
    figure_style.legend_below(figure, handles, 8)
    return figure


def _shades(count: int) -> NDArray[np.float64]:
    """The inks of the levels on white, as red, green, blue in [0, 1], one row a level."""
    inks = [palette.blend(colour, s) for colour in palette.class_colours(count) for s in strengths()]
    return np.array([[int(ink[i : i + 2], 16) / 255 for i in (1, 3, 5)] for ink in inks])


def _plain(text: str) -> str:
    """matplotlib reads a pair of dollar signs as a formula."""
    return text.replace("$", r"\$")
