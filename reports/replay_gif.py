"""A replay as an animated picture for slides."""

from __future__ import annotations

import io
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from datasets.types import Samples
from reports import palette
from reports.replay import Replay
from reports.surfaces import Mode, sample, shades, strengths

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

#: Pixels: the side of the plane, the bands of words above and below it, and the radius of a dot.
SIDE, BAND, FOOT, DOT = 600, 64, 34, 2

#: Points drawn at most.
MOST_POINTS = 2_000

#: Milliseconds that the last frame stands before it begins again.
REST = 3_000


def gif(
    replay: Replay, samples: Samples | None, classes: int, caption: str, mode: Mode, duration: int
) -> bytes:
    """All frames over the points, `duration` milliseconds each, with their titles above and the caption below."""
    from PIL import ImageFont

    frames = replay.frames
    grounds = shades(frames.classes, frames.certainty, frames.count, mode)
    inks = _inks(classes)
    dots = None if samples is None else _dots(sample(samples, MOST_POINTS), replay)
    fonts = ImageFont.load_default(23), ImageFont.load_default(16)
    pictures = [
        _picture(inks[ground], moment.title, caption, dots, classes, fonts)
        for ground, moment in zip(grounds, replay.moments, strict=True)
    ]
    file = io.BytesIO()
    pictures[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=[*(duration for _ in pairwise(pictures)), REST],
        loop=0,
    )
    return file.getvalue()


def _picture(
    ground: NDArray[np.uint8],
    title: str,
    caption: str,
    dots: tuple[NDArray[np.int64], NDArray[np.int64]] | None,
    classes: int,
    fonts: tuple[FreeTypeFont | ImageFont, FreeTypeFont | ImageFont],
) -> Image:
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (SIDE, BAND + SIDE + FOOT), palette.LIGHT.background)
    plane = Image.fromarray(ground[::-1]).resize((SIDE, SIDE), Image.Resampling.NEAREST)
    picture.paste(plane, (0, BAND))
    draw = ImageDraw.Draw(picture)
    if dots is not None:
        colours = [palette.blend(colour, 0.8, "#000000") for colour in palette.class_colours(classes)]
        for (x, y), label in zip(*dots, strict=True):
            draw.ellipse((x - DOT, y - DOT, x + DOT, y + DOT), fill=colours[label])
        # A point beyond the plane must not stain the words.
        draw.rectangle((0, 0, SIDE, BAND - 1), fill=palette.LIGHT.background)
        draw.rectangle((0, BAND + SIDE, SIDE, BAND + SIDE + FOOT), fill=palette.LIGHT.background)
    draw.text((10, BAND / 2), title, palette.LIGHT.text, fonts[0], anchor="lm")
    draw.text((10, BAND + SIDE + FOOT / 2), caption, palette.LIGHT.text, fonts[1], anchor="lm")
    return picture.quantize(256, dither=Image.Dither.NONE)


def _dots(shown: Samples, replay: Replay) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pixels of the points, shape (n, 2), and their classes."""
    x, y = replay.frames.plane.x, replay.frames.plane.y
    low, high = np.array([x[0], y[0]]), np.array([x[-1], y[-1]])
    share = (np.asarray(shown.x) - low) / (high - low)
    pixels = np.stack([share[:, 0] * SIDE, BAND + (1 - share[:, 1]) * SIDE], axis=1)
    return pixels.round().astype(np.int64), np.asarray(shown.y)


def _inks(count: int) -> NDArray[np.uint8]:
    """The colours of the levels on white, shape (levels, 3)."""
    inks = [palette.blend(colour, s) for colour in palette.class_colours(count) for s in strengths()]
    return np.array([[int(ink[i : i + 2], 16) for i in (1, 3, 5)] for ink in inks], dtype=np.uint8)
