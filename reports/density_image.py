"""Where all points of a large split lie, as one small image a class: a sample alone would hide the sparse places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from datasets.types import Samples
from reports import palette

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: From so many points on, the sample is drawn over an image of all of them.
MANY = 20_000

#: Cells a side of the image: coarse enough for 20,000 points to show a density, light for a page.
CELLS = 120

#: Strongest ink of a cell, so that the ground and the other classes stay visible through it.
STRONGEST = 0.9

#: Markers of the sampled points over it: smaller and fainter, so that the image is seen between them.
OVER_DENSITY = {"size": 3, "opacity": 0.25}

Frame = tuple[float, float, float, float]


def density(samples: Samples, frame: Frame, classes: int) -> NDArray[np.uint8]:
    """Points a cell as a byte, shape (classes, rows, columns): 0 for none, 255 for the fullest cell of all.

    Logarithmic, so that a cell of one point is seen beside one of a hundred. The scale is that of all
    classes, so that a rare class looks rare. frame: low and high x1, low and high x2.
    """
    low_x, high_x, low_y, high_y = frame
    counts = np.stack(
        [
            np.histogram2d(
                samples.x[samples.y == index, 1],
                samples.x[samples.y == index, 0],
                bins=CELLS,
                range=((low_y, high_y), (low_x, high_x)),
            )[0]
            for index in range(classes)
        ]
    )
    return np.asarray(np.ceil(255 * np.log1p(counts) / np.log1p(max(counts.max(), 1))), dtype=np.uint8)


def density_traces(images: NDArray[np.uint8], frame: Frame) -> list[go.Heatmap]:
    """One transparent image a class, hidden with its points by a click in the legend."""
    import plotly.graph_objects as go

    low_x, high_x, low_y, high_y = frame
    colours = palette.class_colours(len(images))
    across, up = (high_x - low_x) / CELLS, (high_y - low_y) / CELLS
    return [
        go.Heatmap(
            x0=low_x + across / 2,
            dx=across,
            y0=low_y + up / 2,
            dy=up,
            z=image,
            zmin=0,
            zmax=255,
            colorscale=[[0, palette.transparent(colour, 0)], [1, palette.transparent(colour, STRONGEST)]],
            showscale=False,
            hoverinfo="skip",
            legendgroup=f"class {index}",
        )
        for index, (image, colour) in enumerate(zip(images, colours, strict=True))
    ]
