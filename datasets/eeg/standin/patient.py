"""What is particular to a made-up patient: drawn once, the same in all of the patient's records."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.standin.electrodes import ELECTRODES, POSITIONS, Float32, angles_from, random_point
from datasets.eeg.standin.hardness import Hardness

Point = NDArray[np.float64]

_ONSET_HZ = (2.5, 7.0)
# Where a falling seizure spends its time, so that the frequency itself is no cue.
_MIMIC_HZ = (1.9, 6.5)


@dataclass(frozen=True)
class Rhythm:
    """A rhythm of the patient, in a seizure or not; both kinds are drawn from the same distributions.

    hz: its frequency (of a seizure: at the onset). place, width: where on the sphere, and the standard
    deviation of its Gaussian field in radians; generalised: a broad field on the midline instead.
    sharpness: 0 is a sine, towards 1 a train of spikes; shape: phase between the spike and the wave in
    radians; lag: phase that it loses on the way over the scalp, radians a radian.
    """

    hz: float
    place: Point
    width: float
    generalised: bool
    sharpness: float
    shape: float
    lag: float


@dataclass(frozen=True)
class Traits:
    """A patient. Shapes of arrays are (21,) for electrodes or as stated.

    exponent, knee_hz: the power spectrum of the background is 1 / (f^2 + knee^2)^(exponent / 2).
    level_uv: RMS of a bipolar derivation. gain: of the electrodes. mixing: (21, 21), of the sources.
    alpha_hz, alpha_level, alpha_field (21, 3): the posterior rhythm, level relative to the background.
    emg_level, blinks_per_minute, blink_level, pops_per_minute, line_uv: habits of the artefacts, levels
    relative to the background. seizure, falls_per_10s: the rhythm of seizures and by what share of an
    octave its frequency falls in 10 s. mimics: rhythms that do not evolve.
    seizures: False for the few patients without any.
    """

    exponent: float
    knee_hz: float
    level_uv: float
    gain: Float32
    mixing: Float32
    alpha_hz: float
    alpha_level: float
    alpha_field: Float32
    emg_level: float
    blinks_per_minute: float
    blink_level: float
    pops_per_minute: float
    line_uv: float
    seizure: Rhythm
    falls_per_10s: float
    mimics: tuple[Rhythm, ...]
    seizures: bool


def draw_traits(rng: np.random.Generator, hardness: Hardness, may_lack_seizures: bool) -> Traits:
    count = len(ELECTRODES)
    return Traits(
        exponent=rng.uniform(1.2, 2.4),
        knee_hz=rng.uniform(0.8, 2.5),
        level_uv=float(np.exp(rng.normal(np.log(16), 0.3))),
        gain=np.exp(rng.normal(0, 0.12, count)).astype(np.float32),
        mixing=_mixing(rng, rng.uniform(0.45, 0.8)),
        alpha_hz=rng.uniform(8, 11.5),
        alpha_level=float(np.exp(rng.normal(np.log(0.35), 0.5))),
        alpha_field=_posterior_field(rng),
        emg_level=float(np.exp(rng.normal(np.log(0.25), 0.6))),
        blinks_per_minute=rng.uniform(2, 16),
        blink_level=rng.uniform(3, 7),
        pops_per_minute=rng.uniform(0, 1.2),
        line_uv=float(np.exp(rng.normal(np.log(2), 0.7))),
        seizure=draw_rhythm(rng, _ONSET_HZ, hardness.sharper),
        falls_per_10s=hardness.falls_per_10s * float(np.exp(rng.normal(0, 0.2))),
        mimics=tuple(draw_rhythm(rng, _MIMIC_HZ, 0.0) for _ in range(int(rng.integers(2, 4)))),
        seizures=not (may_lack_seizures and rng.random() < 0.08),
    )


def draw_rhythm(rng: np.random.Generator, hz: tuple[float, float], sharper: float) -> Rhythm:
    """hz: the range of its frequency, even in octaves."""
    return Rhythm(
        hz=float(np.exp(rng.uniform(*np.log(hz)))),
        place=random_point(rng),
        width=rng.uniform(0.35, 0.7),
        generalised=bool(rng.random() < 0.3),
        sharpness=rng.uniform(0.05, 0.5) + sharper,
        shape=rng.uniform(-np.pi, np.pi),
        lag=rng.uniform(0.2, 1.2),
    )


def _mixing(rng: np.random.Generator, reach: float) -> Float32:
    """A root of the electrodes' correlation exp(-angle^2 / (2 reach^2)), with a part of their own."""
    angles = np.arccos(np.clip(POSITIONS @ POSITIONS.T, -1, 1))
    correlation = 0.85 * np.exp(-(angles**2) / (2 * reach**2)) + 0.15 * np.eye(len(angles))
    strength = np.exp(rng.normal(0, 0.15, len(angles)))
    values, vectors = np.linalg.eigh(correlation)
    root = vectors * np.sqrt(np.maximum(values, 0))
    mixing: Float32 = (strength[:, None] * root).astype(np.float32)
    return mixing


def _posterior_field(rng: np.random.Generator) -> Float32:
    """Three sources of alpha over the back of the head, two of them to the sides: shape (21, 3)."""
    fields = []
    for side in (-0.55, 0.55, 0.0):
        point = np.array([side + rng.normal(0, 0.1), -0.8, 0.35 + rng.normal(0, 0.15)])
        angle = angles_from(point / np.linalg.norm(point))
        fields.append(rng.uniform(0.6, 1.2) * np.exp(-(angle**2) / (2 * 0.5**2)))
    field: Float32 = np.stack(fields, axis=1).astype(np.float32)
    return field
