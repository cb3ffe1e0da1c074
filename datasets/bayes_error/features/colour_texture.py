"""Colours of a pathology patch and their texture at several scales."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from datasets.bayes_error.features._feature import Measured, Numbers
from datasets.types import Features

PERCENTILES = (5, 25, 50, 75, 95)
#: Pixels between the points whose difference is taken.
STEPS = (1, 2, 4, 8, 16, 32)
#: Keeps the logarithm finite on an even patch; a thousandth of a grey level.
LEAST = 1e-3
#: One pixel, row or column in so many is looked at, as those beside it say nearly the same.
EVERY = 4


class ColourTexture(Measured):
    """Neither depends on where in the patch something is, nor (but for the two axes) on how it is turned."""

    name = "colour-texture"
    title = "percentiles of each colour, their correlations, and log mean differences of pixels 1 to 32 apart"
    kinds: ClassVar[tuple[str, ...]] = ("patches",)
    rows_at_once: ClassVar[int] = 32

    def numbers(self, x: Features) -> Numbers:
        return np.stack([_of_patch(np.asarray(patch, dtype=np.float32)) for patch in x])


def _of_patch(patch: Numbers) -> Numbers:
    """patch: shape (height, width, 3), grey levels."""
    pixels = patch[::EVERY, ::EVERY].reshape(-1, patch.shape[2])
    colours = np.percentile(pixels, PERCENTILES, axis=0)
    deviations = pixels.std(axis=0)
    together = np.cov(pixels.T) / np.maximum(np.outer(deviations, deviations), LEAST)
    correlations = together[np.triu_indices(patch.shape[2], 1)]
    across, down = patch[::EVERY], patch[:, ::EVERY]
    texture = [
        np.log(np.abs(difference).mean(axis=(0, 1)) + LEAST)
        for step in STEPS
        if step < min(patch.shape[:2])
        for difference in (across[:, step:] - across[:, :-step], down[step:] - down[:-step])
    ]
    parts = [colours.ravel(), deviations, correlations, np.ravel(texture)]
    return np.concatenate(parts).astype(np.float32)
