"""EDF files: the header, and the samples of chosen signals in bounded memory.

Format: Kemp et al., "A simple format for exchange of digitized polygraphic recordings" (1992), and EDF+
(Kemp and Olivan, 2003). The project reads EDF itself and leaves edfio to write it and to check this reader,
because edfio (0.4) takes the number of data records from the size of the file where the header says
otherwise, gives rates as floats, and walks through a mapped file once for each signal. Here a file that is
cut short is bad, rates are exact, and one pass in blocks serves all signals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datasets.preparation.extractor import BadFile

STANDIN_MARK = "STAND-IN"  # in the recording field of every stand-in

_FILE_HEADER = 256
_SIGNAL_HEADER = 256
_MAXIMUM_RECORD_BYTES = 1 << 26  # far above any device's; a damaged header could ask for gigabytes
_BLOCK_BYTES = 1 << 22  # read at once: fits the processor's cache

# Exponents of two digits at most: a damaged field must not make a number of a million digits.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Signal:
    """One signal of a file.

    rate: samples a second, exact. scale, shift: physical value = scale * digital value + shift, in
    `dimension`; scale is 0 where the header's ranges give none. start, samples: its place in a data record.
    """

    label: str
    dimension: str
    rate: Fraction
    scale: float
    shift: float
    start: int
    samples: int


@dataclass(frozen=True)
class Header:
    """What the header of a file says. duration: in seconds, exact."""

    path: Path
    recording: str
    continuous: bool
    duration: Fraction
    records: int
    record_samples: int
    signals: tuple[Signal, ...]

    @property
    def is_standin(self) -> bool:
        return STANDIN_MARK in self.recording.upper()


def read_header(path: Path) -> Header:
    """The header of a file, checked against the file's size.

    Dates, times, patient and reserved fields are not looked at, so that the many ways to write them do no
    harm. Numbers may have a decimal comma and blanks or zero bytes around them.

    Raises BadFile where it is no EDF file, a field is damaged, or the file does not hold the data records
    that the header declares. A declared -1 (a recording that was never closed) stands for all there are.
    """
    try:
        with path.open("rb") as stream:
            fixed = stream.read(_FILE_HEADER)
            count = _signal_count(fixed)
            table = stream.read(count * _SIGNAL_HEADER)
        size = path.stat().st_size
    except OSError as error:
        raise BadFile(f"the recording cannot be opened: {error.strerror}") from None
    if len(table) < count * _SIGNAL_HEADER:
        raise BadFile("the header is cut off")
    seconds = _number(fixed[244:252], "duration of a data record")
    if seconds <= 0:
        raise BadFile("the header gives a data record no duration")
    signals = _signals(table, count, seconds)
    record_samples = sum(signal.samples for signal in signals)
    if not 0 < 2 * record_samples <= _MAXIMUM_RECORD_BYTES:
        raise BadFile("the header is damaged: impossible size of a data record")
    records = _records(fixed, size - _FILE_HEADER - len(table), 2 * record_samples)
    return Header(
        path=path,
        recording=_text(fixed[88:168]),
        continuous=not _text(fixed[192:236]).upper().startswith("EDF+D"),
        duration=records * seconds,
        records=records,
        record_samples=record_samples,
        signals=signals,
    )


def read_digital(header: Header, signals: Sequence[Signal]) -> list[NDArray[np.int16]]:
    """The digital values of some signals of a file, in one pass over it.

    Needs memory for these values and a block of some megabytes. Raises BadFile where the file ends early.
    """
    arrays = [np.empty((header.records, signal.samples), np.int16) for signal in signals]
    rows = max(1, _BLOCK_BYTES // (2 * header.record_samples))
    try:
        with header.path.open("rb") as stream:
            stream.seek(_FILE_HEADER + len(header.signals) * _SIGNAL_HEADER)
            for first in range(0, header.records, rows):
                last = min(first + rows, header.records)
                wanted = (last - first) * header.record_samples
                block = np.fromfile(stream, "<i2", wanted)
                if len(block) < wanted:
                    raise BadFile("data records are missing at the end")
                block = block.reshape(last - first, header.record_samples)
                for array, signal in zip(arrays, signals, strict=True):
                    array[first:last] = block[:, signal.start : signal.start + signal.samples]
    except OSError as error:
        raise BadFile(f"the recording cannot be read: {error.strerror}") from None
    return [array.reshape(-1) for array in arrays]


def _signal_count(fixed: bytes) -> int:
    if len(fixed) < _FILE_HEADER:
        raise BadFile("the header is cut off")
    if _text(fixed[:8]) != "0":
        raise BadFile("this is no EDF file")
    count = _whole(fixed[252:256], "number of signals")
    if count < 1:
        raise BadFile("the header declares no signals")
    if _whole(fixed[184:192], "size of the header") != _FILE_HEADER + count * _SIGNAL_HEADER:
        raise BadFile("the header is damaged: its size does not fit its number of signals")
    return count


def _records(fixed: bytes, data_bytes: int, record_bytes: int) -> int:
    """How many data records there are; fewer bytes than a record after the last one do no harm."""
    declared = _whole(fixed[236:244], "number of data records")
    there = data_bytes // record_bytes
    if declared == -1:
        declared = there
    if declared < 1 or there < 1:
        raise BadFile("there are no data records")
    if declared > there:
        raise BadFile("data records are missing at the end")
    if declared < there:
        raise BadFile("the file is longer than its header declares")
    return declared


def _signals(table: bytes, count: int, seconds: Fraction) -> tuple[Signal, ...]:
    """All signals, from the table after the fixed header: each field for all signals, then the next field."""

    def column(offset: int, width: int) -> list[bytes]:
        start = offset * count
        return [table[start + i * width : start + (i + 1) * width] for i in range(count)]

    signals: list[Signal] = []
    start = 0
    # Offsets: label 0, transducer 16, dimension 96, physical 104 and 112, digital 120 and 128,
    # prefiltering 136, samples 216, reserved 224.
    labels, dimensions = column(0, 16), column(96, 8)
    ranges = zip(*(column(offset, 8) for offset in (104, 112, 120, 128)), strict=True)
    for label, dimension, bounds, number in zip(labels, dimensions, ranges, column(216, 8), strict=True):
        samples = _whole(number, "samples of a data record")
        if samples < 0:
            raise BadFile("the header is damaged: negative number of samples")
        scale, shift = _calibration(bounds)
        signals.append(
            Signal(_text(label), _text(dimension), samples / seconds, scale, shift, start, samples)
        )
        start += samples
    return tuple(signals)


def _calibration(bounds: tuple[bytes, ...]) -> tuple[float, float]:
    """Scale and shift; the scale is 0 where a bound is damaged, which only matters for signals in use."""
    try:
        low, high, digital_low, digital_high = (_number(field, "range") for field in bounds)
    except BadFile:
        return 0.0, 0.0
    if digital_high <= digital_low:
        return 0.0, 0.0
    scale = (high - low) / (digital_high - digital_low)
    return float(scale), float(low - scale * digital_low)


def _text(field: bytes) -> str:
    return field.decode("latin-1").strip(" \0")


def _number(field: bytes, name: str) -> Fraction:
    text = _text(field).replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise BadFile(f"the header is damaged: {name} is no number")
    return Fraction(text)


def _whole(field: bytes, name: str) -> int:
    number = _number(field, name)
    if number.denominator != 1:
        raise BadFile(f"the header is damaged: {name} is no whole number")
    return number.numerator
