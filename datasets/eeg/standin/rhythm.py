"""Rhythms over the scalp: seizures, which evolve, and mimics, which do not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.standin.electrodes import POSITIONS, Float32, angles_from, unit_peak
from datasets.eeg.standin.noise import wander
from datasets.eeg.standin.patient import Point, Rhythm

_FLOOR_HZ = 1.9
_JITTER = 0.05
# Sharper waves have higher peaks: mimics swell more, or peak-to-peak amplitude would tell.
_MIMIC_SWELL = 0.45
_SEIZURE_SWELL = 0.25


def wave(turns: NDArray[np.complex64], sharpness: Float32, shape: float) -> Float32:
    """A periodic wave of unit RMS: the sum over k of sharpness^(k-1) cos(k phase + shape), closed form.

    turns: exp(i phase), shape (..., samples).
    """
    series = turns / (1 - sharpness * turns) * np.complex64(np.exp(1j * shape))
    result: Float32 = series.real * np.sqrt(2 * (1 - np.square(sharpness)))
    return result


def field(rhythm: Rhythm, place: Point, width: float) -> Float32:
    """The strength at each electrode, shape (21,), 1 at the derivation where it is largest."""
    if rhythm.generalised:
        # Anywhere on the midline: were all of them frontal, the frontal derivations' amplitude would tell.
        middle = rhythm.place * np.array([0.0, 1.0, 1.0]) + np.array([0.0, 0.0, 0.3])
        angle = angles_from(middle / np.linalg.norm(middle))
        return unit_peak(0.25 + np.exp(-(angle**2) / (2 * 0.75**2)))
    angle = angles_from(place)
    return unit_peak(np.exp(-(angle**2) / (2 * width**2)))


def mimic(rng: np.random.Generator, rhythm: Rhythm, seconds: float, rate: float) -> Float32:
    """A rhythm with constant frequency, shape and field: (21, samples), RMS about 1 where it is largest."""
    samples = round(seconds * rate)
    hz = np.full(samples, rhythm.hz * np.exp(rng.normal(0, 0.12)))
    sharpness = np.full(samples, rhythm.sharpness).astype(np.float32)
    # From the start what a seizure recruits later, for as large a part of the time: fields are no cue either.
    fields = rng.choice([1, 2, 3], p=[0.25, 0.32, 0.43])
    recruited = np.repeat((np.arange(3) < fields)[:, None], samples, axis=1).astype(np.float32)
    return _spread(rng, rhythm, hz, sharpness, recruited, _MIMIC_SWELL, rate)


def seizure(
    rng: np.random.Generator, rhythm: Rhythm, falls_per_10s: float, seconds: float, rate: float
) -> Float32:
    """A rhythm whose frequency falls while it sharpens and spreads: (21, samples), scaled as a mimic.

    The focus begins; a neighbour and the other side follow, each with its delay. A frequency at its floor
    starts anew higher up, so that every 10 s of a long seizure evolve.
    """
    samples = round(seconds * rate)
    time = np.arange(samples) / rate
    progress = (time / seconds).astype(np.float32)
    sharpness = np.clip(rhythm.sharpness + 0.3 * (progress - 0.5), 0.05, 0.75).astype(np.float32)
    delays = np.array([-1.0, rng.uniform(0.15, 0.35), rng.uniform(0.4, 0.75)], np.float32)[:, None]
    follow = np.exp(0.8 * (progress - 0.5)) / (1 + np.exp(-(progress - delays) / 0.06))
    recruited = follow.astype(np.float32)
    return _spread(
        rng, rhythm, _falling(rng, rhythm.hz, falls_per_10s, time), sharpness, recruited, _SEIZURE_SWELL, rate
    )


def _spread(
    rng: np.random.Generator,
    rhythm: Rhythm,
    hz: NDArray[np.float64],
    sharpness: Float32,
    recruited: Float32,
    swelling: float,
    rate: float,
) -> Float32:
    """The rhythm over the electrodes. hz, sharpness: (samples,); recruited: (3, samples), of each
    field; swelling: spread of the slow part of the log amplitude.
    """
    samples = len(hz)
    unsteady = np.exp(_JITTER * (wander(rng, samples, rate, 1.5) + wander(rng, samples, rate, 0.4)))
    turns = np.exp(1j * _phase(rng, hz * unsteady, rate)).astype(np.complex64)
    swell = swelling * wander(rng, samples, rate, 2.0) + 0.25 * wander(rng, samples, rate, 0.4)
    envelope = np.exp(swell) * _ramps(samples, rate, 1.0)
    lags = rhythm.lag * angles_from(rhythm.place)
    total = np.zeros((len(POSITIONS), samples), np.float32)
    for (place, share), taking_part in zip(_fields(rng, rhythm), recruited, strict=True):
        own_lag = (lags + rng.uniform(0, 1.0)).astype(np.float32)
        if taking_part.any():
            waves = wave(np.exp(-1j * own_lag)[:, None] * turns, sharpness, rhythm.shape)
            total += share * field(rhythm, place, rhythm.width)[:, None] * waves * taking_part
    total *= envelope
    return total


def _fields(rng: np.random.Generator, rhythm: Rhythm) -> list[tuple[Point, np.float32]]:
    """(place, strength) of the focus, a neighbour and the other side."""
    neighbour = rhythm.place + rng.normal(0, 0.5, 3)
    mirrored = rhythm.place * np.array([-1.0, 1.0, 1.0])
    return [
        (rhythm.place, np.float32(0.9)),
        (neighbour / np.linalg.norm(neighbour), np.float32(0.6)),
        (mirrored, np.float32(0.7)),
    ]


def _falling(
    rng: np.random.Generator, onset_hz: float, falls: float, time: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The frequency path: octaves fall in a line from the onset, and start anew below the floor."""
    top = np.log2(onset_hz * rng.uniform(1.0, 1.25))
    span = max(top - np.log2(_FLOOR_HZ), 0.5)
    octaves = top - np.mod(falls / 10 * time, span)
    path: NDArray[np.float64] = np.exp2(octaves)
    return path


def _phase(rng: np.random.Generator, hz: Float32, rate: float) -> Float32:
    phase: Float32 = (rng.uniform(0, 2 * np.pi) + 2 * np.pi / rate * np.cumsum(hz, dtype=np.float64)).astype(
        np.float32
    )
    return phase


def _ramps(samples: int, rate: float, seconds: float) -> Float32:
    """Rises from 0 at the start and falls to 0 at the end."""
    time = np.arange(samples) / rate
    edge = np.minimum(time, time[::-1]) / seconds
    ramps: Float32 = np.sin(np.pi / 2 * np.clip(edge, 0, 1)).astype(np.float32) ** 2
    return ramps
