"""The points of a drawing as one transparent picture: a million cost a page no more than a hundred."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reports.palette import rgb

Floats = NDArray[np.float64]
Limits = tuple[float, float, float, float]

#: Pixels a side: the canvas of a page on a screen with fine pixels.
SIDE = 1000

#: Up to so many points each class has a mark of its own; more would only cover each other.
MARKED = 3_000

#: Up to so many they are small dots; above, a pixel says how many lie there.
DOTS = 30_000

#: Up to so many the marks are half as large again: they have the room.
ROOMY = 600

#: Half the size of the largest mark in pixels.
REACH = 9

#: Pixels a side of a small picture: one of three beside each other.
SMALL = 220

#: How much of its colour a pixel has where one point lies, among so many that it cannot be a dot.
FAINT = 0.35


def picture(
    x: Floats, y: NDArray[np.int64], limits: Limits, colours: Sequence[str], side: int = SIDE
) -> bytes:
    """A PNG of `side` x `side` pixels that shows the limits. x: (n, 2), y: (n,) class indices; colours: #rrggbb.
    Points beyond the limits are left out."""
    from PIL import Image

    columns, rows, labels = _pixels(x, y, limits, side)
    if len(labels) > DOTS:
        image = _density(columns, rows, labels, colours, side)
    else:
        size = 1.4 if len(labels) <= ROOMY else 1.0
        image = _marks(columns, rows, labels, colours, side, size if len(labels) <= MARKED else None)
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=3)
    return file.getvalue()


def as_address(png: bytes) -> str:
    """A picture as the address of an image."""
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _pixels(
    x: Floats, y: NDArray[np.int64], limits: Limits, side: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
    """Column and row of every point within the limits, and its class."""
    left, right, bottom, top = limits
    across = (x[:, 0] - left) / (right - left)
    down = (top - x[:, 1]) / (top - bottom)
    inside = (across >= 0) & (across <= 1) & (down >= 0) & (down <= 1)
    columns, rows = (np.minimum((share[inside] * side).astype(np.intp), side - 1) for share in (across, down))
    return columns, rows, y[inside]


def _marks(
    columns: NDArray[np.intp],
    rows: NDArray[np.intp],
    labels: NDArray[np.int64],
    colours: Sequence[str],
    side: int,
    size: float | None,
) -> NDArray[np.uint8]:
    """Each point as the mark of its class; without a size, and where the picture is small, as a dot."""
    image = np.zeros((side + 2 * REACH, side + 2 * REACH, 4), dtype=np.uint8)
    # Class by class would hide the first under the last: points go on in the order of a fixed shuffle.
    order = np.random.default_rng(0).permutation(len(labels))
    blocks = np.array_split(order, max(1, min(20, len(order) // 50)))
    for block in blocks:
        for label in np.unique(labels[block]):
            mine = block[labels[block] == label]
            shape = dot(side) if size is None or side <= SMALL else mark(int(label), size)
            for down, across in zip(*np.nonzero(shape), strict=True):
                image[rows[mine] + down, columns[mine] + across] = (*rgb(colours[label]), 230)
    return np.ascontiguousarray(image[REACH:-REACH, REACH:-REACH])


def dot(side: int) -> NDArray[np.bool_]:
    """The pixels of a dot in a picture of that size."""
    down, across = np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1]
    return np.asarray(np.hypot(down, across) <= (1.3 if side <= SMALL else 2.3))


def mark(label: int, size: float = 1.0) -> NDArray[np.bool_]:
    """The pixels of a class' mark: the eight that `reports.palette.MARKS` names, in turn."""
    down, across = np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1] / size
    far, wide, high = np.hypot(down, across), abs(across), abs(down)
    up, upside_down = (wide <= 0.55 * (4.5 + sign * down) for sign in (1, -1))
    shapes = (
        far <= 4.5,
        np.maximum(wide, high) <= 3.2,
        wide + high <= 5.6,
        up & (high <= 4),
        (abs(wide - high) <= 1.2) & (wide <= 4) & (high <= 4),
        (np.minimum(wide, high) <= 1.1) & (far <= 5.1),
        upside_down & (high <= 4),
        (far <= 2.4)
        | ((np.minimum(wide, high) <= 0.5) & (far <= 5))
        | ((abs(wide - high) <= 0.5) & (far <= 4.6)),
    )
    return np.asarray(shapes[label % len(shapes)])


def _density(
    columns: NDArray[np.intp],
    rows: NDArray[np.intp],
    labels: NDArray[np.int64],
    colours: Sequence[str],
    side: int,
) -> NDArray[np.uint8]:
    """The mean colour of the classes of a pixel, stronger the more points lie there; two pixels a point each way."""
    half = side // 2
    places = np.minimum(rows // 2, half - 1) * half + np.minimum(columns // 2, half - 1)
    counts = np.stack(
        [np.bincount(places[labels == label], minlength=half * half) for label in range(len(colours))],
        axis=-1,
    ).astype(np.float32)
    total = counts.sum(axis=-1)
    mixed = counts @ np.array([rgb(colour) for colour in colours], dtype=np.float32)
    # Where a hundred thousand points lie, one alone shall not be as strong as the middle of a cloud.
    usual = max(1.0, float(np.mean(total[total > 0])))
    alpha = 255 * (1 - np.exp(-(FAINT + total / usual)))
    image = np.zeros((half * half, 4), dtype=np.uint8)
    full = total > 0
    image[full, :3] = mixed[full] / total[full, None]
    image[full, 3] = alpha[full]
    return np.repeat(np.repeat(image.reshape(half, half, 4), 2, axis=0), 2, axis=1)
