"""What is drawn by hand: marks, their points and the density that these follow."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from imld_synth import DataError
from imld_synth.marks import (
    MOST_POINTS,
    Brush,
    Component,
    Distribution,
    Eraser,
    Import,
    Mark,
    Stroke,
    gaussian,
    relabelled,
    ring,
    yin_yang,
)
from imld_synth.marks_path import distances, simplified
from imld_synth.marks_points import density, points, points_of


def scribble(seed: int, corners: int = 40) -> tuple[tuple[float, float], ...]:
    """A path as a hand draws it: many small steps in slowly changing directions."""
    rng = np.random.default_rng(seed)
    turns = rng.uniform(0, 6) + np.cumsum(rng.normal(scale=0.35, size=corners))
    steps = 0.04 * np.column_stack([np.cos(turns), np.sin(turns)])
    return tuple((float(x), float(y)) for x, y in rng.uniform(-0.5, 0.5, 2) + np.cumsum(steps, axis=0))


def every_kind() -> tuple[Mark, ...]:
    """A mark of every kind with a density, both classes in them."""
    return (
        Stroke(0, scribble(1), 0.06, 3_000, seed=1),
        Stroke(1, ((0.1, 0.1),), 0.1, 1_500, seed=2),
        Brush(1, ((-0.4, 0.3), (-0.2, 0.3), (-0.2, 0.3)), count=500, seed=3),
        Distribution(
            "mixed",
            (
                Component(0, gaussian((0.5, -0.5), ((0.03, 0.01), (0.01, 0.02))), 2_000),
                Component(1, ring((0.0, 0.0), 0.65, 0.85), 2_000),
                Component(0, yin_yang((0.3, 0.4), 0.4, 0.3, True, 0.1), 1_000),
            ),
            seed=4,
        ),
    )


def test_points_follow_the_stated_density() -> None:
    """Chi-squared over cells: each cell's count against the density integrated over it."""
    x, y = points(every_kind())
    drawing = density(every_kind(), 2)
    assert drawing is not None and drawing.priors == (6_000 / 11_000, 5_000 / 11_000)
    cells, fine = 12, 40
    edges = np.linspace(-1.3, 1.3, cells + 1)
    step = (edges[-1] - edges[0]) / (cells * fine)
    middles = edges[0] + step * (np.arange(cells * fine) + 0.5)
    grid = np.stack(np.meshgrid(middles, middles, indexing="ij"), axis=-1).reshape(-1, 2)
    for label, shape in enumerate(drawing.classes):
        mine = x[y == label]
        mass = shape.density(grid).reshape(cells, fine, cells, fine).sum(axis=(1, 3)) * step**2
        expected = mass * len(mine)
        found, _, _ = np.histogram2d(mine[:, 0], mine[:, 1], bins=(edges, edges))
        enough = expected > 10
        chi2 = float(((found - expected)[enough] ** 2 / expected[enough]).sum())
        # Mean n and variance 2n for n cells; counts are fixed per mark, which can only make them less scattered.
        assert chi2 < enough.sum() + 5 * np.sqrt(2 * enough.sum())
        assert enough.sum() > 30


def test_a_mark_has_its_own_points_whatever_stands_around_it() -> None:
    marks = every_kind()
    whole, _ = points(marks)
    without, _ = points(marks[1:])
    assert np.array_equal(whole[3_000:], without)
    again, labels = points_of(marks[0])
    assert np.array_equal(whole[:3_000], again) and set(labels) == {0}


def test_an_eraser_takes_earlier_points_along_its_path_and_the_density_with_them() -> None:
    stroke = Stroke(0, ((-1.0, 0.0), (1.0, 0.0)), 0.2, 800, seed=1)
    eraser = Eraser(((-0.5, 0.0), (0.0, 0.0), (0.0, 0.5)), 0.1)
    later = Stroke(1, ((0.0, 0.0),), 0.05, 100, seed=2)
    x, y = points((stroke, eraser, later))
    mine = x[y == 0]
    start, corner, end = map(np.array, eraser.path)
    away = np.minimum(distances(mine, start, corner), distances(mine, corner, end))
    assert 600 < len(mine) < 800 and away.min() > 0.1
    assert (y == 1).sum() == 100
    gone = ~(points((stroke,))[0][:, None] == mine[None]).all(axis=2).any(axis=1)
    erased = points((stroke,))[0][gone]
    assert np.minimum(distances(erased, start, corner), distances(erased, corner, end)).max() <= 0.1
    assert density((stroke, eraser, later), 2) is None
    assert density((stroke, later), 2) is not None


def test_imported_points_stay_as_they_are_and_have_no_density() -> None:
    x, y = np.array([[0.1, 0.2], [1 / 3, -7.0]]), np.array([1, 0])
    mark = Import.of("mine.csv", x, y)
    assert np.array_equal(points((mark,))[0], x) and np.array_equal(points((mark,))[1], y)
    assert mark == Import.of("mine.csv", x.copy(), y.copy())
    assert density((mark,), 2) is None


