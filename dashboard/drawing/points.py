"""The points of a drawing's splits and what is computed from them, once for all reruns and viewers."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dashboard.drawing.canvas import Overlay
from dashboard.drawing.colours import shown
from dashboard.drawing.pictures import as_address, picture
from imld_synth.bayes import BayesError
from imld_synth.canvas import Canvas
from imld_synth.marks import Eraser, Import, Mark
from imld_synth.marks_points import MOST_PIECES, Points, density, pieces, points
from reports.boundary import boundary_lines
from reports.point_statistics import RIMS, PointStatistics, ellipse, point_statistics

#: Points a side of the grid on which the Bayes boundary is looked for.
GRID = 240

#: Pieces of densities up to which the exact Bayes error is computed after every stroke; that of more, on demand.
AT_ONCE = 10

#: Pieces up to which the Bayes boundary is drawn: a fraction of a second after every stroke.
DRAWN = 400

#: Why an empty split has no Bayes error.
NO_POINTS = "no points"

#: Exact Bayes errors that are kept.
MOST_ERRORS = 128

Marks = tuple[Mark, ...]

_errors: OrderedDict[tuple[Marks, int], BayesError] = OrderedDict()


@lru_cache(maxsize=32)
def split_points(marks: Marks) -> Points:
    """As `imld_synth.marks_points.points`."""
    return points(marks)


def counts(canvas: Canvas, split: str) -> tuple[int, ...]:
    """Points of each class."""
    y = split_points(canvas.marks(split))[1]
    return tuple(int(count) for count in np.bincount(y, minlength=len(canvas.class_names)))


def image(canvas: Canvas, split: str, side: int) -> str:
    """The picture of a split's points as an address."""
    return _image(canvas.marks(split), canvas.limits, shown(canvas.colours), side)


def statistics(canvas: Canvas, split: str) -> tuple[PointStatistics, ...]:
    return _statistics(canvas.marks(split), len(canvas.class_names))


def ellipses(canvas: Canvas, split: str) -> list[Overlay]:
    """Of every class with a covariance, the ellipses at one and two standard deviations."""
    lines = []
    for colour, one in zip(shown(canvas.colours), statistics(canvas, split), strict=True):
        if one.mean is not None and one.covariance is not None:
            for rim in RIMS:
                line = ellipse(one.mean, one.covariance, rim)
                lines.append(Overlay(_places(line), colour, () if rim == RIMS[0] else (7, 5)))
    return lines


def boundary(canvas: Canvas, split: str) -> list[Overlay]:
    """The Bayes boundary of a split whose density is known, in the colour of the text."""
    return [
        Overlay(_places(line))
        for line in _boundary(canvas.marks(split), len(canvas.class_names), canvas.limits)
    ]


def why_unknown(canvas: Canvas, split: str) -> str:
    """Why a split has no exact Bayes error; empty where it has one."""
    marks = canvas.marks(split)
    if not marks:
        return NO_POINTS
    for kind, words in ((Import, "points were imported"), (Eraser, "points were erased")):
        if any(isinstance(mark, kind) for mark in marks):
            return words
    lacking = [
        name for name, count in zip(canvas.class_names, counts(canvas, split), strict=True) if not count
    ]
    if lacking:
        return f"no points of {', '.join(lacking)}"
    many = pieces(marks)
    return f"{many:,} pieces of strokes, and {MOST_PIECES:,} can be integrated" if many > MOST_PIECES else ""


def cost(canvas: Canvas, split: str) -> int:
    """How many pieces the density of a split has."""
    return pieces(canvas.marks(split))


def bayes_error(canvas: Canvas, split: str, asked: bool) -> BayesError | None:
    """The exact Bayes error of a split, None where it is not known, or costs too much and was not asked for."""
    marks, classes = canvas.marks(split), len(canvas.class_names)
    found = _errors.get((marks, classes))
    if found is not None:
        return found
    if pieces(marks) > AT_ONCE and not asked:
        return None
    drawing = density(marks, classes)
    if drawing is None:
        return None
    _errors[marks, classes] = drawing.bayes_error()
    while len(_errors) > MOST_ERRORS:
        _errors.popitem(last=False)
    return _errors[marks, classes]


@lru_cache(maxsize=32)
def _image(
    marks: Marks, limits: tuple[float, float, float, float], colours: tuple[str, ...], side: int
) -> str:
    x, y = split_points(marks)
    return as_address(picture(x, y, limits, colours, side))


@lru_cache(maxsize=32)
def _statistics(marks: Marks, classes: int) -> tuple[PointStatistics, ...]:
    x, y = split_points(marks)
    return point_statistics(x, y, classes)


@lru_cache(maxsize=32)
def _boundary(
    marks: Marks, classes: int, limits: tuple[float, float, float, float]
) -> list[NDArray[np.float64]]:
    drawing = density(marks, classes)
    if drawing is None or classes < 2:
        return []
    left, right, bottom, top = limits
    return boundary_lines(drawing, np.linspace(left, right, GRID), np.linspace(bottom, top, GRID))


def _places(line: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [(round(float(x), 6), round(float(y), 6)) for x, y in line]
