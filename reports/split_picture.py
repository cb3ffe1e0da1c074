"""The points of a data set's three parts side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasets.types import SPLIT_NAMES, Dataset
from reports.figure_style import dress, legend_below, new_figure
from reports.palette import CLASSES, LIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Points of each part that are drawn; more would hide each other.
SHOWN = 3_000


def draw(dataset: Dataset) -> Figure:
    """A panel a part, one colour a class, the same axes and always the same points."""
    from matplotlib.lines import Line2D

    caption = f"data set {dataset.name}, {dataset.provenance.kind}, at most {SHOWN:,} points of each part"
    figure = new_figure("Points of each part", caption, 4.2)
    panels = figure.subplots(1, len(SPLIT_NAMES), sharex=True, sharey=True)
    for axes, name in zip(panels, SPLIT_NAMES, strict=True):
        part = dataset.split.part(name)
        rows = np.arange(len(part))
        if len(part) > SHOWN:
            rows = np.random.default_rng(0).choice(len(part), SHOWN, replace=False)
        colours = np.array([CLASSES[place % len(CLASSES)] for place in range(dataset.classes)])
        axes.scatter(*np.asarray(part.x[rows]).T, s=4, c=colours[part.y[rows]], linewidths=0, alpha=0.7)
        axes.set_title(f"{name}: {len(part):,}", fontsize=11, color=LIGHT.text)
        axes.set_aspect("equal")
        dress(axes)
    handles = [
        Line2D([], [], marker="o", linestyle="", color=CLASSES[place % len(CLASSES)], label=f"class {name}")
        for place, name in enumerate(dataset.class_names)
    ]
    legend_below(figure, handles, min(6, len(handles)))
    return figure
