"""One record: all parts on one timeline, at a level that does not tell the classes apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from datasets.eeg.standin import artefacts
from datasets.eeg.standin.background import alpha, background
from datasets.eeg.standin.electrodes import ELECTRODES, Float32, derive
from datasets.eeg.standin.hardness import Hardness
from datasets.eeg.standin.noise import wander
from datasets.eeg.standin.patient import Traits
from datasets.eeg.standin.rhythm import mimic, seizure
from datasets.eeg.standin.timeline import Event, draw_spells

_BLOCK_SECONDS = 0.2
_LEVEL_SECONDS = 10.0
_SHARE_IN_SEIZURES = 0.1


@dataclass(frozen=True)
class Session:
    """What one fitting of the electrodes leaves in all of its records.

    gain: of the electrodes, (21,). emg, line: factors of the patient's levels.
    """

    gain: Float32
    emg: float
    line: float


def draw_session(rng: np.random.Generator) -> Session:
    return Session(
        gain=np.exp(rng.normal(0, 0.12, len(ELECTRODES))).astype(np.float32),
        emg=float(np.exp(rng.normal(0, 0.4))),
        line=float(np.exp(rng.normal(0, 0.6))),
    )


def draw_signals(
    rng: np.random.Generator,
    traits: Traits,
    session: Session,
    events: Sequence[Event],
    hardness: Hardness,
    rate: int,
) -> Float32:
    """The electrodes against their common reference in microvolts: (21, seconds * rate)."""
    seconds = events[-1].stop
    samples = round(seconds * rate)
    total = background(rng, traits, samples, rate)
    for event in events:
        share = hardness.mimic_share * (_SHARE_IN_SEIZURES if event.label == "seiz" else 1.0)
        for start, stop in draw_spells(rng, event.stop - event.start, share):
            style = traits.mimics[rng.integers(len(traits.mimics))]
            strength = hardness.mimic_snr * np.exp(rng.normal(0, 0.25))
            _add(
                total, np.float32(strength) * mimic(rng, style, stop - start, rate), event.start + start, rate
            )
        if event.label == "seiz":
            strength = hardness.snr * np.exp(rng.normal(0, 0.25))
            wave = seizure(rng, traits.seizure, traits.falls_per_10s, event.stop - event.start, rate)
            _add(total, np.float32(strength) * wave, event.start, rate)
    total *= _levelling(total, events, rate)
    # Alpha and artefacts come on top of the level: a seizure would attenuate them too, at fixed places.
    total += alpha(rng, traits, samples, rate)
    total += artefacts.blinks(rng, traits, samples, rate)
    total += artefacts.muscle(rng, traits, samples, rate, session.emg)
    total += artefacts.pops(rng, traits, samples, rate)
    total *= traits.level_uv * np.exp(0.25 * wander(rng, samples, rate, 30.0))
    total *= (traits.gain * session.gain)[:, None]
    total += artefacts.power_line(rng, session.gain, traits.line_uv * session.line, samples, rate)
    # What the reference electrode picks up is in every signal, and bipolar derivations cancel it.
    reference = total[-2:].mean(axis=0) + 0.5 * traits.level_uv * wander(rng, samples, rate, 0.05)
    result: Float32 = total - reference
    return result


def _add(total: Float32, part: Float32, start: float, rate: float) -> None:
    first = round(start * rate)
    length = min(part.shape[1], total.shape[1] - first)
    total[:, first : first + length] += part[:, :length]


def _levelling(signals: Float32, events: Sequence[Event], rate: int) -> Float32:
    """The gain, shape (samples,), that makes the mean log power of the derivations flat in time.

    Power is smoothed over 10 s within an event and never over its border: smoothed over it, a seizure's
    first seconds would stay louder, and the seconds before it fainter, and amplitude would tell.
    """
    from scipy.ndimage import uniform_filter1d

    block = round(_BLOCK_SECONDS * rate)
    blocks = signals.shape[1] // block
    bipolar = derive(signals[:, : blocks * block])
    power = np.square(bipolar).reshape(len(bipolar), blocks, block).mean(axis=2)
    centres = (np.arange(blocks) + 0.5) * block / rate
    level = np.empty(blocks)
    for event in events:
        inside = (centres >= event.start) & (centres < event.stop)
        width = round(_LEVEL_SECONDS / _BLOCK_SECONDS)
        smooth = uniform_filter1d(power[:, inside], width, axis=1, mode="reflect")
        level[inside] = np.log(smooth).mean(axis=0) / 2
    level = uniform_filter1d(level, 3)
    gain: Float32 = np.exp(-np.interp(np.arange(signals.shape[1]) / rate, centres, level)).astype(np.float32)
    return gain
