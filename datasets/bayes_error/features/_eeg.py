"""Signals of EEG segments and their power in frequency bands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.framing import CONTEXT, FRAME, RATE
from datasets.types import Features

#: Delta, theta, alpha and beta, as far as samples at 50 Hz carry them; Hz.
BANDS = ((1.0, 4.0), (4.0, 8.0), (8.0, 13.0), (13.0, 25.0))
#: Of a spectrum: 0.5 Hz between its frequencies.
WINDOW_SECONDS = 2
#: In microvolts squared, far below the noise of an amplifier; keeps the logarithm finite on a flat channel.
LEAST = 1e-4


def signal(x: Features) -> NDArray[np.float32]:
    """Segments without the overlap of their windows: microvolts, shape (n, derivations, samples).

    x: windows of frames, shape (n, frames, derivations, 15).
    """
    frames = np.asarray(x[..., CONTEXT : CONTEXT + FRAME], dtype=np.float32)
    return np.moveaxis(frames, 1, 2).reshape(len(x), x.shape[2], -1)


def log_band_power(signals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log power in each of `BANDS`, shape (n, derivations, bands), by Welch's method.

    signals: microvolts at 50 Hz, shape (n, derivations, samples).
    """
    from scipy.signal import welch

    width = min(WINDOW_SECONDS * RATE, signals.shape[-1])
    frequencies, density = welch(signals, RATE, nperseg=width)
    powers = [
        density[..., (frequencies >= low) & (frequencies < high)].sum(axis=-1) * frequencies[1]
        for low, high in BANDS
    ]
    return np.asarray(np.log(np.stack(powers, axis=-1) + LEAST), dtype=np.float32)
