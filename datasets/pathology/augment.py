"""Crops of stored patches: drawn anew for every training step, from the centre in evaluation.

Slides have no upright position, and their stain differs from laboratory to laboratory. Training therefore
turns and flips patches at random and changes brightness, contrast and the strength of each colour a little
(Tellez et al., 2019, Medical Image Analysis 58: augmentation of colour beats normalising it for unseen
slides).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Patches whose crops `channel_statistics` holds at once.
_CHUNK = 64


@dataclass(frozen=True)
class Jitter:
    """Strength of the change of colour: each value is drawn evenly between -strength and +strength.

    brightness: added to all pixels of a crop, where black is 0 and white is 1. contrast: 1 plus it
    multiplies the distance of each pixel from the crop's mean colour. channel: 1 plus it multiplies a
    colour, drawn for each of red, green and blue, as another stain would.
    """

    brightness: float = 0.08
    contrast: float = 0.15
    channel: float = 0.05


def training_crops(
    x: NDArray[Any],
    rows: NDArray[np.integer],
    size: int = 128,
    *,
    rng: np.random.Generator,
    jitter: Jitter | None = None,
) -> NDArray[np.float32]:
    """Random crops with jitter, quarter turns and flips, shape (len(rows), side, side, 3) in [0, 1].

    x: uint8, shape (N, H, W, 3), may be a memory map, of which only the crops are read. side is `size`, or the
    whole patch where that is smaller. The same rng in the same state gives the same crops; the draws do not
    depend on the pixels. jitter: None for the default strengths.
    Raises ValueError for other arrays, and for patches that cannot be turned because they are not square.
    """
    height, width = _crop_shape(x, size)
    if height != width:
        raise ValueError(f"quarter turns need square crops; these would be {width} x {height} pixels")
    jitter = jitter or Jitter()
    count = len(rows)
    tops = rng.integers(0, x.shape[1] - height + 1, count)
    lefts = rng.integers(0, x.shape[2] - width + 1, count)
    turns = rng.integers(0, 4, count)
    flips = rng.integers(0, 2, count).astype(bool)
    crops = np.empty((count, height, width, 3), np.uint8)
    for target, row, top, left, turn, flip in zip(crops, rows, tops, lefts, turns, flips, strict=True):
        crop = np.rot90(x[row, top : top + height, left : left + width], turn)
        target[...] = crop[:, ::-1] if flip else crop
    return _jittered(crops, jitter, rng)


def centre_crops(x: NDArray[Any], rows: NDArray[np.integer], size: int = 128) -> NDArray[np.float32]:
    """The middles of patches, shape (len(rows), side, side, 3) in [0, 1]; x as for `training_crops`."""
    return _unit(_centres(x, rows, size))


def channel_statistics(
    x: NDArray[Any], size: int = 128, sample: int = 4096
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of red, green and blue over the pixels of centre crops, each shape (3,).

    Of values in [0, 1]. sample: the most patches looked at, taken evenly from all of x; a few thousand crops fix the
    statistics to a fraction of a percent. Needs the memory of 64 crops, however large x is.
    Raises ValueError where x has no patch.
    """
    if len(x) == 0:
        raise ValueError("there is no patch to take statistics of")
    rows = np.unique(np.linspace(0, len(x) - 1, min(sample, len(x))).round().astype(np.int64))
    pixels = 0
    total, squares = np.zeros(3), np.zeros(3)
    for start in range(0, len(rows), _CHUNK):
        # Sums of whole numbers: exact, so that the result does not depend on the size of a chunk.
        crops = _centres(x, rows[start : start + _CHUNK], size).reshape(-1, 3).astype(np.uint32)
        pixels += len(crops)
        total += crops.sum(axis=0, dtype=np.uint64)
        squares += (crops * crops).sum(axis=0, dtype=np.uint64)
    mean = total / pixels
    variance = np.maximum(squares / pixels - mean * mean, 0.0)
    return mean / 255, np.sqrt(variance) / 255


def _centres(x: NDArray[Any], rows: NDArray[np.integer], size: int) -> NDArray[np.uint8]:
    height, width = _crop_shape(x, size)
    top, left = (x.shape[1] - height) // 2, (x.shape[2] - width) // 2
    crops = np.empty((len(rows), height, width, 3), np.uint8)
    for target, row in zip(crops, rows, strict=True):
        target[...] = x[row, top : top + height, left : left + width]
    return crops


def _crop_shape(x: NDArray[Any], size: int) -> tuple[int, int]:
    if x.ndim != 4 or x.shape[3] != 3 or x.dtype != np.uint8:
        raise ValueError(f"patches are uint8 of shape (N, H, W, 3), not {x.dtype} of shape {x.shape}")
    if size < 1:
        raise ValueError(f"a crop has at least 1 pixel a side, not {size}")
    return min(size, x.shape[1]), min(size, x.shape[2])


def _unit(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = crops.astype(np.float32)
    values /= np.float32(255)
    return values


def _jittered(crops: NDArray[np.uint8], jitter: Jitter, rng: np.random.Generator) -> NDArray[np.float32]:
    """value -> (mean + (value - mean) * contrast) * channel + brightness, as one product and one sum a colour."""
    count = len(crops)
    contrast = 1 + rng.uniform(-jitter.contrast, jitter.contrast, (count, 1))
    channel = 1 + rng.uniform(-jitter.channel, jitter.channel, (count, 3))
    brightness = rng.uniform(-jitter.brightness, jitter.brightness, (count, 1))
    values = _unit(crops)
    mean = values.mean(axis=(1, 2), dtype=np.float64)
    factor = contrast * channel
    offset = mean * (1 - contrast) * channel + brightness
    values *= factor.astype(np.float32)[:, None, None, :]
    values += offset.astype(np.float32)[:, None, None, :]
    return np.clip(values, 0, 1, out=values)
