"""Colours of classes as every browser and widget takes them."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import figures
from reports.palette import LIGHT, blend

#: How much of its own colour a class keeps on a dark page, where blue would hardly be seen.
ON_DARK = 0.75


def shown(colours: Sequence[str]) -> tuple[str, ...]:
    """The colours of the classes on the page as it is, light or dark."""
    ground = figures.ground()
    share = 1.0 if ground is LIGHT else ON_DARK
    return tuple(blend(hex_of(colour), share, ground.text) for colour in colours)


def hex_of(colour: str) -> str:
    """#rrggbb of a colour that may be a name, as files of IMLD have them."""
    from PIL import ImageColor

    red, green, blue = ImageColor.getrgb(colour)[:3]
    return f"#{red:02x}{green:02x}{blue:02x}"
