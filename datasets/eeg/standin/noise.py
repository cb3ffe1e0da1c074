"""Random processes of a given spectrum or time constant."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.standin.electrodes import Float32


def shaped(
    rng: np.random.Generator, mixing: Float32, samples: int, rate: float, amplitude: Float32
) -> Float32:
    """Gaussian noise, white noise filtered in the frequency domain: shape (electrodes, samples).

    mixing: (electrodes, sources). amplitude: of each frequency of `frequencies(samples, rate)`.
    """
    from scipy import fft

    length = amplitude.shape[-1]
    white = rng.standard_normal((mixing.shape[1], length, 2), dtype=np.float32).view(np.complex64)[..., 0]
    white *= amplitude
    # Not through BLAS, whose threads fight over the cores that other workers use.
    spectrum = np.einsum("es,sn->en", mixing, white)
    # Unit white noise has unit variance a sample: the spectrum is scaled by sqrt(n / 2).
    padded = _padded(samples)
    noise = fft.irfft(spectrum, padded, axis=-1)[:, :samples] * np.float32(np.sqrt(padded / 2))
    result: Float32 = noise.astype(np.float32, copy=False)
    return result


def frequencies(samples: int, rate: float) -> NDArray[np.float64]:
    """Of the spectrum that `shaped` filters, in hertz."""
    hz: NDArray[np.float64] = np.fft.rfftfreq(_padded(samples), 1 / rate).astype(np.float64)
    return hz


def _padded(samples: int) -> int:
    from scipy import fft

    return int(fft.next_fast_len(samples, real=True))


def wander(rng: np.random.Generator, samples: int, rate: float, seconds: float) -> Float32:
    """A slow Gaussian process of unit variance (low-pass at 1 / (2 pi seconds)): shape (samples,).

    Drawn at a few points a time constant and interpolated, because nothing in it is fast.
    """
    step = seconds / 4
    points = int(np.ceil(samples / rate / step)) + 2
    keep = np.exp(-step / seconds)
    values = np.empty(points)
    values[0] = rng.standard_normal()
    for index, kick in enumerate(rng.standard_normal(points - 1), start=1):
        values[index] = keep * values[index - 1] + np.sqrt(1 - keep**2) * kick
    path: Float32 = np.interp(np.arange(samples) / rate, np.arange(points) * step, values).astype(np.float32)
    return path
