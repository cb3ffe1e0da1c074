"""Paints a plan: amounts of haematoxylin and eosin for every pixel of level 0."""

from __future__ import annotations

import numpy as np

from datasets.pathology.standin.layout import TUMOUR, Layout
from datasets.pathology.standin.noise import DIRECTIONS, TILE, FloatMap, cover, resize, smooth_noise
from datasets.pathology.standin.nuclei import TURNS, stamp
from datasets.pathology.standin.plan import Plan
from datasets.pathology.standin.tissue import SCALE
from datasets.pathology.standin.traits import Traits

#: Rows painted at once: bounds the memory.
BAND = 512


def paint(
    rng: np.random.Generator, layout: Layout, plan: Plan, traits: Traits, fold: FloatMap | None
) -> tuple[FloatMap, FloatMap, FloatMap]:
    """Haematoxylin, eosin and white noise, each of the shape of level 0. fold: coarse map of extra
    thickness, None without a fold."""
    shape = layout.shape
    nuclei = np.zeros(shape, dtype=np.float32)
    for places, bank in ((plan.tumour, traits.tumour), (plan.lymphocytes, traits.lymphocyte)):
        stamp(nuclei, places, bank, rng.integers(TURNS, size=len(places)), rng)
    stamp(nuclei, plan.spindles, traits.spindle, plan.spindle_turns, rng)
    red = np.zeros(shape, dtype=np.float32)
    stamp(red, plan.red_cells, traits.red_cell, np.zeros(len(plan.red_cells), dtype=np.int64), rng)
    offset = (int(rng.integers(TILE)), int(rng.integers(TILE)))
    grain = cover(traits.grain, shape, offset)
    maps = plan.maps
    hollow = np.maximum(np.maximum(maps.fat, -layout.tissue), maps.lumen)
    secretion = np.where(maps.lumen > -4.0, maps.secretion, 0.0)
    cells = resize(_bodies(plan), shape)
    necrosis = resize(maps.necrosis, shape)
    empty = resize(hollow, shape)
    rim, cleft = resize(maps.rim, shape), resize(maps.cleft, shape)
    filled = resize(secretion, shape)
    dense = resize(1.0 + 0.24 * smooth_noise(rng, maps.rim.shape, 22.0), shape)
    angle = np.rint(maps.angle / np.pi * DIRECTIONS).astype(np.int64) % DIRECTIONS
    h, e = np.empty(shape, dtype=np.float32), np.empty(shape, dtype=np.float32)
    columns = (np.arange(shape[1]) + offset[1]) % TILE
    for top in range(0, shape[0], BAND):
        band = slice(top, min(top + BAND, shape[0]))
        rows = np.arange(band.start, band.stop)
        direction = np.repeat(angle[rows // SCALE], SCALE, axis=1)[:, : shape[1]]
        fibre = traits.fibres[direction, ((rows + offset[0]) % TILE)[:, None], columns[None, :]]
        inside = np.clip(0.5 + cells[band] / 2.5, 0.0, 1.0)
        outside = 1.0 - inside
        # A rim of dense collagen, and a looser zone around it that makes up for its eosin.
        near = np.exp(-(((cells[band] + 4.5) / 3.0) ** 2)) - 0.4 * np.exp(
            -(((cells[band] + 15.0) / 6.5) ** 2)
        )
        gap = np.exp(-(((cells[band] + 1.0) / 2.0) ** 2))
        pink = traits.stroma * np.clip(dense[band] + traits.contrast * fibre, 0.25, 2.2) * outside
        pink += (0.065 * rim[band]) * near * outside
        pink *= 1.0 - cleft[band] * gap * outside
        pink += traits.cytoplasm * inside * (1.0 + 0.08 * grain[band])
        blue = traits.basophilia * inside + 0.025 * outside
        dead = np.clip(0.5 + necrosis[band] / 4.0, 0.0, 1.0)
        pink += dead * (0.18 - pink + 0.03 * grain[band])
        blue += dead * (0.06 - blue + 0.04 * np.maximum(grain[band], 0.0))
        open_ = np.clip(0.5 + empty[band] / 2.0, 0.0, 1.0)
        wall = np.exp(-((empty[band] / 2.2) ** 2)) * 0.06
        pink = pink * (1.0 - open_) + wall + open_ * filled[band] * 0.13
        blue = blue * (1.0 - open_)
        body = nuclei[band]
        pink *= 1.0 - 0.4 * np.minimum(body, 0.8)
        np.maximum(pink, red[band], out=pink)
        h[band], e[band] = blue + body, pink
    for amounts, spread in ((h, 0.03), (e, 0.06)):
        amounts *= resize(_evening(rng, layout, amounts, spread), shape)
    if fold is not None:
        thickness = 1.0 + resize(fold, shape)
        h *= thickness
        e *= thickness
    return h, e, cover(traits.grain, shape, (offset[1] + 331, offset[0] + 577))


def _evening(rng: np.random.Generator, layout: Layout, amounts: FloatMap, spread: float) -> FloatMap:
    """Coarse map of gains that give every tumour field the slide's mean amount of a stain, times a factor
    drawn alike for both classes: rims, holes and clefts would else tell the class by colour alone.

    spread: of the logarithm of that factor.
    """
    from scipy.ndimage import gaussian_filter

    sample = amounts[::SCALE, ::SCALE]
    gain = np.ones(sample.shape, dtype=np.float32)
    fields = [
        (layout.owner == k) & (layout.tissue > 0) for k, label in enumerate(layout.labels) if label in TUMOUR
    ]
    means = np.array([sample[field].mean() for field in fields])
    for field, mean in zip(fields, means, strict=True):
        gain[field] = means.mean() / mean * np.exp(rng.normal(0.0, spread))
    return np.asarray(gaussian_filter(gain, 8.0))


def _bodies(plan: Plan) -> FloatMap:
    """Distance to the border of the cytoplasm: cell masses without the parts that hold no nucleus, and a
    little around cells that lie alone. Coarse map, pixels."""
    from scipy.ndimage import distance_transform_edt

    cells = plan.maps.cells
    empty = np.ones(cells.shape, dtype=bool)
    at = np.minimum((plan.tumour / SCALE).astype(np.int64), np.asarray(cells.shape) - 1)
    empty[at[:, 0], at[:, 1]] = False
    away = distance_transform_edt(empty, return_distances=True).astype(np.float32) * SCALE
    return np.asarray(np.maximum(np.minimum(cells, 13.0 - away), 7.5 - away))
