"""A figure as data, drawn for pages by plotly and for reports by matplotlib: `chart_plotly`, `chart_matplotlib`.

Percentages are fractions here; both print them in percent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Numbers = Sequence[float]


@dataclass(frozen=True)
class Axis:
    """ticks: names of the places 0, 1, 2, ...; none for a scale of numbers. low, high: None follows from the data;
    low alone is 0."""

    title: str
    percent: bool = False
    ticks: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    turned: bool = False


@dataclass(frozen=True)
class Dots:
    """Single values. hover: a text for each, for pages; mark: a place in `palette.MARKS`."""

    name: str
    x: Numbers
    y: Numbers
    colour: str
    mark: int = 0
    hollow: bool = False
    hover: tuple[str, ...] = ()
    size: float = 9


@dataclass(frozen=True)
class Curve:
    """A line, or steps; with a band where low and high are given (NaN: none there). dash: a broken line; thin: of one of
    many."""

    name: str
    x: Numbers
    y: Numbers
    colour: str
    mark: int | None = None
    low: Numbers = ()
    high: Numbers = ()
    steps: bool = False
    dash: bool = False
    thin: bool = False


@dataclass(frozen=True)
class Bars:
    """Columns side by side. width: in units of x; base: where they stand on."""

    name: str
    x: Numbers
    heights: Numbers
    colour: str
    width: float = 0.8
    base: Numbers = ()
    hover: tuple[str, ...] = ()


@dataclass(frozen=True)
class Whiskers:
    """Values with intervals, along x or y; NaN for no interval. joined: by a line."""

    name: str
    x: Numbers
    y: Numbers
    low: Numbers
    high: Numbers
    colour: str
    mark: int = 0
    along: str = "x"
    hover: tuple[str, ...] = ()
    joined: bool = False


@dataclass(frozen=True)
class Violin:
    """How values lie around one place on x, at least two different ones."""

    name: str
    place: float
    values: Numbers
    colour: str


@dataclass(frozen=True)
class Level:
    """A straight line through the whole panel at one value of x or y, with a few words."""

    value: float
    text: str
    along: str = "x"


Part = Dots | Curve | Bars | Whiskers | Violin | Level


@dataclass(frozen=True)
class Panel:
    x: Axis
    y: Axis
    parts: tuple[Part, ...]
    title: str = ""


@dataclass(frozen=True)
class Chart:
    """Panels: beside each other in reports, one below the other on pages, as a phone has no room beside.

    share_y: one scale for all of them in reports. height: pixels of one panel. stamp: written across it, where nobody in
    it is a person.
    """

    panels: tuple[Panel, ...]
    height: int = 420
    share_y: bool = False
    stamp: str = ""

    @property
    def empty(self) -> bool:
        return not any(panel.parts for panel in self.panels)
