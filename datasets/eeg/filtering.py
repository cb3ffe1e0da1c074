"""From an electrode at its own rate to 50 Hz: zero-phase band-pass over the whole record, then resampling.

The band-pass is a Butterworth filter in second-order sections, run forwards and backwards. Its states are
double precision: poles of 0.5 Hz at a rate of 1000 Hz lie so close to the unit circle that single precision
loses the signal. Only what is stored is float32.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.framing import RATE

Decimation = Literal["polyphase", "naive"]

# The record is continued by its mirror image at both ends before it is filtered and resampled: the 0.5 Hz edge
# of the band-pass has died down after this long. Even, not odd as SciPy's default: an odd reflection turns on
# one noisy sample, which makes a step. Measured on noise of 1/f^0 to 1/f^2.2, as an error of the first 10 s of
# a record: even 3 to 13 %, odd 12 to 24 % of the RMS.
PADDING_SECONDS = 5

# Anti-alias filter: flat to 22 Hz, 60 dB down from 25 Hz on, so that nothing above half of 50 Hz folds back.
_PASS, _STOP, _ATTENUATION = 22.0, 25.0, 60.0

# Ratios of rates are rounded to this denominator: 1 part in a million at worst for rates that nobody uses.
_DENOMINATOR = 1000


@dataclass(frozen=True)
class Chain:
    """What is done to every electrode.

    decimation: "polyphase" band-limits to 25 Hz before it resamples; "naive" takes the nearest sample, as
    the study did, so that 25 to 35 Hz fold onto 15 to 25 Hz. low, high: edges of the band-pass in Hz
    (-6 dB, as it runs twice). order: of the Butterworth prototype.
    """

    decimation: Decimation = "polyphase"
    low: float = 0.5
    high: float = 35.0
    order: int = 4

    def __call__(self, electrode: NDArray[np.float32], rate: Fraction) -> NDArray[np.float32]:
        """The electrode, shape (n,), at 50 Hz: shape (ceil(50 n / rate),), sample k at k / 50 seconds."""
        length = math.ceil(len(electrode) * RATE / rate)
        ratio = (RATE / rate).limit_denominator(_DENOMINATOR)
        padded, padding = _padded(electrode, rate, ratio.denominator)
        filtered = _both_ways(padded, _sections(float(rate), self.low, self.high, self.order))
        if self.decimation == "naive":
            chosen = _nearest(length, rate, len(electrode))
            return filtered[padding + chosen].astype(np.float32)
        resampled, delay = _resampled(filtered, ratio)
        first = padding * ratio.numerator // ratio.denominator + delay
        return resampled[first : first + length].astype(np.float32)


def _padded(electrode: NDArray[np.float32], rate: Fraction, multiple: int) -> tuple[NDArray[np.float64], int]:
    """The electrode in double precision with its mirror image at both ends, and the samples added to each.

    They are a multiple of `multiple`, so that the electrode's first sample falls onto one at 50 Hz.
    """
    wanted = math.ceil(PADDING_SECONDS * rate / multiple)
    padding = multiple * min(wanted, (len(electrode) - 1) // multiple)
    padded = np.empty(len(electrode) + 2 * padding)
    middle = padded[padding : padding + len(electrode)]
    middle[:] = electrode
    if padding:
        padded[:padding] = middle[padding:0:-1]
        padded[-padding:] = middle[-2 : -padding - 2 : -1]
    return padded, padding


def _both_ways(padded: NDArray[np.float64], sections: NDArray[np.float64]) -> NDArray[np.float64]:
    """Forwards and backwards through the filter, each way from its steady state at the first value."""
    from scipy.signal import sosfilt, sosfilt_zi

    steady = sosfilt_zi(sections)
    for _ in range(2):
        padded = sosfilt(sections, padded, zi=steady * padded[0])[0][::-1]
    return padded


def _resampled(filtered: NDArray[np.float64], ratio: Fraction) -> tuple[NDArray[np.float64], int]:
    """At `ratio` times the rate, and by how many samples that lags behind."""
    from scipy.signal import upfirdn

    up, down = ratio.numerator, ratio.denominator
    window = _anti_alias(up, down)
    return upfirdn(window, filtered, up, down), (len(window) // 2) // down


def _nearest(length: int, rate: Fraction, available: int) -> NDArray[np.int64]:
    """The sample nearest to each multiple of 1/50 s, the later one of two that are equally near."""
    numerator, denominator = rate.numerator, rate.denominator * RATE
    chosen = (2 * np.arange(length) * numerator + denominator) // (2 * denominator)
    return np.minimum(chosen, available - 1)


@lru_cache(maxsize=32)
def _sections(rate: float, low: float, high: float, order: int) -> NDArray[np.float64]:
    from scipy.signal import butter

    sections: NDArray[np.float64] = butter(order, [low, high], "bandpass", fs=rate, output="sos")
    return sections


@lru_cache(maxsize=32)
def _anti_alias(up: int, down: int) -> NDArray[np.float64]:
    """Low-pass of linear phase for `upfirdn`, designed with a Kaiser window (Kaiser 1974).

    Its delay, half its length, is a multiple of `down`, so a whole number of samples at 50 Hz.
    """
    from scipy.signal import firwin, kaiserord

    between = float(down * RATE)  # Hz, the rate after interpolation by `up`
    least, beta = kaiserord(_ATTENUATION, (_STOP - _PASS) / (between / 2))
    taps = 2 * down * math.ceil(least / (2 * down)) + 1
    window: NDArray[np.float64] = firwin(taps, (_PASS + _STOP) / 2, window=("kaiser", beta), fs=between)
    return up * window
