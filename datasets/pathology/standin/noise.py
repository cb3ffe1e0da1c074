"""Smooth random maps and the fibre texture of stroma."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatMap = NDArray[np.float32]

#: Side of the periodic texture tiles in pixels, and how many fibre directions are kept (half a turn).
TILE: Final = 1024
DIRECTIONS: Final = 32


def resize(small: NDArray[np.floating], shape: tuple[int, int]) -> FloatMap:
    """Bicubic, to (rows, columns)."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(small, dtype=np.float32))
    return np.asarray(image.resize((shape[1], shape[0]), Image.Resampling.BICUBIC))


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], scale: float) -> FloatMap:
    """About unit variance, features of about `scale` pixels; `scale` at least 2."""
    from scipy.ndimage import gaussian_filter

    grid = (int(np.ceil(shape[0] / scale)) + 3, int(np.ceil(shape[1] / scale)) + 3)
    coarse = gaussian_filter(rng.standard_normal(grid), 0.6, mode="wrap")
    coarse /= coarse.std()
    large = resize(coarse, (int(grid[0] * scale), int(grid[1] * scale)))
    return np.ascontiguousarray(large[: shape[0], : shape[1]])


def white_tile(rng: np.random.Generator) -> FloatMap:
    """Unit white noise, shape (TILE, TILE)."""
    return rng.standard_normal((TILE, TILE), dtype=np.float32)


def fibre_tiles(rng: np.random.Generator, length: float, width: float) -> FloatMap:
    """White noise smeared along DIRECTIONS lines, shape (DIRECTIONS, TILE, TILE), periodic, unit variance.

    One noise for all directions, so that neighbouring directions fit together where fibres bend.
    length, width: sigma of the smear in pixels along and across the fibre.
    """
    from scipy import fft

    spectrum = fft.rfft2(white_tile(rng))
    fy = np.fft.fftfreq(TILE).astype(np.float32)[:, None] * np.float32(2.0 * np.pi)
    fx = np.fft.rfftfreq(TILE).astype(np.float32)[None, :] * np.float32(2.0 * np.pi)
    tiles = np.empty((DIRECTIONS, TILE, TILE), dtype=np.float32)
    for index in range(DIRECTIONS):
        angle = np.pi * index / DIRECTIONS
        along = fx * np.float32(np.cos(angle)) + fy * np.float32(np.sin(angle))
        across = fy * np.float32(np.cos(angle)) - fx * np.float32(np.sin(angle))
        gain = np.exp(-0.5 * ((along * length) ** 2 + (across * width) ** 2))
        gain[0, 0] = 0.0
        tile = fft.irfft2(spectrum * gain.astype(np.float32), s=(TILE, TILE))
        tiles[index] = tile / tile.std()
    return tiles


def cover(tile: FloatMap, shape: tuple[int, int], offset: tuple[int, int]) -> FloatMap:
    """A periodic tile laid over a map of `shape`, shifted by `offset`."""
    shifted = np.roll(tile, (-offset[0], -offset[1]), axis=(0, 1))
    large = np.empty(shape, dtype=tile.dtype)
    for top in range(0, shape[0], TILE):
        for left in range(
            0, shape[1], TILE
        ):  # copies of blocks: an index for each pixel costs six times as much
            block = large[top : top + TILE, left : left + TILE]
            block[:] = shifted[: block.shape[0], : block.shape[1]]
    return large
