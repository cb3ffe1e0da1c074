"""The activity without rhythms or artefacts: 1/f noise and alpha."""

from __future__ import annotations

import numpy as np

from datasets.eeg.standin.electrodes import Float32, derive
from datasets.eeg.standin.noise import frequencies, shaped, wander
from datasets.eeg.standin.patient import Traits

_HIGH_PASS_HZ = 0.4


def background(rng: np.random.Generator, traits: Traits, samples: int, rate: float) -> Float32:
    """1/f noise of correlated sources: (21, samples), with mean power 1 over the derivations."""
    hz = frequencies(samples, rate)
    # Amplifiers of routine EEG are AC-coupled, and roll off before the Nyquist frequency.
    passed = (hz / _HIGH_PASS_HZ) ** 2 / (1 + (hz / _HIGH_PASS_HZ) ** 2) / (1 + (hz / (0.4 * rate)) ** 8)
    pink = passed * (hz**2 + traits.knee_hz**2) ** (-traits.exponent / 4)
    return _unit(shaped(rng, traits.mixing, samples, rate, pink.astype(np.float32)))


def alpha(rng: np.random.Generator, traits: Traits, samples: int, rate: float) -> Float32:
    """The posterior rhythm: (21, samples), relative to the background.

    Noise about 1.5 Hz wide, which waxes and wanes of itself.
    """
    peak = np.exp(-((frequencies(samples, rate) - traits.alpha_hz) ** 2) / (2 * 0.7**2))
    waves = _unit(shaped(rng, traits.alpha_field, samples, rate, peak.astype(np.float32)))
    waves *= traits.alpha_level * np.exp(0.5 * wander(rng, samples, rate, 8.0))
    return waves


def _unit(signals: Float32) -> Float32:
    power = np.mean(np.square(derive(signals)))
    result: Float32 = signals / np.sqrt(power)
    return result
