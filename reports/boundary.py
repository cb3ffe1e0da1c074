"""The Bayes boundary: where the rule that is optimal for a drawing changes its answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from imld_synth import Drawing

if TYPE_CHECKING:
    import plotly.graph_objects as go

Floats = NDArray[np.float64]

NAME = "Bayes boundary"

#: Of the largest density: below it no point ever falls, and densities are rounding more than anything else.
EMPTY = 1e-12


def boundary_lines(drawing: Drawing, x: Floats, y: Floats) -> list[Floats]:
    """The boundary as lines, each (n, 2), from the densities at the places of a grid.

    No line where next to no density is left (`EMPTY`): whatever is answered there costs nothing.
    """
    from matplotlib.figure import Figure

    joint = drawing.joint(np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2))
    total = joint.sum(axis=1, keepdims=True)
    posterior = np.full_like(joint, np.nan)
    np.divide(joint, total, out=posterior, where=total > EMPTY * total.max())
    posterior = posterior.reshape(len(y), len(x), -1)
    axes = Figure().subplots()
    # With two classes the edge of one is that of the other.
    count = posterior.shape[-1]
    lines: list[Floats] = []
    for index in range(count if count > 2 else 1):
        others = np.delete(posterior, index, axis=-1).max(axis=-1)
        lead = np.ma.masked_invalid(posterior[..., index] - others)
        if lead.min() < 0 < lead.max():
            lines += [line for line in axes.contour(x, y, lead, [0.0]).allsegs[0] if len(line) > 1]
    return lines


def add_boundary(figure: go.Figure, lines: Sequence[Floats], ink: str, ground: str) -> None:
    """Draws the lines into every panel, last, so that no point covers them; one entry in the legend.

    ground: colour of a rim that sets the line off from points as dark as it is.
    """
    panels = dict.fromkeys((trace.xaxis, trace.yaxis) for trace in figure.data if trace.type == "heatmap")
    for place, (across, up) in enumerate(panels):
        for trace in boundary_traces(lines, ink, ground, named=place == 0):
            figure.add_trace(trace.update(xaxis=across, yaxis=up))


def boundary_traces(lines: Sequence[Floats], ink: str, ground: str, named: bool) -> list[go.Scattergl]:
    """The lines and their rim, for one panel. named: whether the legend has them."""
    import plotly.graph_objects as go

    gap = np.full((1, 2), np.nan)
    path = np.concatenate([part for line in lines for part in (line, gap)] or [gap]).astype(np.float32)
    return [
        go.Scattergl(
            x=path[:, 0],
            y=path[:, 1],
            mode="lines",
            name=NAME,
            legendgroup=NAME,
            showlegend=named and colour == ink,
            line={"color": colour, "width": width},
            hoverinfo="skip",
        )
        for colour, width in ((ground, 4), (ink, 1.5))
    ]
