"""The activity without rhythms or artefacts: 1/f noise and alpha."""

from __future__ import annotations

import numpy as np

from datasets.eeg.standin.electrodes import DERIVATIONS, Float32
from datasets.eeg.standin.noise import frequencies, shaped, wander
from datasets.eeg.standin.patient import Traits

_HIGH_PASS_HZ = 0.4


def background(rng: np.random.Generator, traits: Traits, samples: int, rate: float) -> Float32:
    """Shape (21, samples), with mean power 1 over the derivations.

    Alpha is noise about 1 Hz wide, which waxes and wanes of itself.
    """
    hz = frequencies(samples, rate)
    # Amplifiers of routine EEG are AC-coupled, and roll off before the Nyquist frequency.
    passed = (hz / _HIGH_PASS_HZ) ** 2 / (1 + (hz / _HIGH_PASS_HZ) ** 2) / (1 + (hz / (0.4 * rate)) ** 8)
    pink = passed * (hz**2 + traits.knee_hz**2) ** (-traits.exponent / 4)
    noise = _unit(shaped(rng, traits.mixing, samples, rate, pink.astype(np.float32)))
    peak = np.exp(-((hz - traits.alpha_hz) ** 2) / (2 * 0.7**2))
    alpha = _unit(shaped(rng, traits.alpha_field, samples, rate, peak.astype(np.float32)))
    level = traits.alpha_level * np.exp(0.5 * wander(rng, samples, rate, 8.0))
    return _unit(noise + level * alpha)


def _unit(signals: Float32) -> Float32:
    power = np.mean(np.square(DERIVATIONS @ signals))
    result: Float32 = signals / np.sqrt(power)
    return result
