"""The picture of the points: every point where it belongs, in the colour of its class."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from dashboard.drawing.pictures import DOTS, MARKED, mark, picture
from reports.palette import rgb

LIMITS = (-1.0, 1.0, -2.0, 2.0)
COLOURS = ("#0072B2", "#E69F00", "#009E73")


def pixels(x: np.ndarray, y: np.ndarray, side: int = 200) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture(x, y, LIMITS, COLOURS, side))))


def test_a_point_lies_where_its_coordinates_say() -> None:
    image = pixels(np.array([[0.5, 1.0], [-0.5, -1.0], [7.0, 0.0]]), np.array([0, 1, 2]))
    assert image.shape == (200, 200, 4)
    assert tuple(image[50, 150, :3]) == rgb(COLOURS[0])
    assert tuple(image[150, 50, :3]) == rgb(COLOURS[1])
    rows, columns = np.nonzero(image[..., 3])
    near = [np.hypot(rows - row, columns - column) for row, column in ((50, 150), (150, 50))]
    assert np.minimum(*near).max() < 10  # nothing but the two
    assert not (image[..., :3] == rgb(COLOURS[2])).all(axis=-1).any()  # outside of the limits


def test_nothing_is_drawn_of_no_points() -> None:
    assert not pixels(np.empty((0, 2)), np.empty(0, int))[..., 3].any()


def test_classes_differ_in_shape_where_points_are_few() -> None:
    shapes = [mark(label) for label in range(8)]
    for place, one in enumerate(shapes):
        for other in shapes[place + 1 :]:
            assert (one != other).sum() >= 6
    # A square has the same pixels whatever side is up; a triangle has not.
    assert (shapes[1] == shapes[1][::-1]).all()
    assert not (shapes[3] == shapes[3][::-1]).all()


@pytest.mark.parametrize("count", [MARKED + 1, DOTS + 1])
def test_many_points_keep_their_places_and_colours(count: int) -> None:
    rng = np.random.default_rng(0)
    y = np.arange(count) % 2
    x = np.column_stack(
        [np.where(y == 0, -0.5, 0.5) + 0.05 * rng.standard_normal(count), rng.uniform(-1, 1, count)]
    )
    image = pixels(x, y, 400).astype(int)
    left, right = image[:, :200], image[:, 200:]
    for half, colour in ((left, COLOURS[0]), (right, COLOURS[1])):
        seen = half[half[..., 3] > 0][:, :3]
        assert len(seen) > 1000
        assert abs(seen - rgb(colour)).max() <= 1
    assert not image[:80, :, 3].any()  # x2 above 1.2: nobody is there
