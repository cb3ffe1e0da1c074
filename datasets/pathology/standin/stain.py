"""Stain and optics of one slide: optical densities to the colours of a scanner.

Beer-Lambert: a pixel with amounts h of haematoxylin and e of eosin has the optical density
D = h·H + e·E in each channel, and the scanner sees I = I0 · 10^(-D). The stain vectors are those of
Ruifrok and Johnston, Quantification of histochemical staining by color deconvolution (2001).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.pathology.standin.noise import FloatMap

HAEMATOXYLIN = (0.65, 0.70, 0.29)
EOSIN = (0.07, 0.99, 0.11)
#: Rows that are turned into colours at once: bounds the memory of a slide.
BAND = 512


@dataclass(frozen=True)
class Stain:
    """How one slide was stained and scanned. Nothing of it depends on what the tissue shows.

    vectors: shape (2, 3), unit rows, optical density of haematoxylin and eosin in R, G, B.
    gains: (haematoxylin, eosin). white: I0 in R, G, B, 0-255. blur: sigma in pixels. noise: sigma in
    grey levels. quality: of the JPEG tiles.
    """

    vectors: NDArray[np.float64]
    gains: tuple[float, float]
    white: tuple[float, float, float]
    blur: float
    noise: float
    quality: int


def draw_stain(patient: np.random.Generator, slide: np.random.Generator, difficulty: float) -> Stain:
    """Most of the spread is the patient's (one laboratory, one day); a second slide differs a little."""
    spread = 0.4 + 0.6 * difficulty
    turn = np.stack([_rotation(patient, 6.0 * spread), _rotation(patient, 6.0 * spread)])
    turn = np.stack([_rotation(slide, 2.0 * spread) @ one for one in turn])
    vectors = np.stack([turn[i] @ np.asarray(v) for i, v in enumerate((HAEMATOXYLIN, EOSIN))])
    vectors = np.clip(vectors, 0.02, None)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    gains = np.exp(patient.normal(0.0, 0.16 * spread, 2) + slide.normal(0.0, 0.06 * spread, 2))
    white = np.clip(243.0 + patient.normal(0.0, 3.0, 3) + slide.normal(0.0, 1.5), 225.0, 252.0)
    return Stain(
        vectors=vectors,
        gains=(float(gains[0]), float(gains[1])),
        white=(float(white[0]), float(white[1]), float(white[2])),
        blur=float(0.45 + (0.2 + 0.55 * difficulty) * slide.random()),
        noise=float(slide.uniform(1.0, 2.5)),
        quality=int(slide.integers(72, 90)),
    )


def to_rgb(h: FloatMap, e: FloatMap, grain: FloatMap, stain: Stain) -> NDArray[np.uint8]:
    """Colours of the amounts h and e, shape (rows, columns); grain is unit white noise of that shape.

    Returns uint8 (rows, columns, 3). The blur is that of the optics, so it acts on light, not on density.
    """
    from scipy.ndimage import gaussian_filter

    rgb = np.empty((*h.shape, 3), dtype=np.uint8)
    vectors = (stain.vectors * np.asarray(stain.gains)[:, None] * -np.log(10.0)).astype(np.float32)
    pad = 4
    for top in range(0, len(h), BAND):
        low, high = max(0, top - pad), min(len(h), top + BAND + pad)
        keep = slice(top - low, min(top + BAND, len(h)) - low)
        for channel in range(3):
            light = np.exp(h[low:high] * vectors[0, channel] + e[low:high] * vectors[1, channel])
            light = gaussian_filter(light, stain.blur, truncate=3.0)[keep] * np.float32(stain.white[channel])
            light += grain[top : top + BAND] * np.float32(stain.noise)
            rgb[top : top + BAND, :, channel] = np.clip(light + 0.5, 0, 255)
    return rgb


def _rotation(rng: np.random.Generator, degrees: float) -> NDArray[np.float64]:
    """About a random axis by a normal angle of that standard deviation (Rodrigues' formula)."""
    axis = rng.standard_normal(3)
    axis /= np.linalg.norm(axis)
    angle = np.deg2rad(rng.normal(0.0, degrees))
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross)
