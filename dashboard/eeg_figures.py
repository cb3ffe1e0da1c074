"""Figures of EEG segments: all derivations, one before and after filtering, and its power spectrum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.framing import CONTEXT, FRAME, RATE
from reports import figure_style
from reports.palette import BLUE, GREY, ORANGE, transparent

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Height of a derivation in pixels, and of the axis below all of them.
LANE, AXIS = 34, 80

#: Lengths of the scale bar in microvolts.
BARS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)

#: Percent of the values of a derivation, and of the derivations, that stay within their own lane: one with a
#: large rhythm or an artefact may cross its neighbours, so that the others are not flat.
VALUES, LANES = 99.0, 75.0

#: Highest frequency of a spectrum, Hz.
HIGHEST = 125.0

#: Power below this is rounding, microvolts² / Hz; a logarithmic axis would show nothing else.
FLOOR = 1e-6


def segment_of(windows: NDArray[Any]) -> NDArray[np.float32]:
    """The signal of one sample, shape (20, 500), from its windows, shape (100, 20, 15): their middle frames."""
    middle = windows[:, :, CONTEXT : CONTEXT + FRAME]
    return np.asarray(middle.transpose(1, 0, 2).reshape(windows.shape[1], -1), dtype=np.float32)


def scale_bar(signal: NDArray[Any]) -> int:
    """Microvolts between two lanes, so that most derivations stay in their own."""
    centred = np.abs(signal - np.median(signal, axis=1, keepdims=True))
    wanted = 2 * float(np.percentile(np.percentile(centred, VALUES, axis=1), LANES))
    return next((bar for bar in BARS if bar >= wanted), BARS[-1])


def stack_figure(
    signal: NDArray[Any], names: Sequence[str], bar: int, colour: str, ink: str, frame: int | None = None
) -> go.Figure:
    """All derivations below each other, in the order of the network's input, with a bar for microvolts.

    signal: microvolts at 50 Hz, shape (channels, samples). bar: microvolts from lane to lane. frame: one of the network's frames, shaded
    together with its window.
    """
    import plotly.graph_objects as go

    seconds = np.arange(signal.shape[1]) / RATE
    lanes = -np.arange(len(names), dtype=float)
    figure = go.Figure()
    for name, lane, values in zip(names, lanes, signal, strict=True):
        middle = float(np.median(values))
        figure.add_scatter(
            x=seconds,
            y=np.round(lane + (values - middle) / bar, 4),
            customdata=np.round(values, 1),
            mode="lines",
            name=name,
            line={"color": colour, "width": 1.2},
            hovertemplate="%{x:.2f} s: %{customdata} µV",
            showlegend=False,
        )
    end = signal.shape[1] / RATE
    if frame is not None:
        start, half = frame * FRAME / RATE, CONTEXT / RATE
        for left, right, share in (
            (start - half, start + FRAME / RATE + half, 0.18),
            (start, start + FRAME / RATE, 0.35),
        ):
            figure.add_vrect(left, right, fillcolor=transparent(GREY, share), line_width=0, layer="below")
    # Beside the last derivation, outside of the signal.
    place = end * 1.015
    figure.add_scatter(
        x=[place, place],
        y=[lanes[-1], lanes[-1] + 1],
        mode="lines",
        line={"color": ink, "width": 4},
        hoverinfo="skip",
        showlegend=False,
    )
    figure.add_annotation(
        x=place,
        y=lanes[-1] + 1,
        text=f"{bar:,} µV",
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        bgcolor="rgba(127,127,127,0.25)",
    )
    figure.update_layout(
        figure_style.base_layout(
            "", height=LANE * len(names) + AXIS, margin={"l": 10, "r": 10, "t": 10, "b": 10}
        )
    )
    figure.update_xaxes(figure_style.plain_axis("seconds", range=[0, end * 1.03]))
    figure.update_yaxes(
        figure_style.plain_axis(
            tickvals=list(lanes), ticktext=list(names), range=[lanes[-1] - 1.2, 1.2], showgrid=False
        )
    )
    return figure


def before_after_figure(arrays: Mapping[str, NDArray[Any]], place: int, channel: int) -> go.Figure:
    """One derivation as recorded and after the chain, over the same 10 s, each less its own median."""
    figure = _two_lines()
    for name, colour, width in (("raw", ORANGE, 1.0), ("filtered", BLUE, 2.2)):
        values = arrays[name][place, channel]
        rate = float(arrays[f"{name}_rate"])
        figure.add_scatter(
            x=np.round(np.arange(len(values)) / rate, 4),
            y=np.round(values - np.median(values), 2),
            mode="lines",
            name=_NAMES[name].format(rate=rate),
            line={"color": colour, "width": width},
            hovertemplate="%{x:.2f} s: %{y:.1f} µV",
        )
    figure.update_xaxes(figure_style.plain_axis("seconds"))
    figure.update_yaxes(figure_style.plain_axis("µV"))
    return figure


def spectrum_figure(
    arrays: Mapping[str, NDArray[Any]], place: int, channel: int, marks: Mapping[str, float]
) -> go.Figure:
    """Power of one derivation before and after, on a logarithmic axis; marks: text and Hz of upright lines."""
    figure = _two_lines()
    highest, lowest = FLOOR, np.inf
    for name, colour, width, dash in (("raw", ORANGE, 1.6, "dot"), ("filtered", BLUE, 2.4, "solid")):
        hertz = arrays[f"{name}_frequencies"]
        shown = hertz <= HIGHEST
        power = np.maximum(arrays[f"{name}_power"][place, channel][shown].astype(float), FLOOR)
        highest, lowest = max(highest, power.max()), min(lowest, power.min())
        figure.add_scatter(
            x=hertz[shown],
            y=power,
            mode="lines",
            name=_NAMES[name].format(rate=float(arrays[f"{name}_rate"])),
            line={"color": colour, "width": width, "dash": dash},
            hovertemplate="%{x:.1f} Hz: %{y:.3~g} µV²/Hz",
        )
    for number, (text, hertz_of) in enumerate(sorted(marks.items(), key=lambda mark: mark[1])):
        figure.add_vline(hertz_of, line={"dash": "dash", "width": 1.2, "color": GREY})
        # Each a step lower than the one before it: at 25 and 35 Hz they would cover each other.
        figure.add_annotation(
            x=hertz_of,
            y=1 - 0.1 * number,
            yref="paper",
            text=text,
            showarrow=False,
            xanchor="left",
            yanchor="top",
        )
    figure.update_xaxes(figure_style.plain_axis("Hz", range=[-1, HIGHEST]))
    figure.update_yaxes(
        figure_style.plain_axis(
            "µV² / Hz",
            type="log",
            exponentformat="power",
            dtick=2,
            range=[np.floor(np.log10(lowest)), np.ceil(np.log10(highest)) + 1],
        )
    )
    return figure


_NAMES = {"raw": "as recorded, {rate:g} Hz", "filtered": "after filtering, {rate:g} Hz"}


def _two_lines() -> go.Figure:
    import plotly.graph_objects as go

    return go.Figure(
        layout=figure_style.base_layout("", height=400, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    )
