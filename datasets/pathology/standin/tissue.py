"""Architecture: where the tumour cells lie, as rounded clusters (ducts) and as irregular nests and cords.

Everything here lives on the coarse grid, one cell for SCALE × SCALE pixels of level 0. Distances are
signed and in pixels of level 0, positive inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from datasets.pathology.standin.noise import FloatMap, smooth_noise

SCALE: Final = 4
FAR: Final = 60.0


@dataclass(frozen=True)
class Architecture:
    """What one region's tumour looks like; the only thing that depends on its class.

    irregular: share of the cell area that lies in irregular nests, the rest lies in rounded clusters.
    roughness: of the clusters' outline, relative to the radius. rim: strength of the collagen rim and
    the flattened cells around clusters, 0-1. broken: share of clusters whose border is broken. lumen:
    share of clusters with holes or necrosis. diameter: of clusters, in pixels. cord: thickness of nests
    in pixels. single: share of the cells that lie alone in the stroma.
    """

    irregular: float
    roughness: float
    rim: float
    broken: float
    lumen: float
    diameter: tuple[float, float]
    cord: float
    single: float


@dataclass(frozen=True)
class Growth:
    """cells: distance to the border of cell masses. rim: strength of the rim that surrounds the nearest
    cluster, 0-1. lumen, necrosis: distances to the border of holes."""

    cells: FloatMap
    rim: FloatMap
    lumen: FloatMap
    necrosis: FloatMap


def draw_architecture(
    rng: np.random.Generator, label: str, difficulty: float, scale: float = 1.0
) -> Architecture:
    """Of a region of class `label` ("dcis" or "indc"). scale: the patient's factor on all lengths.

    Difficulty moves the two classes towards each other: mixed forms, ragged ducts, smoother nests,
    fainter rims, thicker cords.
    """
    mixed = 0.3 * difficulty * rng.random()
    if label == "dcis":
        return Architecture(
            irregular=mixed,
            roughness=0.015 + 0.07 * difficulty * rng.random(),
            rim=float(np.clip(1.0 - 0.6 * difficulty * rng.random(), 0.0, 1.0)),
            broken=0.4 * difficulty * rng.random(),
            lumen=float(rng.uniform(0.2, 0.6)),
            diameter=(56.0 * scale, float(rng.uniform(105.0, 150.0)) * scale),
            cord=(16.0 + 8.0 * difficulty) * scale,
            single=0.02 + 0.04 * difficulty * rng.random(),
        )
    return Architecture(
        irregular=1.0 - mixed,
        roughness=0.16 - 0.08 * difficulty * rng.random(),
        rim=0.25 * difficulty * rng.random(),
        broken=1.0 - 0.5 * difficulty * rng.random(),
        lumen=0.2 * difficulty * rng.random(),
        diameter=(45.0 * scale, float(rng.uniform(80.0, 130.0)) * scale),
        cord=float(rng.uniform(11.0, 16.0) + 5.0 * difficulty * rng.random()) * scale,
        single=float(rng.uniform(0.12, 0.24)) * (1.0 - 0.3 * difficulty),
    )


def grow(rng: np.random.Generator, room: FloatMap, fraction: float, architecture: Architecture) -> Growth:
    """Cell masses that cover `fraction` of the room (holes not counted) where there is place for them.

    room: distance to the border of the free space, shape (rows, columns) of the coarse grid.
    """
    shape = room.shape
    free = int((room > 0).sum())
    goal = fraction * free
    growth = _clusters(rng, room, goal * (1.0 - architecture.irregular), architecture)
    left = goal - float(((growth.cells > 0) & (growth.lumen < 0) & (growth.necrosis < 0)).sum())
    if left < 20.0:
        return growth
    # Clusters keep about this far from the border of a field; nests must, too, or the middle would tell.
    space = np.minimum(room - 16.0, -growth.cells - 14.0)
    patchy = smooth_noise(rng, shape, 55.0)
    field = _nest_field(rng, shape, architecture.cord / SCALE) + 0.35 * patchy
    inside = space > 0
    count = int(inside.sum())
    if count < 20:
        return growth
    level = np.quantile(field[inside], max(0.0, 1.0 - left / count))
    slope = float(np.mean(np.hypot(*np.gradient(field)))) / SCALE
    nests = np.minimum((field - level) / slope * 0.8, space)
    cells = np.maximum(growth.cells, nests.astype(np.float32))
    return Growth(cells, growth.rim, growth.lumen, growth.necrosis)


def acini(rng: np.random.Generator, room: FloatMap, diameter: tuple[float, float], fraction: float) -> Growth:
    """Small round glands with a lumen each: healthy or benign tissue."""
    plain = Architecture(0.0, 0.03, 0.5, 0.0, 1.0, diameter, 1.0, 0.0)
    return _clusters(rng, room, fraction * float((room > 0).sum()), plain)


def blob(
    shape: tuple[int, int], row: float, column: float, radius: float, waves: FloatMap
) -> tuple[tuple[slice, slice], FloatMap]:
    """A star-shaped outline: the window of the map that it touches, and the distance map in it.

    row, column: of the centre, coarse cells inside the map; radius in pixels; waves: shape (k, 2),
    amplitude (relative to the radius) and phase of the harmonics of the outline, from the second one on.
    """
    reach = int(np.ceil((radius * 1.5 + 16.0) / SCALE))
    top, left = max(0, int(row) - reach), max(0, int(column) - reach)
    bottom, right = min(shape[0], int(row) + reach + 1), min(shape[1], int(column) + reach + 1)
    dy = (np.arange(top, bottom, dtype=np.float32)[:, None] - np.float32(row)) * SCALE
    dx = (np.arange(left, right, dtype=np.float32)[None, :] - np.float32(column)) * SCALE
    angle = np.arctan2(dy, dx)
    border = np.ones_like(angle)
    for k, (amplitude, phase) in enumerate(waves, start=2):
        if amplitude:
            border += amplitude * np.cos(k * angle + phase)
    return (slice(top, bottom), slice(left, right)), radius * border - np.hypot(dx, dy)


def _clusters(rng: np.random.Generator, room: FloatMap, goal: float, architecture: Architecture) -> Growth:
    """Rounded clusters by dart throwing, on the whole large ones first, until they cover `goal` cells."""
    shape = room.shape
    cells, lumen, necrosis = (np.full(shape, -FAR, dtype=np.float32) for _ in range(3))
    growth = Growth(cells, np.zeros(shape, dtype=np.float32), lumen, necrosis)
    places = np.argwhere(room > architecture.diameter[0] * 0.35)
    covered, tries = 0.0, 700
    if goal < 10 or not len(places):
        return growth
    low, high = (d / 2 for d in architecture.diameter)
    for attempt in range(tries):
        if covered >= goal:
            break
        radius = low + (high - low) * (1.0 - attempt / tries) * float(rng.random()) ** 0.7
        row, column = places[rng.integers(len(places))]
        if room[row, column] < 0.75 * radius or cells[row, column] > -0.8 * min(radius, FAR):
            continue
        broken = rng.random() < architecture.broken
        waves = _outline(rng, architecture.roughness * (1.6 if broken else 1.0))
        window, distance = blob(shape, row, column, radius, waves)
        if np.any((distance > -5.0) & (cells[window] > -5.0)):
            continue
        cells[window] = np.maximum(cells[window], distance)
        growth.rim[window][distance > -12.0] = architecture.rim * (0.35 if broken else 1.0)
        if rng.random() < architecture.lumen:
            _hollow(rng, growth, (row, column), radius)
        solid = (distance > 0) & (lumen[window] < 0) & (necrosis[window] < 0)
        covered += float(solid.sum())
    return growth


def _hollow(rng: np.random.Generator, growth: Growth, centre: tuple[int, int], radius: float) -> None:
    """Holes of one cluster: sieve-like (cribriform), dead in the middle (comedo) or one open lumen."""
    shape = growth.cells.shape
    pattern = rng.random()
    smooth = _outline(rng, 0.03)
    if radius > 36.0 and pattern < 0.45:
        count = int(rng.integers(3, 4 + int(radius / 16.0)))
        start = rng.uniform(0.0, 2 * np.pi)
        for index in range(count):
            angle = start + 2 * np.pi * index / count + rng.normal(0.0, 0.15)
            away = radius * rng.uniform(0.4, 0.58) / SCALE
            row, column = centre[0] + away * np.sin(angle), centre[1] + away * np.cos(angle)
            _carve(growth.lumen, shape, row, column, radius * rng.uniform(0.11, 0.19), smooth)
    elif radius > 36.0 and pattern < 0.75:
        _carve(growth.necrosis, shape, *centre, radius * rng.uniform(0.3, 0.48), _outline(rng, 0.1))
    else:
        _carve(growth.lumen, shape, *centre, radius * rng.uniform(0.2, 0.4), smooth)


def _carve(
    out: FloatMap, shape: tuple[int, int], row: float, column: float, radius: float, waves: FloatMap
) -> None:
    window, distance = blob(shape, row, column, radius, waves)
    np.maximum(out[window], distance, out=out[window])


def _outline(rng: np.random.Generator, roughness: float) -> FloatMap:
    """Harmonics 2-13 of an outline: a smooth oval plus ragged waves of the given strength."""
    order = np.arange(2, 14)
    amplitude = 0.7 * roughness * rng.standard_normal(12) * np.sqrt(4.0 / np.maximum(order, 4))
    amplitude[0] += rng.uniform(0.0, 0.16)
    amplitude[1] += rng.uniform(0.0, 0.04)
    return np.stack([amplitude, rng.uniform(0.0, 2 * np.pi, 12)], axis=1).astype(np.float32)


def _nest_field(rng: np.random.Generator, shape: tuple[int, int], cord: float) -> FloatMap:
    """Band-limited noise, stretched along a wandering direction, with ragged fine structure.

    Its excursion sets are cords and nests about `cord` coarse cells thick.
    """
    from scipy.ndimage import gaussian_filter, map_coordinates

    stretch = float(rng.uniform(1.3, 2.6))
    turn = rng.uniform(0.0, np.pi)
    rows, columns = np.indices(shape, dtype=np.float32)
    bend = 0.9 * smooth_noise(rng, shape, 70.0) * cord * 4
    along = columns * np.cos(turn) + rows * np.sin(turn)
    across = rows * np.cos(turn) - columns * np.sin(turn) + bend
    size = int(2 * max(shape)) + 8
    noise = rng.standard_normal((size, size), dtype=np.float32)
    band = gaussian_filter(noise, cord * 0.55, mode="wrap") - gaussian_filter(noise, cord * 1.1, mode="wrap")
    band /= band.std()
    field = map_coordinates(band, [across + size / 2, along / stretch + size / 2], order=1, mode="wrap")
    ragged = gaussian_filter(rng.standard_normal(shape, dtype=np.float32), 1.1)
    return np.asarray(field + 0.4 * ragged / ragged.std(), dtype=np.float32)
