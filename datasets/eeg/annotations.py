"""The annotation beside a recording, and the events that follow from it.

Four formats of TUSZ: `.csv_bi` and `.tse_bi` (seizure or background for the whole recording), `.csv` (types,
channel by channel) and `.tse` (types for the whole recording).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from datasets.preparation.extractor import BadFile

# By preference: what was decided for the whole recording in two classes comes before what has to be reduced.
SUFFIXES: tuple[str, ...] = (".csv_bi", ".tse_bi", ".csv", ".tse")

BACKGROUND, SEIZURE = 0, 1

# bkgd is a typo that occurs in the corpus.
_BACKGROUND_LABELS = {"bckg", "bkgd"}
_SEIZURE_LABELS = {
    *("seiz", "fnsz", "gnsz", "spsz", "cpsz", "absz", "tnsz"),
    *("cnsz", "tcsz", "atsz", "mysz", "nesz"),
}
_HEADER = re.compile(r"#\s*(?P<name>\w+)\s*=\s*(?P<value>.*\S)")
_COLUMNS = ("start_time", "stop_time", "label")


@dataclass(frozen=True, order=True)
class Event:
    """A stretch of a recording, in seconds from its start. label: BACKGROUND or SEIZURE."""

    start: float
    stop: float
    label: int


def find_annotation(recording: Path) -> Path:
    """The annotation beside a recording that comes first in SUFFIXES. Raises BadFile where there is none."""
    for suffix in SUFFIXES:
        path = recording.with_suffix(suffix)
        if path.is_file():
            return path
    raise BadFile("there is no annotation beside the recording")


def read_events(path: Path, duration: float) -> list[Event]:
    """The events of a recording of `duration` seconds: seizures and background in turn, without gaps.

    A moment is seizure where any row, on any channel, says so; all else is background, whether a row says so
    or none covers it. So rows may come in any order and overlap. What lies outside of the recording is cut
    off.

    Raises BadFile where the file cannot be read, has no rows, has a row that is cut off, has an unknown
    label, times that are no numbers or a stop before its start. Also where it says that it belongs to another
    recording, by its `bname` or its `duration`, and where it lists background but ends before the recording
    does: the rows that are missing could be seizures. Both allow for a second or 1 %.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadFile(f"the annotation cannot be opened: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadFile("the annotation is damaged: it is no text") from None
    _check_header(lines, path.stem, duration)
    rows = _csv_rows(lines) if path.suffix.startswith(".csv") else _tse_rows(lines)
    if not rows:
        raise BadFile("the annotation has no events")
    complete = max(row.stop for row in rows) >= duration - _tolerance(duration)
    if not complete and any(row.label == BACKGROUND for row in rows):
        raise BadFile("the annotation ends before the recording does")
    return _events([(row.start, row.stop) for row in rows if row.label == SEIZURE], duration)


def _check_header(lines: list[str], name: str, duration: float) -> None:
    for line in lines:
        found = _HEADER.match(line)
        if found is None:
            continue
        value = found["value"]
        if found["name"] == "bname" and value.removesuffix(".edf").rpartition("/")[2] != name:
            raise BadFile("the annotation belongs to another recording (bname)")
        off = abs(_seconds(value.split()[0]) - duration) if found["name"] == "duration" else 0
        if off > _tolerance(duration):
            raise BadFile("the annotation belongs to another recording (duration)")


def _tolerance(duration: float) -> float:
    """Seconds by which annotations differ from their recordings in the corpus without meaning another one."""
    return max(1.0, 0.01 * duration)


def _csv_rows(lines: list[str]) -> list[Event]:
    """Rows below the line of column names, which may come in any order; lines with # are passed over."""
    table = [line.split(",") for line in lines if line.strip() and not line.lstrip().startswith("#")]
    names = [name.strip() for name in table[0]] if table else []
    if not all(column in names for column in _COLUMNS):
        raise BadFile("the annotation is damaged: no line of column names")
    places = [names.index(column) for column in _COLUMNS]
    return [_row(fields, len(names), places) for fields in table[1:]]


def _tse_rows(lines: list[str]) -> list[Event]:
    """Lines of start, stop, label and probability, after one with the version."""
    fields = [line.split() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not fields or not lines[0].replace(" ", "").startswith("version=tse"):
        raise BadFile("the annotation is damaged: no line with its version")
    return [_row(row, 4, [0, 1, 2]) for row in fields[1:]]


def _row(fields: list[str], width: int, places: list[int]) -> Event:
    if len(fields) != width or not fields[-1].strip():
        raise BadFile("the annotation is damaged: a row has missing or extra fields")
    start, stop, label = (fields[place].strip() for place in places)
    event = Event(_seconds(start), _seconds(stop), _label(label.lower()))
    if event.stop < event.start:
        raise BadFile("the annotation is damaged: an event stops before it starts")
    return event


def _label(label: str) -> int:
    if label in _SEIZURE_LABELS:
        return SEIZURE
    if label in _BACKGROUND_LABELS:
        return BACKGROUND
    raise BadFile(f"the annotation's label {label[:20]!r} is unknown")


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not math.isfinite(seconds):
        raise BadFile("the annotation is damaged: a time is no number")
    return seconds


def _events(seizures: list[tuple[float, float]], duration: float) -> list[Event]:
    """The recording cut into seizures, those that touch or overlap as one, and the background between."""
    events: list[Event] = []
    end = 0.0
    for start, stop in sorted((max(start, 0.0), min(stop, duration)) for start, stop in seizures):
        if stop <= start:
            continue
        if events and start <= end:
            events[-1] = Event(events[-1].start, max(end, stop), SEIZURE)
        else:
            if start > end:
                events.append(Event(end, start, BACKGROUND))
            events.append(Event(start, stop, SEIZURE))
        end = events[-1].stop
    if end < duration:
        events.append(Event(end, duration, BACKGROUND))
    return events
