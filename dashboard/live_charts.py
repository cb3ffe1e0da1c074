"""The moving charts, as options of ECharts: it redraws in place where plotly would flicker."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any

from dashboard.progress import Against, Curve
from datasets.percent import percent
from reports.palette import LIGHT, system_colours

Option = dict[str, Any]

#: Readable from the last row of a class room.
FONT = 15

#: ECharts' names for marks that tell systems apart without colour.
MARKS = ("circle", "rect", "diamond", "triangle", "roundRect", "arrow", "emptyCircle", "emptyRect")

AXIS_TITLES: Mapping[Against, str] = {
    "trials": "trials",
    "epochs": "epochs trained",
    "seconds": "seconds of training",
}


def best_chart(
    points: Sequence[tuple[str, Sequence[tuple[float, float]]]],
    against: Against,
    labels: Sequence[str],
    over: Container[str] = (),
    ink: str = LIGHT.text,
) -> Option:
    """Best dev error so far of every search.

    points: (system, its points), one a search; the searches of a system share its name and colour. labels: all systems, which fixes their colours. over: systems that search no more; what they found
    runs on as a line to compare the others with. ink: colour of the text.
    """
    colours = system_colours(labels)
    end = max((own[-1][0] for _, own in points if own), default=0.0)
    series = []
    for label, own in sorted(points, key=lambda item: list(labels).index(item[0])):
        if not own:
            continue
        place = list(labels).index(label)
        data: list[Any] = [[round(x, 2), percent(error)] for x, error in own]
        if label in over and own[-1][0] < end:
            data.append({"value": [round(end, 2), percent(own[-1][1])], "symbol": "none"})
        series.append(
            {
                "name": label,
                "type": "line",
                "step": "end",
                "data": data,
                "symbol": MARKS[place % len(MARKS)],
                "symbolSize": 9,
                "lineStyle": {"width": 3},
                "color": colours[label],
            }
        )
    option = _base(series, AXIS_TITLES[against], "best dev error so far, %", ink)
    option["xAxis"]["minInterval"] = 1
    return option


def curves_chart(curves: Sequence[Curve], labels: Sequence[str], ink: str = LIGHT.text) -> Option:
    """Dev error against epochs: trials that run are solid, those that ended dotted."""
    colours = system_colours(labels)
    series = [
        {
            "name": f"{curve.system} {curve.trial}{_remark(curve)}",
            "type": "line",
            "data": _flagged(curve),
            "symbol": MARKS[list(labels).index(curve.system) % len(MARKS)],
            "symbolSize": 9 if curve.running else 5,
            "lineStyle": {
                "width": 4 if curve.running else 2,
                "type": "solid" if curve.running else "dotted",
            },
            "color": colours[curve.system],
        }
        for curve in curves
    ]
    option = _base(series, "epoch", "dev error, %", ink)
    option["xAxis"]["minInterval"] = 1
    return option


def _flagged(curve: Curve) -> list[Any]:
    """The points; the last one of a network that answers one class says so in the picture."""
    points: list[Any] = [[epoch, percent(error)] for epoch, error in curve.points]
    if curve.one_class:
        text = "one class so far" if curve.running else "one class"
        label = {"show": True, "formatter": text, "position": "bottom", "fontSize": FONT, "color": "inherit"}
        label["align"] = "right"  # the last point lies at the edge, and the text ends with it
        points[-1] = {"value": points[-1], "label": label}
    return points


def _remark(curve: Curve) -> str:
    words = ["running"] if curve.running else []
    if curve.one_class:
        words.append("one class so far" if curve.running else "answers one class")
    return f" ({', '.join(words)})" if words else ""


def _base(series: list[Option], across: str, up: str, ink: str) -> Option:
    text = {"fontSize": FONT, "color": ink}
    return {
        "animationDuration": 0,
        "animationDurationUpdate": 300,
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 24, "top": 44, "bottom": 90, "containLabel": True},
        "legend": {
            "type": "scroll",
            "bottom": 4,
            "padding": 10,
            "itemHeight": 16,
            "textStyle": text | {"lineHeight": 22},
        },
        "tooltip": {"trigger": "item", "valueFormatter": "%.2f %%"},
        "xAxis": {
            "type": "value",
            "name": across,
            "nameLocation": "middle",
            "nameGap": 32,
            "nameTextStyle": text,
            "axisLabel": text,
            "min": 0,
        },
        "yAxis": {
            "type": "value",
            "name": up,
            "nameTextStyle": text | {"align": "left"},
            "axisLabel": text,
            "scale": True,
        },
        "series": series,
    }
