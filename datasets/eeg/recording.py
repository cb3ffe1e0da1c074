"""The electrodes of a recording: found by their labels, checked, and read in microvolts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.edf import Header, Signal, read_digital, read_header
from datasets.eeg.montage import ELECTRODES, electrode_of
from datasets.preparation.extractor import BadFile

MINIMUM_RATE = 200  # Hz
_READ_BYTES = 1 << 27  # digital values held at once: a short record in one pass, a long one in several

# Microvolts in one unit; µ is one of two characters.
_MICROVOLTS = {"uv": 1.0, "\u00b5v": 1.0, "\u03bcv": 1.0, "mv": 1e3, "v": 1e6, "nv": 1e-3}


@dataclass(frozen=True)
class Electrode:
    """One electrode of a recording. rate: in Hz. scale, shift: microvolts = scale * digital + shift."""

    name: str
    signal: Signal
    scale: float
    shift: float

    @property
    def rate(self) -> Fraction:
        return self.signal.rate


@dataclass(frozen=True)
class Recording:
    """A recording whose header promises all 17 electrodes, in the order of ELECTRODES."""

    header: Header
    electrodes: tuple[Electrode, ...]

    @property
    def duration(self) -> float:
        """In seconds."""
        return float(self.header.duration)


def open_recording(path: Path) -> Recording:
    """The recording in a file, from its header alone.

    Raises BadFile for what `read_header` refuses, for gaps (EDF+D), and where an electrode is missing,
    there twice, slower than 200 Hz, without a voltage as its dimension, or referenced unlike the others.
    """
    header = read_header(path)
    if not header.continuous:
        raise BadFile("the recording is discontinuous (EDF+D)")
    found: dict[str, dict[str, Signal]] = {}
    for signal in header.signals:
        place = electrode_of(signal.label)
        if place is None:
            continue
        name, reference = place
        if name in found.setdefault(reference, {}):
            raise BadFile(f"two signals are called {name}")
        found[reference][name] = signal
    whole = [signals for signals in found.values() if len(signals) == len(ELECTRODES)]
    if not whole:
        raise BadFile(_what_is_missing(found))
    if len(whole) > 1:
        raise BadFile("the electrodes are there with two references")
    return Recording(header, tuple(_electrode(name, whole[0][name]) for name in ELECTRODES))


def read_microvolts(recording: Recording) -> Iterator[NDArray[np.float32]]:
    """One electrode after another in microvolts, 1-D, in the order of ELECTRODES.

    Holds the digital values of as many electrodes as fit into 128 MiB, and never fewer than one. Raises
    BadFile where an electrode has the same value throughout.
    """
    waiting = list(recording.electrodes)
    while waiting:
        size = 2 * recording.header.records * max(electrode.signal.samples for electrode in waiting)
        group = waiting[: max(1, _READ_BYTES // size)]
        del waiting[: len(group)]
        arrays = read_digital(recording.header, [electrode.signal for electrode in group])
        for electrode in group:
            digital = arrays.pop(0)
            if digital.min() == digital.max():
                raise BadFile("an electrode is flat")
            yield digital * np.float32(electrode.scale) + np.float32(electrode.shift)


def _electrode(name: str, signal: Signal) -> Electrode:
    if signal.rate < MINIMUM_RATE:
        raise BadFile(f"the rate is below {MINIMUM_RATE} Hz")
    unit = _MICROVOLTS.get(signal.dimension.lower())
    if unit is None:
        raise BadFile("the physical dimension of an electrode is no voltage")
    if signal.scale == 0:
        raise BadFile("the range of an electrode is empty or damaged")
    return Electrode(name, signal, signal.scale * unit, signal.shift * unit)


def _what_is_missing(found: dict[str, dict[str, Signal]]) -> str:
    names = {name for signals in found.values() for name in signals}
    if len(names) == len(ELECTRODES):
        return "the electrodes have different references"
    return "electrodes are missing"
