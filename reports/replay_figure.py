"""A replay as one plotly figure with a slider, a button that plays it, and its curve beside it."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from datasets.types import Samples
from reports import figure_style, palette
from reports.replay import OTHER, Moment, Replay
from reports.surfaces import Mode, ground_trace, point_traces, points_text, sample, shades

if TYPE_CHECKING:
    import plotly.graph_objects as go

#: Points drawn at most: they are drawn anew with every frame.
MOST_POINTS = 2_000

#: Milliseconds: a whole replay should take so many, and a frame no fewer and no more than these.
WHOLE, QUICKEST, SLOWEST = 15_000, 250, 900

#: Buttons are light with dark words on every page: plotly gives the one under the mouse a light ground.
BUTTON, BUTTON_TEXT = "#E6EDF3", "#1B2733"


@dataclass(frozen=True)
class _Plan:
    """Where things stand, in shares of the drawing area; pixels of its height, its foot and its controls.

    slider: its length, what it hangs under and how far. buttons: where they are, and the edge that is there.
    scale: of words and controls.
    """

    height: int
    foot: int
    ground: dict[str, list[float]]
    curve: dict[str, list[float]]
    slider: tuple[float, float, int]
    buttons: dict[str, Any]
    note: tuple[float, float]
    letters: int  # of a line of the note
    scale: float = 1.0

    def pixels(self, number: int) -> int:
        return round(number * self.scale)


def _plan(replay: Replay, narrow: bool, scale: float) -> _Plan:
    """On a narrow page all controls stay below the surface, and the curve follows below them. Elsewhere the buttons are
    above, where they are seen before anybody has scrolled."""
    notes = replay.over == "trials"
    if narrow and notes:
        curve = {"x": [0.0, 1], "y": [0.2, 0.39]}
        return _Plan(
            1010, 165, {"x": [0, 1], "y": [0.6, 1]}, curve, (1, 0.6, 82), _below(0.6), (0.0, 0.12), 42
        )
    if narrow:
        curve = {"x": [0.0, 1], "y": [0.0, 0.23]}
        return _Plan(900, 165, {"x": [0, 1], "y": [0.5, 1]}, curve, (1, 0.5, 82), _below(0.5), (0.0, 0.0), 42)
    curve = {"x": [0.68, 1], "y": [0.5 if notes else 0.0, 1]}
    above = {"x": 0.63, "y": 1, "yanchor": "bottom", "pad": {"b": 6}}
    letters = round(40 / scale)
    return _Plan(
        650, 165, {"x": [0, 0.58], "y": [0, 1]}, curve, (0.58, 0, 42), above, (0.63, 0.36), letters, scale
    )


def _below(y: float) -> dict[str, Any]:
    return {"x": 0, "y": y, "yanchor": "top", "pad": {"t": 42, "l": 10}}


def replay_figure(
    replay: Replay,
    samples: Samples | None,
    class_names: Sequence[str],
    split: str,
    *,
    caption: str,
    ink: str,
    mode: Mode = "probability",
    start: int = 0,
    narrow: bool = False,
    scale: float = 1.0,
) -> go.Figure:
    """The frames over the points of a split, and the curve with a mark that moves with them.

    start: the index of the frame that is shown first. ink: the colour of words. narrow: the curve below the
    surface, for a phone. scale: how much larger than on a desk the words of the controls are. Nothing plays before
    somebody presses the button.
    """
    import plotly.graph_objects as go

    plan = _plan(replay, narrow, scale)
    count = len(class_names)
    frames = replay.frames
    grounds = shades(frames.classes, frames.certainty, frames.count, mode)
    shown = None if samples is None else sample(samples, MOST_POINTS)
    figure = go.Figure()
    figure.add_trace(ground_trace(frames.plane, grounds[start], count))
    figure.add_traces(point_traces(shown, class_names, first=True))
    for trace in _curve_traces(replay):
        figure.add_trace(trace)
    moving = len(figure.data)
    figure.add_trace(_mark(replay.moments[start], ink))
    figure.frames = [
        go.Frame(
            name=str(moment.number),
            traces=[0, moving],
            data=[
                {"type": "heatmap", "z": grounds[index]},
                {"type": "scatter", "x": [moment.place] * 2, "y": [moment.dev, moment.other]},
            ],
            layout={"annotations": _words(moment, plan)},
        )
        for index, moment in enumerate(replay.moments)
    ]
    note = f"{caption}; {points_text(shown, samples, split)}"
    figure.update_layout(
        figure_style.base_layout(
            note, height=plan.height, margin={"l": 10, "r": 10, "t": 60, "b": plan.pixels(plan.foot)}
        )
    )
    figure.update_layout(
        annotations=[
            one | place for one, place in zip(_words(replay.moments[start], plan), _places(plan), strict=True)
        ],
        legend={"itemsizing": "constant"},
        sliders=[_slider(replay, start, ink, plan)],
        updatemenus=[_buttons(pace(replay), plan)],
    )
    x, y = frames.plane.x, frames.plane.y
    figure.update_layout(
        xaxis=figure_style.plain_axis(
            range=[x[0], x[-1]], showgrid=False, domain=plan.ground["x"], anchor="y"
        ),
        yaxis=figure_style.plain_axis(
            range=[y[0], y[-1]], showgrid=False, domain=plan.ground["y"], anchor="x"
        ),
        xaxis2=figure_style.plain_axis(
            "epoch" if replay.over == "epochs" else "trials so far", domain=plan.curve["x"], anchor="y2"
        ),
        yaxis2=figure_style.percent_axis("", domain=plan.curve["y"], anchor="x2"),
    )
    return figure


def _curve_traces(replay: Replay) -> list[Any]:
    import plotly.graph_objects as go

    curve, dev = replay.curve, palette.SPLITS["dev"]
    trials = replay.over == "trials"
    axes = {"xaxis": "x2", "yaxis": "y2"}
    traces = [
        go.Scatter(
            x=curve["place"],
            y=curve["dev"],
            name="dev error of the trial" if trials else "dev error",
            mode="markers" if trials else "lines",
            line={"color": dev, "width": 3},
            marker={"color": dev, "size": 9, "symbol": "diamond"},
            hovertemplate="%{x}: %{y:.2%}",
            **axes,
        ),
        go.Scatter(
            x=curve["place"],
            y=curve["other"],
            name=OTHER[replay.over] if trials else "train error (running mean)",
            mode="lines",
            line={
                "color": palette.SPLITS["train"],
                "width": 3,
                "dash": "dot",
                "shape": "hv" if trials else "linear",
            },
            hovertemplate="%{x}: %{y:.2%}",
            **axes,
        ),
    ]
    best = next((moment for moment in replay.moments if moment.number == replay.best), None)
    if best is not None:
        traces.append(
            go.Scatter(
                x=[best.place],
                y=[best.dev],
                name="selected trial" if trials else "epoch that is kept",
                mode="markers",
                marker={"symbol": "star", "size": 17, "color": palette.GREEN},
                hovertemplate="%{x}: %{y:.2%}",
                **axes,
            )
        )
    return traces


def _mark(moment: Moment, ink: str) -> Any:
    """Where the frame stands in the curve."""
    import plotly.graph_objects as go

    return go.Scatter(
        x=[moment.place] * 2,
        y=[moment.dev, moment.other],
        mode="lines+markers",
        name="shown now",
        line={"color": ink, "width": 2},
        marker={"symbol": "circle-open", "size": 14, "color": ink, "line": {"width": 3}},
        xaxis="x2",
        yaxis="y2",
        hoverinfo="skip",
    )


def _words(moment: Moment, plan: _Plan) -> list[dict[str, str]]:
    """The title of a frame, and its configuration where it has one."""
    lines = textwrap.wrap(moment.note, plan.letters, max_lines=8, placeholder=" …")
    return [{"text": f"<b>{html.escape(moment.title)}</b>"}, {"text": "<br>".join(map(html.escape, lines))}]


def _places(plan: _Plan) -> list[dict[str, Any]]:
    free = {"showarrow": False, "xref": "paper", "yref": "paper", "xanchor": "left", "align": "left"}
    x, y = plan.note
    return [
        free | {"x": 0, "y": 1, "yanchor": "bottom", "yshift": 8},
        free | {"x": x, "y": y, "yanchor": "top"},
    ]


def _slider(replay: Replay, start: int, ink: str, plan: _Plan) -> dict[str, Any]:
    length, y, distance = plan.slider
    steps = [
        {
            "label": str(moment.number),
            "method": "animate",
            "args": [[str(moment.number)], _animation(0)],
        }
        for moment in replay.moments
    ]
    return {
        "active": start,
        "steps": steps,
        "x": 0,
        "len": length,
        "y": y,
        "yanchor": "top",
        "pad": {"t": plan.pixels(distance), "b": 10, "l": 10, "r": 10},
        "currentvalue": {"visible": False},
        "font": {"color": ink, "size": plan.pixels(13)},
        "tickcolor": ink,
        "bgcolor": palette.transparent(palette.GREY, 0.35),
        "bordercolor": palette.GREY,
        "activebgcolor": palette.BLUE,
        "transition": {"duration": 0},
    }


def pace(replay: Replay) -> int:
    """Milliseconds a frame."""
    return min(SLOWEST, max(QUICKEST, WHOLE // len(replay.moments)))


def _buttons(duration: int, plan: _Plan) -> dict[str, Any]:
    return {
        "type": "buttons",
        "direction": "left",
        "showactive": False,
        "xanchor": "left",
        **plan.buttons,
        "bgcolor": BUTTON,
        "bordercolor": palette.GREY,
        "font": {"color": BUTTON_TEXT, "size": plan.pixels(15)},
        "buttons": [
            {
                "label": "▶ Play",
                "method": "animate",
                "args": [None, _animation(duration) | {"fromcurrent": True}],
            },
            {"label": "❚❚ Pause", "method": "animate", "args": [[None], _animation(0)]},
        ],
    }


def _animation(duration: int) -> dict[str, Any]:
    """No transition between frames: a border that moves where no network was would be made up."""
    return {
        "mode": "immediate",
        "frame": {"duration": duration, "redraw": True},
        "transition": {"duration": 0},
    }
