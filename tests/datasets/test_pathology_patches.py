"""The half-window rule against rasterisation by brute force, pixel by pixel."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import datasets.pathology.patches as patches
from datasets.pathology.patches import covered_area, first_regions, window_starts
from datasets.pathology.regions import Region

STAR = [(100, 10), (40, 190), (190, 70), (10, 70), (160, 190)]  # crosses itself, winds twice in the middle
NOTCHED = [(0, 0), (200, 0), (200, 200), (110, 200), (110, 20), (90, 20), (90, 200), (0, 200)]
EIGHT = [(20, 20), (180, 180), (180, 20), (20, 180)]  # two lobes wound in opposite ways
# A ring drawn in one line: out along the seam, around the hole the other way, back along the seam.
RING = [
    (10, 10),
    (190, 10),
    (190, 190),
    (10, 190),
    (10, 10),
    (60, 60),
    (60, 140),
    (140, 140),
    (140, 60),
    (60, 60),
]


def winding(points: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """How often a polygon turns around each point: by summing angles, nothing of the code under test."""
    total = np.zeros(len(points))
    for start, end in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        a, b = start - points, end - points
        total += np.arctan2(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], (a * b).sum(axis=1))
    return np.rint(total / (2 * np.pi)).astype(int)


def brute_area(vertices: np.ndarray, left: int, top: int, size: int, wide: int = 3, tall: int = 3) -> float:
    """Area inside a window from `wide` x `tall` points a pixel."""
    across, down = ((np.arange(size * fine) + 0.5) / fine for fine in (wide, tall))
    x, y = np.meshgrid(left + across + 1e-7, top + down + 3e-7)  # off any side that was drawn on purpose
    inside = winding(np.column_stack([x.ravel(), y.ravel()]), vertices) != 0
    return float(inside.sum()) / (wide * tall)


@pytest.mark.parametrize("outline", [STAR, NOTCHED, EIGHT, RING], ids=["star", "notched", "eight", "ring"])
@pytest.mark.parametrize("backwards", [False, True])
def test_any_outline_covers_what_it_surrounds(outline: list[tuple[int, int]], backwards: bool) -> None:
    vertices = np.array(outline[::-1] if backwards else outline, float)
    starts = np.array([0, 64, 128])
    area = covered_area(vertices, starts, starts, 64)
    for row, top in enumerate(starts):
        for column, left in enumerate(starts):
            assert area[row, column] == pytest.approx(brute_area(vertices, left, top, 64), abs=16)


def test_known_areas_are_met() -> None:
    whole, half = np.array([0]), np.array([0, 100])
    assert covered_area(np.array(NOTCHED, float), whole, whole, 200)[0, 0] == 200 * 200 - 20 * 180
    assert covered_area(np.array(RING, float), whole, whole, 200)[0, 0] == 180 * 180 - 80 * 80
    circle = np.array([(100 + 80 * np.cos(a), 100 + 80 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 3000)])
    area = covered_area(circle, half, half, 100)
    np.testing.assert_allclose(area, np.pi * 80**2 / 4, rtol=1e-3)


@settings(max_examples=40)
@given(
    # Corners between the middle lines of rows: on one of them either answer would be right.
    st.lists(st.tuples(st.floats(-20, 90), st.integers(-20, 90)), min_size=3, max_size=9),
    st.integers(5, 40),
    st.integers(5, 40),
)
def test_random_outlines_agree_with_brute_force(
    outline: list[tuple[float, int]], size: int, step: int
) -> None:
    vertices = np.array(outline, float)
    starts = window_starts(70, size, step)
    area = covered_area(vertices, starts, starts, size)
    for row, top in enumerate(starts[:2]):
        for column, left in enumerate(starts[:2]):
            expected = brute_area(vertices, int(left), int(top), size, wide=9, tall=1)
            # Along the same lines: there to an eighteenth of a pixel for each side that a line crosses.
            assert area[row, column] == pytest.approx(expected, abs=0.01 + size * len(outline) / 18)


def test_small_pieces_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    zigzag = rng.uniform(0, 500, (60, 2))
    starts = window_starts(500, 100, 70)
    whole = covered_area(zigzag, starts, starts, 100)
    monkeypatch.setattr(patches, "_MOST_CROSSINGS", 200)
    np.testing.assert_allclose(covered_area(zigzag, starts, starts, 100), whole, atol=1e-6)


def test_windows_are_centred_on_frames_and_inside_the_slide() -> None:
    np.testing.assert_array_equal(window_starts(1600, 512, 512), [0, 512, 1024])
    np.testing.assert_array_equal(window_starts(1000, 100, 300), [100, 400, 700])
    # Windows larger than frames overlap; those that reach over the edge are left out.
    np.testing.assert_array_equal(window_starts(1000, 300, 100), [0, 100, 200, 300, 400, 500, 600, 700])
    assert window_starts(100, 512, 512).size == 0


def square(label: str, left: float, top: float, right: float, bottom: float) -> Region:
    return Region(label, np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float))


@pytest.mark.parametrize(("right", "expected"), [(256, 0), (255, -1), (512, 0), (0, -1)])
def test_exactly_half_is_enough(right: int, expected: int) -> None:
    start = np.array([0])
    assert first_regions([square("indc", -100, -100, right, 900)], start, start, 512)[0, 0] == expected


def test_the_first_region_in_the_file_wins_not_the_largest() -> None:
    start = np.array([0])
    small, large = square("norm", 0, 0, 512, 300), square("indc", 0, 0, 512, 512)
    assert first_regions([small, large], start, start, 512)[0, 0] == 0
    assert first_regions([large, small], start, start, 512)[0, 0] == 0
    # Too small for the rule, the first one is passed over.
    assert first_regions([square("norm", 0, 0, 512, 200), large], start, start, 512)[0, 0] == 1


def test_two_small_regions_of_a_class_do_not_add_up() -> None:
    start = np.array([0])
    halves = [square("indc", 0, 0, 512, 200), square("indc", 0, 300, 512, 500)]
    assert first_regions(halves, start, start, 512)[0, 0] == -1


def test_first_regions_agree_with_brute_force_on_random_slides() -> None:
    rng = np.random.default_rng(11)
    size, step = 40, 30
    for _ in range(2):
        regions = []
        for _ in range(6):
            angle = np.sort(rng.uniform(0, 2 * np.pi, 12))
            radius = rng.uniform(10, 70, 12)
            middle = rng.uniform(-10, 210, 2)
            points = middle + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
            regions.append(Region("indc", points))
        lefts, tops = window_starts(200, size, step), window_starts(170, size, step)
        first = first_regions(regions, lefts, tops, size)
        for row, top in enumerate(tops):
            for column, left in enumerate(lefts):
                shares = [brute_area(r.vertices, int(left), int(top), size, 2) / size**2 for r in regions]
                if min(abs(share - 0.5) for share in shares) > 0.02:  # else brute force itself is unsure
                    expected = next((i for i, share in enumerate(shares) if share >= 0.5), -1)
                    assert first[row, column] == expected


def test_a_whole_slide_takes_less_than_a_second() -> None:
    rng = np.random.default_rng(5)
    angle = np.linspace(0, 2 * np.pi, 600, endpoint=False)
    waves = np.arange(1, 6)[:, None]
    regions = []
    for _ in range(60):
        bends = (rng.normal(0, 0.15, (5, 1)) / waves * np.cos(waves * angle + rng.uniform(0, 6, (5, 1)))).sum(
            0
        )
        radius = rng.uniform(1000, 3000) * (1 + bends)
        middle = rng.uniform(0, (40000, 30000))
        outline = middle + radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
        regions.append(Region("indc", outline))
    lefts, tops = window_starts(40000, 512, 512), window_starts(30000, 512, 512)
    started = time.process_time()
    first_regions(regions, lefts, tops, 512)
    seconds = time.process_time() - started
    assert len(lefts) * len(tops) > 4000
    assert seconds < 1  # about 0.05 s; a loop over windows and vertices needs minutes
