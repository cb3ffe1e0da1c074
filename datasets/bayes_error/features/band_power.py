"""Band power of an EEG segment."""

from __future__ import annotations

from typing import ClassVar

from datasets.bayes_error.features._eeg import log_band_power, signal
from datasets.bayes_error.features._feature import Measured, Numbers
from datasets.types import Features


class BandPower(Measured):
    name = "band-power"
    title = "log power of each derivation at 1-4, 4-8, 8-13 and 13-25 Hz"
    kinds: ClassVar[tuple[str, ...]] = ("eeg",)
    requires = ("scipy",)
    rows_at_once: ClassVar[int] = 256

    def numbers(self, x: Features) -> Numbers:
        return log_band_power(signal(x)).reshape(len(x), -1)
