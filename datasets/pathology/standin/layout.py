"""Layout of one slide: the outline of the tissue and the regions that a pathologist would have marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.pathology.standin.noise import FloatMap, smooth_noise
from datasets.pathology.standin.tissue import SCALE

TUMOUR = ("dcis", "indc")
BENIGN = ("norm", "nneo", "infl")


@dataclass(frozen=True)
class Region:
    """A marked region. vertices: int64, shape (n, 2), (row, column) in pixels of level 0."""

    label: str
    vertices: NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """shape: (rows, columns) of level 0. tissue: distance to the tissue's border in pixels, coarse grid.
    owner: index into `labels` for each coarse cell. labels: of the fields that share the tissue."""

    shape: tuple[int, int]
    tissue: FloatMap
    owner: NDArray[np.int64]
    labels: tuple[str, ...]


def draw_layout(rng: np.random.Generator, only: str | None) -> Layout:
    """Nine fields of about 1000 × 1000 pixels: seven of tumour, two of other tissue.

    only: the one tumour class of this patient, None where both occur (three or four fields each).
    """
    rows, columns = (int(n) for n in rng.integers(3140, 3320, 2))
    coarse = (-(-rows // SCALE), -(-columns // SCALE))
    y, x = np.indices(coarse, dtype=np.float32) * SCALE
    # Distance to a rectangle with rounded corners, then uneven.
    gap = [np.maximum(240.0 - np.minimum(a, n - a), 0.0) for a, n in ((y, rows), (x, columns))]
    tissue = 240.0 - np.hypot(*gap) - rng.uniform(60.0, 110.0) + 48.0 * smooth_noise(rng, coarse, 120.0)
    tissue = (tissue + 4.0 * smooth_noise(rng, coarse, 7.0)).astype(np.float32)
    steps = (np.arange(3) + 0.5) / 3
    seeds = np.stack(np.meshgrid(steps * rows, steps * columns, indexing="ij"), axis=-1).reshape(-1, 2)
    seeds = seeds + rng.uniform(-180.0, 180.0, seeds.shape)
    warp = [
        75.0 * smooth_noise(rng, coarse, 110.0) + 12.0 * smooth_noise(rng, coarse, 25.0) for _ in range(2)
    ]
    distance = np.stack([np.hypot(y + warp[0] - s[0], x + warp[1] - s[1]) for s in seeds])
    first = int(rng.choice([3, 4]))
    tumour = [only] * 7 if only else ["dcis"] * first + ["indc"] * (7 - first)
    labels = [*tumour, *rng.choice(BENIGN, size=2, replace=False)]
    rng.shuffle(labels)
    return Layout((rows, columns), tissue, np.argmin(distance, axis=0), tuple(str(name) for name in labels))


def room_of(layout: Layout, index: int) -> FloatMap:
    """Distance to the border of one field in pixels, coarse grid; about zero or below outside."""
    from scipy.ndimage import distance_transform_edt

    mine = (layout.owner == index) & (layout.tissue > 0)
    room = np.full(mine.shape, -8.0, dtype=np.float32)
    rows, columns = (np.flatnonzero(mine.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return room
    # The nearest cell outside touches the field: what lies further away need not be looked at.
    window = tuple(slice(max(at[0] - 1, 0), at[-1] + 2) for at in (rows, columns))
    inside = distance_transform_edt(mine[window], return_distances=True) * SCALE
    room[window] = np.where(mine[window], inside - 8.0, -8.0)
    return room


def trace(rng: np.random.Generator, room: FloatMap, layout: Layout, label: str) -> Region:
    """The outline of a field as drawn by hand: some dozens of vertices, a little inside, a little uneven."""
    weight = np.argwhere(room > 0)
    centre = weight.mean(axis=0)
    angles = np.linspace(0.0, 2 * np.pi, int(rng.integers(36, 64)), endpoint=False)
    reach = np.arange(0.0, max(room.shape))
    vertices = []
    for angle in angles:
        rows = centre[0] + reach * np.sin(angle)
        columns = centre[1] + reach * np.cos(angle)
        at = np.stack([rows, columns], axis=1)
        inside = np.all((at >= 0) & (at <= np.asarray(room.shape) - 1), axis=1)
        cells = np.rint(at[inside]).astype(np.int64)
        value = room[cells[:, 0], cells[:, 1]]
        end = int(np.argmax(value <= 0)) if np.any(value <= 0) else len(value) - 1
        away = max(2.0, end - rng.uniform(0.0, 4.0))
        vertices.append([centre[0] + away * np.sin(angle), centre[1] + away * np.cos(angle)])
    pixels = np.rint(np.asarray(vertices) * SCALE).astype(np.int64)
    return Region(label, np.clip(pixels, 0, np.asarray(layout.shape) - 1))


def oval(
    rng: np.random.Generator, label: str, centre: tuple[float, float], size: float, shape: tuple[int, int]
) -> Region:
    """A small marked spot. centre (row, column) and size (radius) in pixels of level 0."""
    angles = np.linspace(0.0, 2 * np.pi, 24, endpoint=False)
    radius = size * (1.0 + 0.08 * rng.standard_normal(24))
    vertices = np.stack([centre[0] + radius * np.sin(angles), centre[1] + radius * np.cos(angles)], axis=1)
    return Region(label, np.clip(np.rint(vertices), 0, np.asarray(shape) - 1).astype(np.int64))
