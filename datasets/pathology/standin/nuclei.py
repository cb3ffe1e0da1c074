"""Nuclei: a bank of drawn stamps per patient, a lattice of places, and the stamping itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.pathology.standin.noise import FloatMap

#: Amount of haematoxylin in the middle of an average nucleus.
DARKNESS: Final = 0.62
TURNS: Final = 16


@dataclass(frozen=True)
class Bank:
    """Stamps of one kind, each a small square map of stain; those of one turn lie TURNS apart.

    stamps: shape (n, side, side), n a multiple of TURNS. A stamp's turn is its index modulo TURNS, in
    steps of half a turn / TURNS.
    """

    stamps: FloatMap


def tumour_bank(rng: np.random.Generator, diameter: float, chromatin: float) -> Bank:
    """Roundish to oval nuclei with uneven chromatin and sometimes a nucleolus. diameter in pixels."""
    return _bank(rng, 14, diameter, 0.13, (1.0, 1.5), chromatin, DARKNESS)


def lymphocyte_bank(rng: np.random.Generator) -> Bank:
    return _bank(rng, 3, 6.3, 0.06, (1.0, 1.12), 0.08, DARKNESS * 1.3)


def spindle_bank(rng: np.random.Generator) -> Bank:
    """Fibroblasts, vessel walls, the flattened cells around ducts."""
    return _bank(rng, 4, 6.2, 0.12, (3.0, 4.4), 0.12, DARKNESS * 0.95)


def red_cell_bank(rng: np.random.Generator) -> Bank:
    """Discs that are paler in the middle; stamped as eosin."""
    bank = _bank(rng, 1, 6.8, 0.0, (1.0, 1.2), 0.0, 0.36)
    side = bank.stamps.shape[-1]
    y, x = np.indices((side, side)) - (side - 1) / 2
    dent = 1.0 - 0.35 * np.exp(-(x**2 + y**2) / 3.0)
    return Bank((bank.stamps * dent).astype(np.float32))


def lattice(rng: np.random.Generator, shape: tuple[int, int], spacing: float) -> NDArray[np.float64]:
    """Places of a jittered hexagonal lattice over (rows, columns), shape (n, 2) as (row, column).

    Nuclei pack without overlap whatever the outline that cuts the lattice, so that equal areas hold
    equal numbers.
    """
    rows = np.arange(0.0, shape[0], spacing * np.sqrt(3.0) / 2.0)
    columns = np.arange(0.0, shape[1], spacing)
    grid = np.stack(np.meshgrid(rows, columns, indexing="ij"), axis=-1)
    grid[1::2, :, 1] += spacing / 2.0
    places = grid.reshape(-1, 2) + rng.normal(0.0, 0.13 * spacing, (grid.size // 2, 2))
    inside = np.all((places >= 0) & (places < np.asarray(shape)), axis=1)
    return np.asarray(places[inside])


def stamp(
    out: FloatMap, places: NDArray[np.float64], bank: Bank, turns: NDArray[np.int64], rng: np.random.Generator
) -> None:
    """Draws one nucleus at each place into `out` by maximum.

    places: shape (n, 2), (row, column). turns: shape (n,), direction of each in steps of half a turn /
    TURNS.
    """
    side = bank.stamps.shape[-1]
    kinds = len(bank.stamps) // TURNS
    index = rng.integers(kinds, size=len(places)) * TURNS + turns % TURNS
    strength = rng.normal(1.0, 0.12, len(places)).clip(0.6, 1.4).astype(np.float32)
    corner = np.rint(places - (side - 1) / 2).astype(np.int64)
    fits = np.all((corner >= 0) & (corner + side <= np.asarray(out.shape)), axis=1)
    for k in np.flatnonzero(fits):
        top, left = corner[k]
        window = out[top : top + side, left : left + side]
        np.maximum(window, bank.stamps[index[k]] * strength[k], out=window)


def _bank(
    rng: np.random.Generator,
    kinds: int,
    diameter: float,
    spread: float,
    aspect: tuple[float, float],
    chromatin: float,
    darkness: float,
) -> Bank:
    from scipy.ndimage import gaussian_filter

    side = int(np.ceil(diameter * np.sqrt(aspect[1]) * (1.0 + 2.2 * spread))) + 4
    y, x = (np.indices((side, side), dtype=np.float32) - np.float32((side - 1) / 2)).astype(np.float32)
    stamps = np.empty((kinds * TURNS, side, side), dtype=np.float32)
    for kind in range(kinds):
        # Quantiles instead of draws: every patient's bank has the same mix of sizes.
        size = diameter * np.exp(spread * 2.0 * ((kind + 0.5) / kinds - 0.5) * 1.4)
        ratio = rng.uniform(*aspect)
        wobble, phase = rng.uniform(0.0, 0.08), rng.uniform(0.0, 2 * np.pi)
        for turn in range(TURNS):
            angle = np.pi * turn / TURNS
            u = x * np.cos(angle) + y * np.sin(angle)
            v = y * np.cos(angle) - x * np.sin(angle)
            radius = np.hypot(u / np.sqrt(ratio), v * np.sqrt(ratio))
            edge = size / 2 * (1.0 + wobble * np.cos(3 * np.arctan2(v, u) + phase))
            body = np.clip((edge - radius) / 1.2 + 0.5, 0.0, 1.0)
            grain = gaussian_filter(rng.standard_normal((side, side)), 1.0)
            membrane = 0.14 * np.exp(-(((edge - radius - 0.8) / 0.8) ** 2))
            stamps[kind * TURNS + turn] = (
                darkness * body * (0.93 + chromatin * grain / grain.std() + membrane).clip(0.3, 1.6)
            )
    return Bank(stamps)
