"""The half-window rule: which windows of a slide carry which label.

A slide is covered by a grid of frames; each frame has a window in its middle. A window takes the first
region, in the order of the file, that covers at least half of it, and none where no region does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from datasets.pathology.regions import Region

#: Crossings of outline and line of pixels worked on at once; bounds the memory, whatever is drawn.
_MOST_CROSSINGS = 1_000_000


def window_starts(extent: int, size: int, step: int) -> NDArray[np.int64]:
    """Where the windows begin along one side of a slide of `extent` pixels.

    Frame i has the pixels i * step to (i + 1) * step, and its window of `size` pixels the same middle.
    Windows that would reach over the edge of the slide are left out.
    """
    starts = np.arange(0, extent, step, dtype=np.int64) + (step - size) // 2
    return starts[(starts >= 0) & (starts + size <= extent)]


def first_regions(
    regions: Sequence[Region], lefts: NDArray[np.int64], tops: NDArray[np.int64], size: int
) -> NDArray[np.int64]:
    """Index of the first region that covers at least half of each window, -1 for none.

    lefts, tops: ascending starts of the windows' columns and rows (`window_starts`).
    Returns int64, shape (len(tops), len(lefts)).
    """
    first = np.full((len(tops), len(lefts)), -1, np.int64)
    half = size * size / 2
    for index, region in enumerate(regions):
        columns = _touched(lefts, size, region.vertices[:, 0])
        rows = _touched(tops, size, region.vertices[:, 1])
        if lefts[columns].size == 0 or tops[rows].size == 0:
            continue
        free = first[rows, columns]  # a view: writing to it writes to `first`
        covered = covered_area(region.vertices, lefts[columns], tops[rows], size)
        free[(free < 0) & (covered >= half)] = index
    return first


def covered_area(
    vertices: NDArray[np.float64], lefts: NDArray[np.int64], tops: NDArray[np.int64], size: int
) -> NDArray[np.float64]:
    """Square pixels of each window inside a polygon, shape (len(tops), len(lefts)).

    Measured along the middle line of every row of pixels, exactly in x. Polygons whose corners have whole
    coordinates and whose sides are upright or level are exact; of others a side that is nearly level errs most, by up
    to half a square pixel for each column that it passes. Inside is where the outline winds around a point a number of times that is not
    zero: concave, self-touching and self-crossing outlines, drawn either way round, cover what they surround.
    """
    area = np.zeros((len(tops), len(lefts)))
    if area.size:
        _add_area(area, vertices, lefts, tops, size, int(tops[0]), int(tops[-1]) + size)
    return area


def _touched(starts: NDArray[np.int64], size: int, values: NDArray[np.float64]) -> slice:
    """The windows that a polygon's bounding box touches, along one side."""
    low = int(np.searchsorted(starts, values.min() - size, side="right"))
    return slice(low, max(low, int(np.searchsorted(starts, values.max(), side="left"))))


def _add_area(
    area: NDArray[np.float64],
    vertices: NDArray[np.float64],
    lefts: NDArray[np.int64],
    tops: NDArray[np.int64],
    size: int,
    begin: int,
    end: int,
) -> None:
    """Adds what the rows of pixels begin .. end-1 contribute."""
    x0, y0 = vertices.T
    x1, y1 = np.roll(vertices, -1, axis=0).T
    # Side k crosses the middle lines first[k] .. last[k]-1; half-open, so that a vertex counts once.
    first = np.ceil(np.minimum(y0, y1) - 0.5).clip(begin, end).astype(np.int64)
    last = np.ceil(np.maximum(y0, y1) - 0.5).clip(begin, end).astype(np.int64)
    counts = last - first
    total = int(counts.sum())
    if total > _MOST_CROSSINGS and end - begin > 1:
        middle = (begin + end) // 2
        _add_area(area, vertices, lefts, tops, size, begin, middle)
        _add_area(area, vertices, lefts, tops, size, middle, end)
        return
    if total == 0:
        return
    side = np.repeat(np.arange(len(x0)), counts)
    line = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts) + first[side]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        slope = (x1 - x0) / (y1 - y0)  # level sides cross no middle line and are never looked up
    x = x0[side] + (line + 0.5 - y0[side]) * slope[side]
    turn = np.where(y1 > y0, 1, -1)[side]
    order = np.lexsort((x, line))
    x, line, turn = x[order], line[order], turn[order]
    # Every line is crossed as often upwards as downwards, so the sum starts each line at zero.
    inside = np.flatnonzero(np.cumsum(turn)[:-1])
    starts, ends, line = x[inside], x[inside + 1], line[inside]
    for column, left in enumerate(lefts):
        length = np.minimum(ends, left + size) - np.maximum(starts, left)
        by_line = np.bincount(line - begin, weights=np.maximum(length, 0), minlength=end - begin)
        above = np.concatenate(([0.0], np.cumsum(by_line)))
        low, high = ((tops + shift).clip(begin, end) - begin for shift in (0, size))
        area[:, column] += above[high] - above[low]
