"""Learning curves of one or two trials in one figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports import figure_style, palette
from tuners.record import EpochRecord, TrialRecord

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Colour, mark and dash of the first and of the second trial: told apart without colour as well.
LOOKS = ((palette.BLUE, "circle", "solid"), (palette.ORANGE, "diamond", "dash"))


def curves_figure(curves: Sequence[tuple[str, TrialRecord, Sequence[EpochRecord]]]) -> go.Figure | None:
    """Dev with marks, train dotted and thin, the best epoch ringed. curves: name, trial, its epochs; two at most.
    None where no trial has an epoch on record."""
    import plotly.graph_objects as go

    figure = go.Figure()
    for (name, trial, epochs), (colour, mark, dash) in zip(curves, LOOKS, strict=False):
        if not epochs:
            continue
        x = [epoch.epoch for epoch in epochs]
        if any(epoch.train_error is not None for epoch in epochs):
            figure.add_scatter(
                x=x,
                y=[epoch.train_error for epoch in epochs],
                name=f"{name}, train",
                mode="lines",
                line={"color": colour, "width": 2, "dash": "dot"},
                hovertemplate="epoch %{x}: %{y:.2%}",
            )
        figure.add_scatter(
            x=x,
            y=[epoch.dev_error for epoch in epochs],
            name=f"{name}, dev",
            mode="lines+markers",
            line={"color": colour, "width": 3, "dash": dash},
            marker={"symbol": mark, "size": 9},
            hovertemplate="epoch %{x}: %{y:.2%}",
        )
        best = next((epoch for epoch in epochs if epoch.epoch == trial.best_epoch), None)
        if best is not None and trial.dev_error is not None:
            figure.add_scatter(
                x=[best.epoch],
                y=[best.dev_error],
                name=f"{name}, best epoch",
                mode="markers",
                marker={
                    "symbol": f"{mark}-open",
                    "size": 18,
                    "color": colour,
                    "line": {"width": 3, "color": colour},
                },
                hovertemplate="best epoch %{x}: %{y:.2%}",
            )
    if not figure.data:
        return None
    figure.update_layout(figure_style.base_layout("", height=380, showlegend=True))
    figure.update_xaxes(figure_style.plain_axis("epoch", rangemode="tozero", tickformat="d"))
    figure.update_yaxes(figure_style.percent_axis("error"))
    return figure
