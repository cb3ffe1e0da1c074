"""Band power of an EEG segment and how it changes: seizures evolve, background mostly does not."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from datasets.bayes_error.features._eeg import log_band_power, signal
from datasets.bayes_error.features._feature import Measured, Numbers
from datasets.types import Features


class BandPowerChange(Measured):
    name = "band-power-change"
    title = "log band power of each derivation in the first half of a segment, and its change to the second"
    kinds: ClassVar[tuple[str, ...]] = ("eeg",)
    requires = ("scipy",)
    rows_at_once: ClassVar[int] = 256

    def numbers(self, x: Features) -> Numbers:
        signals = signal(x)
        half = signals.shape[-1] // 2
        first, second = log_band_power(signals[..., :half]), log_band_power(signals[..., half:])
        return np.concatenate([first, second - first], axis=-1).reshape(len(x), -1)