def test_a_class_without_points_has_no_density() -> None:
    assert density(every_kind(), 3) is None
    assert density((), 1) is None
    assert points(())[0].shape == (0, 2)


@settings(max_examples=30)
@given(
    arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.integers(-6, 6).map(float)),
    st.sampled_from([0.0, 0.3, 1.0, 2.5]),
)
def test_a_simplified_path_stays_within_the_tolerance_and_is_simple_already(corners, tolerance) -> None:
    path = tuple((float(a), float(b)) for a, b in corners)
    kept = simplified(path, tolerance)
    assert kept[0] == path[0] and set(kept) <= set(path)
    assert simplified(kept, tolerance) == kept
    pieces = list(pairwise(kept)) or [(kept[0], kept[0])]
    assert all(a != b for a, b in pieces) or len(kept) == 1
    off = np.min([distances(corners, np.array(a), np.array(b)) for a, b in pieces], axis=0)
    assert off.max() <= tolerance + 1e-9
    stroke = Stroke(0, path, max(4 * tolerance, 1e-3), 5)  # whatever the path, it can be drawn
    assert np.isfinite(points((stroke,))[0]).all()


def test_a_hand_drawing_has_an_exact_bayes_error_that_drawn_points_confirm() -> None:
    marks = tuple(Stroke(i % 2, scribble(i, 20), 0.15, 100, seed=i) for i in range(4))
    drawing = density(marks, 2)
    assert drawing is not None
    exact, check = drawing.bayes_error(), drawing.monte_carlo_bayes_error(10_000, 1)
    assert exact.bound < 3e-4
    assert abs(exact.value - check.value) < 4 * check.standard_error + exact.bound
    assert drawing.error_of(density(marks, 2) or drawing).value == exact.value


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: gaussian((0, 0), ((1.0, 2.0), (2.0, 1.0))), "between -1 and 1, not be 2"),
        (lambda: gaussian((0, 0), ((1.0, 0.1), (0.2, 1.0))), "symmetric"),
        (lambda: gaussian((0, 0), ((-1.0, 0.0), (0.0, 1.0))), "above 0, not -1 and 1"),
        (lambda: gaussian((0, float("nan")), ((1.0, 0.0), (0.0, 1.0))), "not nan"),
        (lambda: gaussian((0, 0), ((1e-12, 0.0), (0.0, 1.0))), "smallest standard deviation"),
        (lambda: ring((0, 0), 0.5, 0.5), "inner radius < outer radius"),
        (lambda: yin_yang((0, 0), 0.0, 1.0, False, 0.0), "radius and a spread above 0"),
        (lambda: Stroke(0, (), 0.1, 10), "from 1 to 5,000 places, not 0"),
        (lambda: Stroke(0, ((0.0, float("inf")),), 0.1, 10), "not inf"),
        (lambda: Stroke(0, ((0.0, 0.0),), 0.0, 10), "width of a stroke"),
        (lambda: Stroke(0, ((0.0, 0.0),), 0.1, 0), "from 1 to 1,000,000 points, not 0"),
        (lambda: Stroke(-1, ((0.0, 0.0),), 0.1, 1), "0 or more, not -1"),
        (lambda: Brush(0, ((0.0, 0.0),) * 2, count=MOST_POINTS), "not 2,000,000"),
        (lambda: Brush(0, ((0.0, 0.0),), variance=-1.0), "brush"),
        (lambda: Distribution("none", ()), "at least one class"),
        (lambda: Import("a", b"1", b"1"), "differ in number"),
        (lambda: Import.of("a", np.array([[np.nan, 0.0]]), np.array([0])), "must be numbers"),
        (lambda: Eraser(((0.0, 0.0),), -1.0), "radius"),
        (lambda: points((Stroke(0, ((0.0, 0.0),), 0.1, MOST_POINTS),) * 2), "not 2,000,000"),
        (lambda: points((Eraser(((0.0, 0.0),), 1.0),) * 2_001), "at most 2,000 marks"),
    ],
)
def test_an_impossible_mark_is_refused_in_plain_words(make, words) -> None:
    with pytest.raises(DataError) as caught:
        make()
    assert words in str(caught.value)


def test_marks_follow_their_classes_to_new_numbers() -> None:
    stroke, *_, mixed = every_kind()
    assert relabelled(stroke, {0: 4}) == Stroke(4, stroke.path, 0.06, 3_000, seed=1)
    assert relabelled(stroke, {1: 0}) is None
    left = relabelled(mixed, {1: 0})
    assert isinstance(left, Distribution) and [part.label for part in left.parts] == [0]
    file = Import.of("f", np.array([[1.0, 1.0], [2.0, 2.0]]), np.array([0, 2]))
    kept = relabelled(file, {2: 1})
    assert kept == Import.of("f", np.array([[2.0, 2.0]]), np.array([1]))
    assert relabelled(file, {1: 0}) is None
