"""The moving charts, as options of ECharts: it redraws in place where plotly would flicker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.progress import Against, Curve, Lane
from datasets.percent import percent, percent_text
from reports.palette import LIGHT, system_colours

Option = dict[str, Any]

#: Readable from the last row of a class room; a projector's is larger.
FONT = 15

#: ECharts' names for marks that tell systems apart without colour, and the same in text.
MARKS = ("circle", "rect", "diamond", "triangle", "roundRect", "arrow", "emptyCircle", "emptyRect")
SIGNS = ("●", "■", "◆", "▲", "▬", "➤", "○", "□")

AXIS_TITLES: Mapping[Against, str] = {
    "trials": "trials",
    "epochs": "epochs trained",
    "seconds": "seconds of training",
}


def race_chart(
    lanes: Sequence[Lane],
    against: Against,
    labels: Sequence[str],
    *,
    limit: float | None = None,
    ink: str = LIGHT.text,
    font: int = FONT,
    narrow: bool = False,
) -> Option:
    """Best dev error so far of every search, with its name and its error where it is now.

    labels: all systems of the study, which fixes their colours. limit: what the budget of a search allows, the end of
    the axis. ink: colour of the text. narrow: a phone, where names stand in a legend and not at the lines.
    A search that is over runs on as a dotted line to compare the others with.
    """
    colours = system_colours(labels)
    end = max((lane.head[0] for lane in lanes), default=0.0)
    lead = min((lane.head[1] for lane in lanes), default=None)
    series = []
    for lane in lanes:
        place = list(labels).index(lane.system)
        x, error = lane.head
        line: Option = {
            "name": lane.system,
            "type": "line",
            "step": "end",
            "symbol": MARKS[place % len(MARKS)],
            "symbolSize": 8,
            "lineStyle": {"width": 4 if lane.main else 1.5, "opacity": 1 if lane.main else 0.5},
            "color": colours[lane.system],
            "data": [[round(at, 2), percent(best)] for at, best in lane.points],
        }
        line["data"].append({"value": [round(x, 2), percent(error)], "symbolSize": 14 if lane.main else 1})
        label = _at_its_end(lane, place, colours[lane.system], ink, font, narrow, error == lead)
        runs_on = lane.over and x < end
        if lane.main and not runs_on:
            line |= label
        series.append(line)
        if lane.main and runs_on:
            rest = {"value": [round(end, 2), percent(error)]}
            series.append(
                line
                | label
                | {
                    "data": [line["data"][-1]["value"], rest],
                    "symbol": "none",
                    "lineStyle": {"width": 2, "type": "dotted"},
                    "tooltip": {"show": False},
                }
            )
    option = _base(series, AXIS_TITLES[against], "best dev error so far, %", ink, font)
    option["xAxis"]["minInterval"] = 1
    if limit is not None:
        option["xAxis"]["max"] = max(limit, round(end, 2))
    if not narrow:
        del option["legend"]
        widest = max((max(map(len, _name(lane.system))) for lane in lanes), default=0)
        option["grid"] |= {"right": round(font * (2.2 + 0.56 * widest)), "bottom": 2.6 * font}
    else:
        option["grid"]["right"] = 5 * font
    return option


def _name(system: str) -> list[str]:
    """A system's name in one line or two, so that it takes less of the width."""
    model, _, tuner = system.partition(" (")
    return [f"99.99 {model}", *([f"({tuner}"] if tuner else [])]


def _at_its_end(
    lane: Lane, place: int, colour: str, ink: str, font: int, narrow: bool, leads: bool
) -> Option:
    """The label at a line's end: mark, error and name; ECharts moves labels apart where they would overlap."""
    text = f"{{mark|{SIGNS[place % len(SIGNS)]}}} {{error|{percent_text(lane.head[1])}}}"
    if not narrow:
        model, *tuner = _name(lane.system)
        text += f" {model.partition(' ')[2]}" + "".join(f"\n{line}" for line in tuner)
    return {
        "endLabel": {
            "show": True,
            "formatter": text,
            "color": ink,
            "fontSize": font,
            "lineHeight": round(1.2 * font),
            "distance": 8,
            "fontWeight": "bold" if leads else "normal",
            "rich": {
                "mark": {"color": colour, "fontSize": font},
                "error": {"fontWeight": "bold", "fontSize": font, "color": ink},
            },
        },
        "labelLayout": {"moveOverlap": "shiftY"},
    }


def curves_chart(
    curves: Sequence[Curve], labels: Sequence[str], ink: str = LIGHT.text, font: int = FONT
) -> Option:
    """Dev error against epochs: trials that run are solid, those that ended dotted."""
    colours = system_colours(labels)
    longest = max((curve.points[-1][0] for curve in curves), default=0)
    series = [
        {
            "name": f"{curve.system} {curve.trial}{_remark(curve)}",
            "type": "line",
            "data": _flagged(curve, font, longest),
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
    option = _base(series, "epoch", "dev error, %", ink, font)
    option["xAxis"]["minInterval"] = 1
    return option


def _flagged(curve: Curve, font: int, longest: int) -> list[Any]:
    """The points; the last one of a network that answers one class says so in the picture."""
    points: list[Any] = [[epoch, percent(error)] for epoch, error in curve.points]
    if curve.one_class:
        text = "one class so far" if curve.running else "one class"
        label = {"show": True, "formatter": text, "position": "bottom", "fontSize": font, "color": "inherit"}
        # Where the last point lies at an edge, the text ends or begins with it.
        label["align"] = "right" if 2 * curve.points[-1][0] > longest else "left"
        points[-1] = {"value": points[-1], "label": label}
    return points


def _remark(curve: Curve) -> str:
    words = ["running"] if curve.running else []
    if curve.one_class:
        words.append("one class so far" if curve.running else "answers one class")
    return f" ({', '.join(words)})" if words else ""


def _base(series: list[Option], across: str, up: str, ink: str, font: int) -> Option:
    text = {"fontSize": font, "color": ink}
    return {
        "animationDuration": 0,
        "animationDurationUpdate": 300,
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 24, "top": 3 * font, "bottom": 6 * font, "containLabel": True},
        "legend": {
            "type": "scroll",
            "bottom": 4,
            "padding": 10,
            "itemHeight": 16,
            "textStyle": text | {"lineHeight": round(1.45 * font)},
        },
        "tooltip": {"trigger": "item", "valueFormatter": "%.2f %%"},
        "xAxis": {
            "type": "value",
            "name": across,
            "nameLocation": "middle",
            "nameGap": round(2.1 * font),
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
