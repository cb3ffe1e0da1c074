"""Recordings and annotations for the tests of EEG reading, written by libraries that are not ours."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import edfio
import numpy as np
from numpy.typing import NDArray

ELECTRODES = list(
    ("FP1", "FP2", "F7", "F3", "F4", "F8", "T3", "C3", "CZ", "C4", "T4", "T5", "P3", "P4", "T6", "O1", "O2")
)
EVENTS = ((0.0, 20.0, "bckg"), (20.0, 47.5, "seiz"), (47.5, 60.0, "bckg"))


def noise(rate: float, seconds: float, channels: int = 17, seed: int = 0) -> NDArray[np.float64]:
    """Microvolts within ±500, shape (channels, n), rounded to a step of 0.1."""
    drawn = np.random.default_rng(seed).normal(scale=40, size=(channels, round(rate * seconds)))
    return drawn.clip(-499, 499).round(1)


def write_edf(
    path: Path,
    microvolts: NDArray[np.float64],
    rate: float = 250,
    *,
    reference: str = "REF",
    labels: Mapping[str, str] | None = None,
    recording: str = "",
    dimension: str = "uV",
    unit: float = 1.0,
    extra: tuple[edfio.EdfSignal, ...] = (),
    annotated: bool = False,
    record_seconds: float = 1,
) -> Path:
    """17 electrodes (fewer where `microvolts` has fewer rows) through edfio.

    labels: of electrodes that are not called "EEG NAME-REFERENCE". unit: microvolts in one `dimension`.
    """
    signals = [
        edfio.EdfSignal(
            row / unit,
            rate,
            label=(labels or {}).get(name, f"EEG {name}-{reference}"),
            physical_dimension=dimension,
            physical_range=(-500 / unit, 500 / unit),
        )
        for name, row in zip(ELECTRODES, microvolts, strict=False)
    ]
    file = edfio.Edf(
        [*signals, *extra],
        data_record_duration=record_seconds,
        annotations=[edfio.EdfAnnotation(1, None, "eyes open")] if annotated else None,
    )
    if recording:
        file.local_recording_identification = recording
    path.parent.mkdir(parents=True, exist_ok=True)
    file.write(path)
    return path


def csv_bi(
    name: str, events: tuple[tuple[float, float, str], ...] = EVENTS, duration: float | None = None
) -> str:
    """An annotation as TUSZ v2 has it."""
    rows = [f"TERM,{start:.4f},{stop:.4f},{label},1.0000" for start, stop, label in events]
    seconds = events[-1][1] if duration is None else duration
    header = ["# version = csv_v1.0.0", f"# bname = {name}", f"# duration = {seconds:.2f} secs"]
    return "\n".join(
        [
            *header,
            "# montage_file = montage.txt",
            "#",
            "channel,start_time,stop_time,label,confidence",
            *rows,
            "",
        ]
    )


def tse(events: tuple[tuple[float, float, str], ...] = EVENTS) -> str:
    """An annotation as TUSZ v1.5 has it."""
    rows = [f"{start:.4f} {stop:.4f} {label} 1.0000" for start, stop, label in events]
    return "\n".join(["version = tse_v1.0.0", "", *rows, ""])


def overwrite(path: Path, offset: int, data: bytes) -> Path:
    """Some bytes of a file replaced."""
    with path.open("r+b") as stream:
        stream.seek(offset)
        stream.write(data)
    return path
