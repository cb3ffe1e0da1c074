"""What a page shows of an EEG file: segments before and after the chain, with their spectra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.filtering import Chain
from datasets.eeg.framing import CONTEXT, RATE, SEGMENT, SEGMENT_SECONDS, cut
from datasets.eeg.montage import DERIVATIONS, derive
from datasets.eeg.recording import Recording, read_microvolts
from datasets.preparation.extractor import Candidate


def preview(recording: Recording, chosen: Sequence[Candidate], chain: Chain) -> Mapping[str, NDArray[Any]]:
    """Arrays for k chosen segments, by name:

    - derivations: names, shape (20,), text
    - starts, labels: shape (k,), seconds and class indices
    - raw: microvolts as recorded, shape (k, 20, 10 * raw_rate), float32; raw_rate: Hz, shape ()
    - filtered: microvolts after the chain, shape (k, 20, 500), float32; filtered_rate: Hz, shape ()
    - raw_frequencies, filtered_frequencies: Hz, shape (f,), from 0 to half the rate
    - raw_power, filtered_power: power spectral density, microvolts² / Hz, shape (k, 20, f), by Welch's
      method (Welch 1967) with Hann windows of 2 s that overlap by half

    Where electrodes have different rates, raw_rate is the lowest, and the others are shown by their nearest
    samples: for looking at only.
    """
    starts = [candidate.position[0] for candidate in chosen]
    slowest = min(electrode.rate for electrode in recording.electrodes)
    length = int(SEGMENT_SECONDS * slowest)
    raw, at_fifty = [], []
    for electrode, microvolts in zip(recording.electrodes, read_microvolts(recording), strict=True):
        at_fifty.append(chain(microvolts, electrode.rate))
        times = np.asarray(starts)[:, None] + np.arange(length) / float(slowest)
        nearest = np.rint(times * float(electrode.rate)).astype(np.int64)
        raw.append(microvolts[nearest.clip(0, len(microvolts) - 1)])
    raw_segments = np.stack([derive(segment) for segment in np.stack(raw, axis=1)])
    filtered = cut(derive(np.stack(at_fifty)), starts)[:, :, CONTEXT : CONTEXT + SEGMENT]
    raw_frequencies, raw_power = _welch(raw_segments, float(slowest))
    filtered_frequencies, filtered_power = _welch(filtered, float(RATE))
    return {
        "derivations": np.array(DERIVATIONS),
        "starts": np.array(starts),
        "labels": np.array([candidate.label for candidate in chosen]),
        "raw": raw_segments,
        "raw_rate": np.array(float(slowest)),
        "filtered": filtered,
        "filtered_rate": np.array(float(RATE)),
        "raw_frequencies": raw_frequencies,
        "raw_power": raw_power,
        "filtered_frequencies": filtered_frequencies,
        "filtered_power": filtered_power,
    }


def _welch(signal: NDArray[np.float32], rate: float) -> tuple[NDArray[Any], NDArray[Any]]:
    from scipy.signal import welch

    frequencies, power = welch(signal, fs=rate, nperseg=int(2 * rate), axis=-1)
    return frequencies, power
