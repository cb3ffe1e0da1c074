"""Colours that are told apart with every common form of colour blindness, on light and dark.

After Okabe and Ito. Fills are the same on both backgrounds, so that a class has one colour in the
page, in the report and in a talk; only text and lines of the frame differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BLUE = "#0072B2"
ORANGE = "#E69F00"
GREEN = "#009E73"
PINK = "#CC79A7"
VERMILLION = "#D55E00"
SKY = "#56B4E9"
GREY = "#7F7F7F"
YELLOW = "#F0E442"

#: Classes of a data set, in the order of their indices.
CLASSES = (BLUE, ORANGE, GREEN, PINK, VERMILLION, SKY, GREY, YELLOW)

#: Systems of a study, in its order. Neighbours differ in lightness too, for print in grey.
SYSTEMS = (GREY, GREEN, PINK, BLUE, ORANGE, VERMILLION, SKY, YELLOW)

#: Marks that tell systems apart without colour, as plotly and matplotlib call them.
MARKS = (
    ("circle", "o"),
    ("square", "s"),
    ("diamond", "D"),
    ("triangle-up", "^"),
    ("x", "X"),
    ("cross", "P"),
    ("triangle-down", "v"),
    ("star", "*"),
)

SPLITS = {"train": SKY, "dev": ORANGE, "eval": BLUE}

#: What became of a trial.
STATES = {
    "complete": BLUE,
    "pruned": SKY,
    "repeated": "#BDBDBD",
    "degenerate": ORANGE,
    "failed": VERMILLION,
    "cancelled": GREY,
    "running": GREEN,
}


@dataclass(frozen=True)
class Ground:
    """Background, text and grid of a figure."""

    background: str
    text: str
    grid: str


LIGHT = Ground("#FFFFFF", "#1B2733", "#DDE3E9")
DARK = Ground("#10161C", "#E6EDF3", "#36434F")


def class_colours(count: int) -> list[str]:
    """One colour a class; after the eighth they begin again."""
    return [CLASSES[index % len(CLASSES)] for index in range(count)]


def system_colours(labels: Sequence[str]) -> dict[str, str]:
    """One colour a system, by its place in the study."""
    return {label: SYSTEMS[index % len(SYSTEMS)] for index, label in enumerate(labels)}


def system_marks(labels: Sequence[str]) -> dict[str, tuple[str, str]]:
    """One mark a system (plotly's name, matplotlib's name), by its place in the study."""
    return {label: MARKS[index % len(MARKS)] for index, label in enumerate(labels)}


def blend(colour: str, share: float, ground: str = LIGHT.background) -> str:
    """`share` of a colour over a ground, as an opaque colour."""
    top, bottom = rgb(colour), rgb(ground)
    mixed = (round(share * a + (1 - share) * b) for a, b in zip(top, bottom, strict=True))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def transparent(colour: str, alpha: float) -> str:
    """A colour as plotly's rgba(...)."""
    red, green, blue = rgb(colour)
    return f"rgba({red},{green},{blue},{alpha:g})"


def rgb(colour: str) -> tuple[int, int, int]:
    """The channels of a colour #RRGGBB, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
