"""What a person draws: marks, each of which puts points on one split of a drawing or takes some away.

A mark is a frozen record with a seed of its own, so that undoing or changing one never moves the points of
another. All raise DataError, in words for the person who draws, where a value breaks a rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from imld_synth.errors import DataError
from imld_synth.marks_path import Path, on_path, simplified
from imld_synth.shapes import Gaussian, Ring, Strokes, YinYang, round_gaussian
from imld_synth.shapes.base import Floats, Pair

#: Points a split may have: what pages, files and trainings take.
MOST_POINTS = 1_000_000

#: Corners of one path before it is simplified: a minute of a pen that reports 80 times a second.
MOST_CORNERS = 5_000

#: Marks a split may have.
MOST_MARKS = 2_000

#: The largest coordinate, and the smallest standard deviation: files hold six decimals.
FARTHEST, NARROWEST = 1e6, 1e-4

#: The Gaussian brush of IMLD: points and variance of one dab.
BRUSH_COUNT, BRUSH_VARIANCE = 15, 0.025

#: How far a simplified path may lie from the drawn one, as a share of the spread of its points (which hides it),
#: and as a share of an eraser's radius (whose rim is sharp).
_UNDER_SPREAD, _UNDER_RIM = 0.25, 0.05


@dataclass(frozen=True)
class Component:
    """`count` independent points of the class `label` (an index) with the density of `shape`."""

    label: int
    shape: Gaussian | Ring | YinYang | Strokes
    count: int

    def __post_init__(self) -> None:
        _check_label(self.label)
        _check_count(self.count)
        if isinstance(self.shape, Gaussian):
            (a, b), (_, d) = self.shape.cov
            _check_finite("mean and covariance", (*self.shape.mean, a, b, d))
        elif isinstance(self.shape, Ring | YinYang):
            _check_finite("centre", self.shape.center)


@dataclass(frozen=True)
class Stroke:
    """Points along the pen's path with Gaussian spread: the spray can and, with a small width, a thin line.

    path: the corners that the pen passed, at least one (a click is a round dab). It is kept simplified: the points
    are drawn along the simplified path, so that the density is exactly theirs.
    width: standard deviation of the spread about the path. count: points.
    """

    label: int
    path: Path
    width: float
    count: int
    seed: int = 0

    def __post_init__(self) -> None:
        _check_label(self.label)
        _check_path(self.path)
        _check_width("the width of a stroke", self.width)
        _check_count(self.count)
        object.__setattr__(self, "path", simplified(self.path, _UNDER_SPREAD * self.width))

    def components(self) -> tuple[Component, ...]:
        one = len(self.path) == 1
        shape = round_gaussian(self.path[0], self.width) if one else Strokes((self.path,), self.width)
        return (Component(self.label, shape, self.count),)


@dataclass(frozen=True)
class Brush:
    """Dabs of the Gaussian brush: `count` points with variance `variance` about every place of `path`."""

    label: int
    path: Path
    variance: float = BRUSH_VARIANCE
    count: int = BRUSH_COUNT
    seed: int = 0

    def __post_init__(self) -> None:
        _check_label(self.label)
        _check_path(self.path)
        _check_finite("variance of the brush", (self.variance,))
        _check_width(
            "the brush's standard deviation (the root of its variance)", max(self.variance, 0) ** 0.5
        )
        _check_count(self.count)
        _check_count(self.count * len(self.path))

    def components(self) -> tuple[Component, ...]:
        sigma = self.variance**0.5
        return tuple(Component(self.label, round_gaussian(at, sigma), self.count) for at in self.path)


@dataclass(frozen=True)
class Distribution:
    """Points of known distributions: one of IMLD's with a component for each class, or a single Gaussian.

    title: what it is called in lists, such as "toroidal".
    """

    title: str
    parts: tuple[Component, ...]
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.parts:
            raise DataError(
                "a distribution needs at least one class with points; give one a count of 1 or more"
            )
        _check_count(sum(part.count for part in self.parts))

    def components(self) -> tuple[Component, ...]:
        return self.parts


@dataclass(frozen=True)
class Import:
    """Points of a file, as they are.

    title: the file's name. x: bytes of little-endian float64, two a point; y: a byte a point, the class index.
    (Bytes, because records are compared and hashed.)
    """

    title: str
    x: bytes
    y: bytes

    def __post_init__(self) -> None:
        if len(self.x) != 16 * len(self.y):
            raise DataError(f"imported points {self.title!r}: coordinates and classes differ in number")
        _check_count(len(self.y))
        x = self.arrays()[0]
        if not (np.abs(x) <= FARTHEST).all():  # false for nan too
            raise DataError(
                f"imported points {self.title!r}: coordinates must be numbers from {-FARTHEST:g} to {FARTHEST:g};"
                " scale the file first"
            )

    @classmethod
    def of(cls, title: str, x: Floats, y: NDArray[np.int64]) -> "Import":
        """From arrays x (n, 2) and y (n,), such as those of `parse_csv`."""
        return cls(title, np.ascontiguousarray(x, dtype="<f8").tobytes(), y.astype(np.uint8).tobytes())

    def arrays(self) -> tuple[Floats, NDArray[np.int64]]:
        """x (n, 2) float64 and y (n,) int64."""
        x = np.frombuffer(self.x, dtype="<f8").astype(np.float64).reshape(-1, 2)
        return x, np.frombuffer(self.y, dtype=np.uint8).astype(np.int64)


@dataclass(frozen=True)
class Eraser:
    """Takes away the points of all earlier marks that lie within `radius` of the path."""

    path: Path
    radius: float

    def __post_init__(self) -> None:
        _check_path(self.path)
        _check_width("the eraser's radius", self.radius)
        object.__setattr__(self, "path", simplified(self.path, _UNDER_RIM * self.radius))

    def covers(self, x: Floats) -> NDArray[np.bool_]:
        """Which of the (n, 2) points it takes away, shape (n,)."""
        return on_path(x, self.path, self.radius)


Drawn = Stroke | Brush | Distribution
Mark = Drawn | Import | Eraser


def count_of(mark: Mark) -> int:
    """How many points the mark puts down (an eraser: none)."""
    if isinstance(mark, Eraser):
        return 0
    if isinstance(mark, Import):
        return len(mark.y)
    return sum(part.count for part in mark.components())


def labels_of(mark: Mark) -> frozenset[int]:
    """The classes that the mark puts points down for."""
    if isinstance(mark, Eraser):
        return frozenset()
    if isinstance(mark, Import):
        return frozenset(mark.y)
    return frozenset(part.label for part in mark.components())


def relabelled(mark: Mark, new: dict[int, int]) -> Mark | None:
    """The mark with its classes renumbered; classes that `new` lacks are left out, None where nothing is left."""
    if isinstance(mark, Eraser):
        return mark
    if isinstance(mark, Import):
        x, y = mark.arrays()
        kept = np.isin(y, list(new))
        if not kept.any():
            return None
        return Import.of(mark.title, x[kept], np.array([new[int(label)] for label in y[kept]]))
    if isinstance(mark, Distribution):
        parts = tuple(replace(part, label=new[part.label]) for part in mark.parts if part.label in new)
        return replace(mark, parts=parts) if parts else None
    return replace(mark, label=new[mark.label]) if mark.label in new else None


def gaussian(mean: Pair, cov: tuple[Pair, Pair]) -> Gaussian:
    """A Gaussian from what a person typed. Raises DataError that says in plain words what a covariance must be."""
    (a, b), (c, d) = cov
    _check_finite("mean and covariance", (*mean, a, b, c, d))
    if b != c:
        raise DataError(
            f"a covariance is symmetric: the two values beside the diagonal must be equal, not {b:g} and {c:g}"
        )
    if min(a, d) <= 0:
        raise DataError(f"the variances on the diagonal of a covariance must be above 0, not {a:g} and {d:g}")
    if a * d - b * b <= 0:
        raise DataError(
            f"a covariance must be positive definite: with variances {a:g} and {d:g} the value beside the diagonal"
            f" must lie between -{np.sqrt(a * d):.4g} and {np.sqrt(a * d):.4g}, not be {b:g}"
        )
    shape = Gaussian(mean, cov)
    _check_width("the Gaussian's smallest standard deviation", shape.grain)
    return shape


def ring(center: Pair, inner: float, outer: float) -> Ring:
    """A ring from what a person typed; DataError where its radii are impossible."""
    _check_finite("centre and radii", (*center, inner, outer))
    if not inner >= 0 or outer - inner < NARROWEST:
        raise DataError(f"a ring needs 0 <= inner radius < outer radius, not {inner:g} and {outer:g}")
    return Ring(center, inner, outer)


def yin_yang(center: Pair, radius: float, spread: float, yang: bool, overlap: float) -> YinYang:
    """A half of the yin-yang sign from what a person typed; DataError for impossible values."""
    _check_finite("centre, radius, spread and overlap", (*center, radius, spread, overlap))
    if radius < NARROWEST or spread < NARROWEST or overlap < 0:
        raise DataError(
            "a yin-yang needs a radius and a spread above 0 and an overlap of 0 or more, not"
            f" {radius:g}, {spread:g} and {overlap:g}"
        )
    return YinYang(center, radius, spread, yang, overlap)


def _check_label(label: int) -> None:
    if label < 0:
        raise DataError(f"a class index is 0 or more, not {label}")


def _check_count(count: int) -> None:
    if not 1 <= count <= MOST_POINTS:
        raise DataError(
            f"a mark has from 1 to {MOST_POINTS:,} points, not {count:,}; choose a number between"
        )


def _check_width(what: str, width: float) -> None:
    if not NARROWEST <= width <= FARTHEST:
        raise DataError(f"{what} must be from {NARROWEST:g} to {FARTHEST:g}, not {width:g}")


def _check_finite(what: str, values: Iterable[float]) -> None:
    for value in values:
        if not abs(value) <= FARTHEST:  # false for nan too
            raise DataError(f"{what} must be numbers from {-FARTHEST:g} to {FARTHEST:g}, not {value:g}")


def _check_path(path: Path) -> None:
    if not 1 <= len(path) <= MOST_CORNERS:
        raise DataError(f"a path has from 1 to {MOST_CORNERS:,} places, not {len(path):,}; draw it in parts")
    _check_finite("the places of a path", (value for place in path for value in place))
