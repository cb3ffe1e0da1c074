"""What is no activity of the brain: blinks, muscle, electrode pops and the power line, in both classes alike."""

from __future__ import annotations

import numpy as np

from datasets.eeg.standin.electrodes import ELECTRODES, POSITIONS, Float32, angles_from
from datasets.eeg.standin.noise import frequencies, shaped, wander
from datasets.eeg.standin.patient import Traits

_EYES = np.array([0.0, 0.97, -0.25])


def blinks(rng: np.random.Generator, traits: Traits, samples: int, rate: float) -> Float32:
    """Slow bumps of about 0.3 s over the frontal poles: (21, samples), relative to the background."""
    track = np.zeros(samples, np.float32)
    for start in _moments(rng, traits.blinks_per_minute, samples, rate):
        width = rng.uniform(0.2, 0.4)
        time = np.arange(round(width * 2 * rate)) / rate
        # Up faster than down, then a slight overshoot of the AC-coupled amplifier.
        bump = np.sin(np.pi * np.clip(time / width, 0, 1) ** 0.8) - 0.15 * np.sin(
            np.pi * np.clip(time / width - 1, 0, 1)
        )
        end = min(start + len(bump), samples)
        track[start:end] += (traits.blink_level * rng.uniform(0.7, 1.3) * bump[: end - start]).astype(
            np.float32
        )
    frontal = np.exp(-(angles_from(_EYES / np.linalg.norm(_EYES)) ** 2) / (2 * 0.45**2)) / 0.6
    result: Float32 = frontal.astype(np.float32)[:, None] * track
    return result


def muscle(rng: np.random.Generator, traits: Traits, samples: int, rate: float, level: float) -> Float32:
    """Noise from 15 Hz up in bursts over the temples: (21, samples). level: factor of this session."""
    hz = frequencies(samples, rate)
    shape = (hz / 30) ** 2 / (1 + (hz / 30) ** 2) / (1 + (hz / 90) ** 2)
    shape *= np.sqrt(rate / 2 / 60)
    reach = np.abs(POSITIONS[:, 0]) ** 2 + 0.3 * np.clip(POSITIONS[:, 1], 0, None) + 0.08
    noise = shaped(rng, np.diag(reach).astype(np.float32), samples, rate, shape.astype(np.float32))
    envelopes = np.stack([np.exp(wander(rng, samples, rate, 1.5) - 0.5) for _ in range(2)])
    side = np.where(POSITIONS[:, 0] > 0, 0, 1)
    noise *= np.float32(traits.emg_level * level) * envelopes[side]
    return noise


def pops(rng: np.random.Generator, traits: Traits, samples: int, rate: float) -> Float32:
    """Steps of single electrodes that decay in about half a second: (21, samples)."""
    track = np.zeros((len(ELECTRODES), samples), np.float32)
    for start in _moments(rng, traits.pops_per_minute, samples, rate):
        height = rng.uniform(3, 9) * rng.choice([-1.0, 1.0])
        decay = height * np.exp(-np.arange(round(3 * rate)) / rate / rng.uniform(0.2, 0.7))
        end = min(start + len(decay), samples)
        track[rng.integers(len(ELECTRODES)), start:end] += decay[: end - start].astype(np.float32)
    return track


def power_line(
    rng: np.random.Generator, gain: Float32, microvolts: float, samples: int, rate: float
) -> Float32:
    """60 Hz, unequal at the electrodes, in microvolts: (21, samples)."""
    phase = 2 * np.pi * 60 / rate * np.arange(samples) + rng.uniform(0, 2 * np.pi)
    result: Float32 = gain[:, None] * (microvolts * np.sqrt(2) * np.sin(phase)).astype(np.float32)
    return result


def _moments(rng: np.random.Generator, per_minute: float, samples: int, rate: float) -> list[int]:
    count = int(rng.poisson(per_minute * samples / rate / 60))
    return sorted(int(moment) for moment in rng.integers(0, samples, count))
