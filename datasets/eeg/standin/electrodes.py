"""The electrodes of the stand-in on a unit sphere, and the derivations in which levels are stated."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.montage import DERIVATIONS as PAIRS

Float32 = NDArray[np.float32]

# Degrees from the vertex and degrees counter-clockwise from the right ear (10-20 system; the ears are lower).
_ANGLES: Final[dict[str, tuple[float, float]]] = {
    "FP1": (92, 108),
    "FP2": (92, 72),
    "F7": (92, 144),
    "F3": (60, 129),
    "FZ": (46, 90),
    "F4": (60, 51),
    "F8": (92, 36),
    "T3": (92, 180),
    "C3": (46, 180),
    "CZ": (0, 0),
    "C4": (46, 0),
    "T4": (92, 0),
    "T5": (92, 216),
    "P3": (60, 231),
    "PZ": (46, 270),
    "P4": (60, 309),
    "T6": (92, 324),
    "O1": (92, 252),
    "O2": (92, 288),
    "A1": (118, 186),
    "A2": (118, 354),
}
ELECTRODES: Final = tuple(_ANGLES)


def _positions() -> NDArray[np.float64]:
    """Shape (21, 3): x to the right ear, y to the nose, z to the vertex."""
    polar, turn = np.deg2rad(np.array(list(_ANGLES.values()))).T
    return np.stack([np.sin(polar) * np.cos(turn), np.sin(polar) * np.sin(turn), np.cos(polar)], axis=1)


POSITIONS: Final = _positions()
_PLUS, _MINUS = (np.array([ELECTRODES.index(pair.split("-")[end]) for pair in PAIRS]) for end in (0, 1))


def derive(signals: Float32) -> Float32:
    """The 20 bipolar derivations, shape (20, ...), of the 21 electrodes, shape (21, ...)."""
    bipolar: Float32 = signals[_PLUS] - signals[_MINUS]
    return bipolar


def angles_from(point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distance of every electrode from a point of the unit sphere: shape (21,), radians."""
    distances: NDArray[np.float64] = np.arccos(np.clip(POSITIONS @ point, -1, 1))
    return distances


def unit_peak(pattern: NDArray[np.float64]) -> Float32:
    """A pattern over electrodes, shape (21,), scaled to level 1 at the derivation where it is largest.

    A flat pattern, which the derivations cancel, has no such scale and is never made here.
    """
    single: Float32 = pattern.astype(np.float32)
    result: Float32 = single / np.max(np.abs(derive(single)))
    return result


def random_point(rng: np.random.Generator) -> NDArray[np.float64]:
    """Uniform over the part of the sphere that electrodes cover: shape (3,)."""
    height, turn = rng.uniform(-0.1, 0.9), rng.uniform(0, 2 * np.pi)
    radius = np.sqrt(1 - height**2)
    return np.array([radius * np.cos(turn), radius * np.sin(turn), height])
