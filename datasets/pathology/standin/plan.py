"""Everything on one slide before it is painted: maps on the coarse grid and lists of cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.pathology.standin.layout import TUMOUR, Layout, room_of
from datasets.pathology.standin.noise import FloatMap, smooth_noise
from datasets.pathology.standin.nuclei import TURNS, lattice
from datasets.pathology.standin.tissue import FAR, SCALE, Growth, acini, blob, draw_architecture, grow
from datasets.pathology.standin.traits import Traits

Places = NDArray[np.float64]

#: Share of a tumour field that its cells cover, drawn alike for both classes.
COVER = (0.33, 0.43)
#: Nuclei per place of the lattice; the rest stays empty, so that every field can hold the same number.
FILL = 0.86


@dataclass
class Maps:
    """Coarse maps of the whole slide, filled field by field. Distances in pixels, positive inside.

    fat: vacuoles. rim, cleft, secretion: strengths 0-1. angle: direction of the fibres, radians.
    """

    cells: FloatMap
    lumen: FloatMap
    necrosis: FloatMap
    fat: FloatMap
    rim: FloatMap
    cleft: FloatMap
    secretion: FloatMap
    angle: FloatMap


@dataclass(frozen=True)
class Plan:
    """maps; places of cells as (row, column) in pixels of level 0, turns in steps of half a turn / TURNS."""

    maps: Maps
    tumour: Places
    spindles: Places
    spindle_turns: NDArray[np.int64]
    lymphocytes: Places
    red_cells: Places


def draw_plan(rng: np.random.Generator, layout: Layout, traits: Traits, difficulty: float) -> Plan:
    maps = _blank_maps(rng, layout, traits)
    places = lattice(rng, layout.shape, traits.spacing)
    at = np.minimum((places / SCALE).astype(np.int64), np.asarray(maps.cells.shape) - 1)
    kept: list[Places] = []
    lymphocytes: list[Places] = []
    red: list[Places] = []
    rooms = [np.minimum(room_of(layout, k), -maps.fat - 5.0) for k in range(len(layout.labels))]
    for index, label in enumerate(layout.labels):
        room = rooms[index]
        area = float((room > 0).sum()) * SCALE**2
        mine = (layout.owner == index)[at[:, 0], at[:, 1]]
        if label in TUMOUR:
            kept.append(_tumour(rng, maps, room, places[mine], at[mine], label, traits, difficulty))
        else:
            kept.append(_benign(rng, maps, room, places[mine], at[mine], label, traits))
        many = (
            area
            * traits.lymphocytes
            * float(np.exp(rng.normal(0.0, 0.5)))
            * (7.0 if label == "infl" else 1.0)
        )
        clumps = np.exp(1.6 * smooth_noise(rng, room.shape, 14.0))
        stroma = (room > 0) & (maps.cells < -4.0)
        lymphocytes.append(_scatter(rng, np.where(stroma, clumps, 0.0), int(many)))
        red.append(_vessels(rng, stroma))
    maps.angle[:] = _directions(rng, maps)
    free = (layout.tissue > 3.0) & (maps.fat < -2.0) & (maps.cells < -1.0)
    edge = maps.rim * np.exp(-(((maps.cells + 4.0) / 3.0) ** 2))
    spindles = _scatter(
        rng, np.where(free, 1.0 + 9.0 * edge, 0.0), int(traits.spindles * SCALE**2 * free.sum())
    )
    cell = np.minimum((spindles / SCALE).astype(np.int64), np.asarray(free.shape) - 1)
    turns = np.rint(maps.angle[cell[:, 0], cell[:, 1]] / np.pi * TURNS + rng.normal(0, 0.8, len(cell)))
    return Plan(
        maps=maps,
        tumour=np.concatenate(kept),
        spindles=spindles,
        spindle_turns=turns.astype(np.int64),
        lymphocytes=np.concatenate(lymphocytes),
        red_cells=np.concatenate(red),
    )


def _blank_maps(rng: np.random.Generator, layout: Layout, traits: Traits) -> Maps:
    shape = layout.tissue.shape
    far = [np.full(shape, -FAR, dtype=np.float32) for _ in range(4)]
    zero = [np.zeros(shape, dtype=np.float32) for _ in range(4)]
    tissue = np.argwhere(layout.tissue > 80.0)
    for _ in range(int(rng.poisson(traits.fat))):
        row, column = (float(n) for n in tissue[rng.integers(len(tissue))])
        for _ in range(int(rng.integers(3, 16))):
            radius = float(rng.uniform(17.0, 38.0))
            waves = np.stack([rng.uniform(0.0, 0.09, 3), rng.uniform(0.0, 6.3, 3)], axis=1).astype(np.float32)
            window, distance = blob(shape, row, column, radius, waves)
            # A wall stays between neighbours.
            far[3][window] = np.where(
                far[3][window] > -4.0, far[3][window], np.maximum(far[3][window], distance)
            )
            row += float(rng.normal(0.0, 55.0 / SCALE))
            column += float(rng.normal(0.0, 55.0 / SCALE))
            row, column = float(np.clip(row, 0, shape[0] - 1)), float(np.clip(column, 0, shape[1] - 1))
    return Maps(far[0], far[1], far[2], far[3], *zero)


def _tumour(
    rng: np.random.Generator,
    maps: Maps,
    room: FloatMap,
    places: Places,
    at: NDArray[np.int64],
    label: str,
    traits: Traits,
    difficulty: float,
) -> Places:
    """Grows one field; returns its nuclei, whose visible number does not depend on the class.

    The number follows from the covered share that was drawn and the area; what the outline of ducts or
    nests leaves room for is thinned to it.
    """
    window = _window(room)
    architecture = draw_architecture(rng, label, difficulty, traits.scale)
    fraction = float(rng.uniform(*COVER))
    growth = grow(rng, room[window], fraction, architecture)
    cleft = traits.cleft * np.clip(0.5 + smooth_noise(rng, room[window].shape, 30.0), 0.0, 1.0)
    _merge(maps, window, growth, room[window], cleft.astype(np.float32), float(rng.uniform(0.5, 1.0)))
    cells = maps.cells[at[:, 0], at[:, 1]]
    hollow = np.maximum(maps.lumen, maps.necrosis)[at[:, 0], at[:, 1]]
    inside = (cells > 0.0) & (hollow < -1.5)
    alone = (cells < -6.0) & (room[at[:, 0], at[:, 1]] > 6.0)
    goal = FILL * fraction * float((room > 0).sum()) * SCALE**2 * 2.0 / (np.sqrt(3.0) * traits.spacing**2)
    # An eighth more of them: cells between fibres overlap with spindles and lymphocytes, those in masses do not.
    singles = int(1.125 * architecture.single * goal)
    chosen = [
        rng.permutation(np.flatnonzero(inside))[: int((1.0 - architecture.single) * goal)],
        rng.permutation(np.flatnonzero(alone))[:singles],
    ]
    return np.asarray(places[np.sort(np.concatenate(chosen))])


def _benign(
    rng: np.random.Generator,
    maps: Maps,
    room: FloatMap,
    places: Places,
    at: NDArray[np.int64],
    label: str,
    traits: Traits,
) -> Places:
    """Small glands in groups (norm), wider ones (nneo), few of them among lymphocytes (infl)."""
    window = _window(room)
    sizes, fraction = {
        "norm": ((22.0, 44.0), 0.12),
        "nneo": ((34.0, 90.0), 0.22),
        "infl": ((22.0, 50.0), 0.08),
    }[label]
    lobules = np.where(smooth_noise(rng, room[window].shape, 45.0) > 0.2, room[window], -8.0).astype(
        np.float32
    )
    growth = acini(rng, lobules, (sizes[0] * traits.scale, sizes[1] * traits.scale), fraction)
    blank = np.zeros(room[window].shape, dtype=np.float32)
    _merge(maps, window, growth, room[window], blank, 0.4)
    cells = maps.cells[at[:, 0], at[:, 1]]
    inside = (cells > 0.0) & (maps.lumen[at[:, 0], at[:, 1]] < -1.0)
    return np.asarray(places[inside])


def _merge(
    maps: Maps, window: tuple[slice, slice], growth: Growth, room: FloatMap, cleft: FloatMap, secretion: float
) -> None:
    for target, source in (
        (maps.cells, growth.cells),
        (maps.lumen, growth.lumen),
        (maps.necrosis, growth.necrosis),
        (maps.rim, growth.rim),
    ):
        np.maximum(target[window], source, out=target[window])
    mine = room > -8.0
    maps.cleft[window][mine] = cleft[mine]
    maps.secretion[window][mine] = secretion


def _window(room: FloatMap) -> tuple[slice, slice]:
    """The bounding box of a field with some margin."""
    rows, columns = np.flatnonzero((room > 0).any(axis=1)), np.flatnonzero((room > 0).any(axis=0))
    return (
        slice(max(0, int(rows[0]) - 8), int(rows[-1]) + 9),
        slice(max(0, int(columns[0]) - 8), int(columns[-1]) + 9),
    )


def _scatter(rng: np.random.Generator, weight: NDArray[np.floating], count: int) -> Places:
    """`count` places drawn in proportion to a coarse map, as pixels of level 0."""
    flat = np.cumsum(weight.ravel(), dtype=np.float64)
    if count < 1 or flat[-1] <= 0:
        return np.empty((0, 2))
    cell = np.searchsorted(flat, rng.random(count) * flat[-1], side="right").clip(0, flat.size - 1)
    corner = np.stack(np.unravel_index(cell, weight.shape), axis=1)
    return np.asarray((corner + rng.random((count, 2))) * SCALE)


def _vessels(rng: np.random.Generator, stroma: NDArray[np.bool_]) -> Places:
    """Some small groups of red cells in the stroma of a field."""
    spots = np.argwhere(stroma)
    groups = [np.empty((0, 2))]
    for _ in range(int(rng.poisson(3.0)) if len(spots) else 0):
        centre = spots[rng.integers(len(spots))] * float(SCALE)
        spread = np.abs(rng.normal(0.0, 1.0, 2)) * 7.0 + 5.0
        groups.append(centre + rng.normal(0.0, 1.0, (int(rng.integers(6, 36)), 2)) * spread)
    return np.concatenate(groups)


def _directions(rng: np.random.Generator, maps: Maps) -> FloatMap:
    """Fibres wander, and run around clusters where those have a rim."""
    from scipy.ndimage import gaussian_filter

    shape = maps.cells.shape
    wander = smooth_noise(rng, shape, 80.0) * 1.6 + 0.5 * smooth_noise(rng, shape, 18.0)
    gy, gx = np.gradient(gaussian_filter(maps.cells, 1.5))
    around = np.arctan2(gy, gx) + np.pi / 2
    reach = gaussian_filter(maps.rim, 3.0)
    weight = np.clip(3.0 * reach * np.exp(-((np.minimum(maps.cells, 0.0) / 26.0) ** 2)), 0.0, 1.0)
    c = (1.0 - weight) * np.cos(2 * wander) + weight * np.cos(2 * around)
    s = (1.0 - weight) * np.sin(2 * wander) + weight * np.sin(2 * around)
    return np.asarray(np.mod(0.5 * np.arctan2(s, c), np.pi), dtype=np.float32)
