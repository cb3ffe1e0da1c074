"""One record on disk: an EDF file with the quirks of the corpus, and its csv_bi annotation."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from datasets.eeg.standin.electrodes import ELECTRODES, Float32
from datasets.eeg.standin.timeline import Event

if TYPE_CHECKING:
    from edfio import EdfSignal

# Steps of 0.1 uV, as the amplifiers behind routine EEG have them or finer.
_LARGEST_UV = 3276.7


@dataclass(frozen=True)
class Header:
    """What a file says of itself. reference: REF or LE, as in the labels "EEG FP1-REF"."""

    patient: str
    name: str
    date: datetime.date
    reference: Literal["REF", "LE"]
    rate: int


def write_record(
    rng: np.random.Generator, folder: Path, header: Header, signals: Float32, events: Sequence[Event]
) -> None:
    """signals: (21, n) in microvolts, in the order of ELECTRODES; n is whole seconds.

    The order of the signals varies, and now and then an EKG, a photic or an annotation signal at a rate
    of its own stands between them, as in the corpus.
    """
    from edfio import Edf, EdfAnnotation, Patient, Recording

    seconds = signals.shape[1] // header.rate
    parts = [_signal(f"EEG {ELECTRODES[i]}-{header.reference}", signals[i], header.rate) for i in _order(rng)]
    if rng.random() < 0.4:
        ekg_rate = int(rng.choice([header.rate, 200, 100]))
        at = int(rng.integers(len(parts) + 1))
        parts.insert(at, _signal(f"EEG EKG1-{header.reference}", _ekg(rng, seconds, ekg_rate), ekg_rate))
    if rng.random() < 0.3:
        photic = np.zeros(seconds * 50, np.float32)
        parts.insert(int(rng.integers(len(parts) + 1)), _signal("PHOTIC-REF", photic, 50))
    notes = None
    if rng.random() < 0.3:
        notes = [EdfAnnotation(round(rng.uniform(0, seconds), 1), None, "made-up note")]
    edf = Edf(
        parts,
        patient=Patient(code=header.patient),
        recording=Recording(startdate=header.date, equipment_code="STAND-IN"),
        starttime=datetime.time(int(rng.integers(8, 17)), int(rng.integers(60)), 0),
        data_record_duration=1,
        annotations=notes,
    )
    edf.write(folder / f"{header.name}.edf")
    (folder / f"{header.name}.csv_bi").write_text(_annotation(header.name, events), encoding="ascii")


def _order(rng: np.random.Generator) -> list[int]:
    """Mostly the order of ELECTRODES, else any."""
    count = len(ELECTRODES)
    return [int(i) for i in (rng.permutation(count) if rng.random() < 0.3 else np.arange(count))]


def _signal(label: str, microvolts: Float32, rate: int) -> EdfSignal:
    from edfio import EdfSignal

    return EdfSignal(
        np.clip(microvolts.astype(np.float64), -_LARGEST_UV, _LARGEST_UV),
        rate,
        label=label,
        physical_dimension="uV",
        physical_range=(-_LARGEST_UV, _LARGEST_UV),
        digital_range=(-32767, 32767),
    )


def _ekg(rng: np.random.Generator, seconds: int, rate: int) -> Float32:
    """Spikes at a heart's rate, in microvolts: (seconds * rate,)."""
    beats = rng.uniform(0.9, 1.6) * np.arange(seconds * rate) / rate + rng.uniform(0, 1)
    phase = (beats - np.floor(beats) - 0.5) / 0.03
    ekg: Float32 = (600 * np.exp(-(phase**2)) + 10 * rng.standard_normal(len(beats))).astype(np.float32)
    return ekg


def _annotation(name: str, events: Sequence[Event]) -> str:
    lines = [
        "# version = csv_v1.0.0",
        f"# bname = {name}",
        f"# duration = {events[-1].stop:.2f} secs",
        "# STAND-IN: made up, no recording of a person",
        "#",
        "channel,start_time,stop_time,label,confidence",
        *(f"TERM,{event.start:.4f},{event.stop:.4f},{event.label},1.0000" for event in events),
    ]
    return "\n".join(lines) + "\n"
