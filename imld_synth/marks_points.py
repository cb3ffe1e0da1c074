"""From the marks of a split to its points, and to the exact density that they were drawn from."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imld_synth.drawing import Drawing
from imld_synth.errors import DataError
from imld_synth.marks import MOST_MARKS, MOST_POINTS, Component, Eraser, Import, Mark, count_of
from imld_synth.mixture import Mixture
from imld_synth.shapes import Strokes
from imld_synth.shapes.base import Floats

#: Pieces of densities up to which they are integrated: some seconds for a Bayes error, half a minute for a study's truths.
MOST_PIECES = 2_000

Points = tuple[Floats, NDArray[np.int64]]


def points(marks: Sequence[Mark]) -> Points:
    """x (n, 2) float64 and y (n,) int64 of a split: the points of its marks, one mark after the other.

    The same marks give the same points, and those of a mark depend on that mark alone (and on the erasers after
    it). Raises DataError for too many marks or points.
    """
    check_size(marks)
    kept: list[Points] = []
    for mark in marks:
        if isinstance(mark, Eraser):
            kept = [_erased(mark, x, y) for x, y in kept]
        else:
            kept.append(points_of(mark))
    return (
        np.concatenate([np.empty((0, 2)), *(x for x, _ in kept)]),
        np.concatenate([np.empty(0, np.int64), *(y for _, y in kept)]),
    )


def points_of(mark: Mark) -> Points:
    """The points that one mark puts down: x (n, 2), y (n,); none for an eraser."""
    if isinstance(mark, Eraser):
        return np.empty((0, 2)), np.empty(0, np.int64)
    if isinstance(mark, Import):
        return mark.arrays()
    rng = np.random.default_rng(mark.seed)
    parts = mark.components()
    x = np.concatenate([part.shape.sample(part.count, rng) for part in parts])
    return x, np.repeat([part.label for part in parts], [part.count for part in parts]).astype(np.int64)


def density(marks: Sequence[Mark], classes: int) -> Drawing | None:
    """The density that the points of `marks` follow, exactly: each class a mixture of its marks with their counts as
    weights, and as priors the classes' shares of all points.

    None where it is not known or would be no drawing: points were imported or erased, one of the `classes` has
    none, or there are more than `MOST_PIECES` pieces (see `pieces`), which nothing could integrate in time.
    """
    if any(isinstance(mark, Eraser | Import) for mark in marks) or pieces(marks) > MOST_PIECES:
        return None
    parts = [part for mark in marks if not isinstance(mark, Eraser | Import) for part in mark.components()]
    found = [_mixed([part for part in parts if part.label == label]) for label in range(classes)]
    shapes = tuple(shape for shape in found if shape is not None)
    if len(shapes) < classes or not shapes:
        return None
    counts = [sum(part.count for part in parts if part.label == label) for label in range(classes)]
    return Drawing(shapes, tuple(count / sum(counts) for count in counts))


def pieces(marks: Sequence[Mark]) -> int:
    """Pieces that the density of `marks` has, which is what everything exact costs: straight ones of strokes, other
    shapes whole."""
    shapes = [
        part.shape for mark in marks if not isinstance(mark, Eraser | Import) for part in mark.components()
    ]
    return sum(
        sum(len(line) - 1 for line in shape.lines) if isinstance(shape, Strokes) else 1 for shape in shapes
    )


def check_size(marks: Sequence[Mark]) -> None:
    """Raises DataError where a split has more marks or points than it may."""
    if len(marks) > MOST_MARKS:
        raise DataError(
            f"a split has at most {MOST_MARKS:,} marks, not {len(marks):,}; use fewer, longer strokes"
        )
    total = sum(count_of(mark) for mark in marks)
    if total > MOST_POINTS:
        raise DataError(
            f"a split has at most {MOST_POINTS:,} points, not {total:,}; undo a mark or give it fewer points"
        )


def _mixed(parts: list[Component]) -> Mixture | None:
    if not parts:
        return None
    return Mixture(tuple(part.shape for part in parts), tuple(float(part.count) for part in parts))


def _erased(eraser: Eraser, x: Floats, y: NDArray[np.int64]) -> Points:
    kept = ~eraser.covers(x)
    return x[kept], y[kept]
