"""Colours of classes as every browser and widget takes them."""

from __future__ import annotations


def hex_of(colour: str) -> str:
    """#rrggbb of a colour that may be a name, as files of IMLD have them."""
    from PIL import ImageColor

    red, green, blue = ImageColor.getrgb(colour)[:3]
    return f"#{red:02x}{green:02x}{blue:02x}"
