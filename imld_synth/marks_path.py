"""The path of a pen: fewer corners, and what lies along it."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imld_synth.shapes.base import Floats, Pair

Path = tuple[Pair, ...]


def simplified(path: Path, tolerance: float) -> Path:
    """The path without the corners that lie within `tolerance` of the line that is left.

    Douglas and Peucker, "Algorithms for the reduction of the number of points required to represent a digitized
    line", 1973. First and last corner stay, a path all of whose corners lie within the tolerance of the first is
    that corner alone. Simplifying twice is simplifying once.
    """
    corners = np.array(path, dtype=np.float64)
    if (np.hypot(*(corners - corners[0]).T) <= tolerance).all():
        return (path[0],)
    keep = np.zeros(len(corners), dtype=bool)
    keep[[0, -1]] = True
    spans = [(0, len(corners) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        off = distances(corners[first + 1 : last], corners[first], corners[last])
        far = int(off.argmax())
        # Where a path comes back to its start exactly, a corner between must stay: no step has length 0.
        if off[far] > tolerance or (corners[first] == corners[last]).all():
            middle = first + 1 + far
            keep[middle] = True
            spans += [(first, middle), (middle, last)]
    return _without_repeats(tuple(path[i] for i in np.flatnonzero(keep)))


def on_path(x: Floats, path: Path, radius: float) -> NDArray[np.bool_]:
    """Which of the (n, 2) points lie within `radius` of the path, shape (n,)."""
    corners = np.array(path, dtype=np.float64)
    low, high = corners.min(axis=0) - radius, corners.max(axis=0) + radius
    near = np.flatnonzero(((x >= low) & (x <= high)).all(axis=1))
    steps = list(pairwise(corners)) or [(corners[0], corners[0])]
    for start, end in steps:
        near = near[distances(x[near], start, end) > radius] if len(near) else near
    # What is left of `near` lies in the box but not on the path.
    inside: NDArray[np.bool_] = ((x >= low) & (x <= high)).all(axis=1)
    inside[near] = False
    return inside


def distances(x: Floats, start: Floats, end: Floats) -> Floats:
    """Distance of the (n, 2) points from the straight piece from start to end, shape (n,)."""
    step = end - start
    squared = float(step @ step)
    share = np.clip((x - start) @ step / squared, 0.0, 1.0) if squared else np.zeros(len(x))
    gap = x - start - share[:, None] * step
    away: Floats = np.hypot(gap[:, 0], gap[:, 1])
    return away


def _without_repeats(path: Path) -> Path:
    """Successive corners that are the same place once."""
    return (path[0], *(b for a, b in pairwise(path) if a != b))
