"""The samples of an EEG segment."""

from __future__ import annotations

from typing import ClassVar

from datasets.bayes_error.features._eeg import signal
from datasets.bayes_error.features._feature import Measured, Numbers
from datasets.types import Features


class EegSamples(Measured):
    name = "eeg-samples"
    title = "every sample of the 20 derivations of a segment, in microvolts"
    kinds: ClassVar[tuple[str, ...]] = ("eeg",)
    rows_at_once: ClassVar[int] = 256

    def numbers(self, x: Features) -> Numbers:
        return signal(x).reshape(len(x), -1)
