"""Annotations: the four formats, their quirks, and never a label that the file does not give."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

import itertools

from eeg_recordings import csv_bi, tse

from datasets.eeg.annotations import BACKGROUND, SEIZURE, Event, find_annotation, read_events
from datasets.preparation import BadFile

NAME = "aaaaaaac_s001_t000"
EXPECTED = [Event(0, 20, BACKGROUND), Event(20, 47.5, SEIZURE), Event(47.5, 60, BACKGROUND)]


def events_of(folder: Path, text: str, suffix: str = ".csv_bi", duration: float = 60) -> list[Event]:
    path = folder / f"{NAME}{suffix}"
    path.write_text(text, encoding="utf-8")
    return read_events(path, duration)


def rows(*events: tuple[float, float, str]) -> str:
    return csv_bi(NAME, events, duration=60)


CHANNELS = "\n".join(
    [
        "# version = csv_v1.0.0",
        f"# bname = {NAME}",
        "channel,start_time,stop_time,label,confidence",
        "FP1-F7,20.0,40.0,fnsz,1.0",
        "FP1-F7,0.0,20.0,bkgd,1.0",
        "F7-T3,25.0,47.5,cpsz,1.0",
        "F7-T3,47.5,60.0,bckg,1.0",
    ]
)


@pytest.mark.parametrize(
    ("suffix", "text"),
    [
        (".csv_bi", csv_bi(NAME)),
        (".csv_bi", csv_bi(NAME).replace("\n", "\r\n")),
        (".csv_bi", "\ufeff" + csv_bi(NAME)),
        (".csv_bi", "channel,start_time,stop_time,label,confidence\nTERM,20,47.5,SEIZ,1"),
        (".csv", CHANNELS),
        (".tse_bi", tse()),
        (".tse", tse(((0, 20, "bckg"), (20, 30, "gnsz"), (30, 47.5, "tcsz"), (47.5, 60, "bckg")))),
        (".tse", "version = tse_v1.0.0\n20.0 47.5 mysz 1.0\n"),
    ],
)
def test_every_format_gives_the_same_events(tmp_path: Path, suffix: str, text: str) -> None:
    assert events_of(tmp_path, text, suffix) == EXPECTED


@pytest.mark.parametrize(
    "label", ["seiz", "fnsz", "gnsz", "spsz", "cpsz", "absz", "tnsz", "cnsz", "tcsz", "atsz", "mysz", "nesz"]
)
def test_every_seizure_type_is_a_seizure(tmp_path: Path, label: str) -> None:
    assert events_of(tmp_path, rows((20, 47.5, label)))[1].label == SEIZURE


@pytest.mark.parametrize(
    ("given_rows", "expected"),
    [
        ([(20, 900, "seiz")], [Event(0, 20, 0), Event(20, 60, 1)]),
        ([(0, 60, "bckg"), (70, 90, "seiz")], [Event(0, 60, 0)]),
        ([(-5, 10, "seiz")], [Event(0, 10, 1), Event(10, 60, 0)]),
        ([(0, 60, "seiz")], [Event(0, 60, 1)]),
        ([(30, 30, "seiz"), (30, 60, "bckg")], [Event(0, 60, 0)]),
        ([(30, 30, "seiz")], [Event(0, 60, 0)]),
        (
            [(30, 40, "seiz"), (0, 60, "bckg"), (10, 35, "seiz")],
            [Event(0, 10, 0), Event(10, 40, 1), Event(40, 60, 0)],
        ),
        ([(10, 20, "seiz"), (20, 30, "seiz")], [Event(0, 10, 0), Event(10, 30, 1), Event(30, 60, 0)]),
        (
            [(10, 50, "seiz"), (20, 30, "bckg"), (50, 60, "bckg")],
            [Event(0, 10, 0), Event(10, 50, 1), Event(50, 60, 0)],
        ),
        (
            [(50, 55, "seiz"), (5, 10, "seiz")],
            [Event(0, 5, 0), Event(5, 10, 1), Event(10, 50, 0), Event(50, 55, 1), Event(55, 60, 0)],
        ),
    ],
)
def test_times_are_clipped_and_overlaps_are_seizure(
    tmp_path: Path, given_rows: list[tuple[float, float, str]], expected: list[Event]
) -> None:
    assert events_of(tmp_path, rows(*given_rows)) == expected


@settings(max_examples=40)
@given(
    seizures=st.lists(st.tuples(st.integers(-20, 140), st.integers(0, 60)), max_size=8),
    background=st.lists(st.tuples(st.integers(-20, 140), st.integers(0, 60)), max_size=4),
)
def test_every_moment_has_the_label_that_the_rows_give_it(
    tmp_path_factory: pytest.TempPathFactory,
    seizures: list[tuple[int, int]],
    background: list[tuple[int, int]],
) -> None:
    """Against the rule spelled out second by second, for rows in any order and place."""
    folder = tmp_path_factory.getbasetemp()
    text = rows(
        (50, 60, "bckg"),
        *((start, start + length, "bckg") for start, length in background),
        *((start, start + length, "seiz") for start, length in seizures),
    )
    events = events_of(folder, text, duration=60)
    assert [event.start for event in events] == [0, *(event.stop for event in events[:-1])]
    assert events[-1].stop == 60
    assert all(first.label != second.label for first, second in itertools.pairwise(events))
    labels = np.array([next(e.label for e in events if e.start <= second < e.stop) for second in range(60)])
    expected = [any(start <= second < start + length for start, length in seizures) for second in range(60)]
    assert (labels == expected).all()


def replaced(old: str, new: str) -> str:
    text = csv_bi(NAME)
    assert old in text
    return text.replace(old, new)


@pytest.mark.parametrize(
    ("suffix", "text", "reason"),
    [
        (".csv_bi", "", "no line of column names"),
        (".csv_bi", replaced(NAME, "aaaaaaac_s001_t001"), r"another recording \(bname\)"),
        (".csv_bi", csv_bi(NAME, duration=301), r"another recording \(duration\)"),
        (".csv_bi", csv_bi(NAME, duration=58), r"another recording \(duration\)"),
        (".csv_bi", csv_bi(NAME)[: csv_bi(NAME).index("TERM")], "has no events"),
        (".csv_bi", csv_bi(NAME)[:-8], "missing or extra fields"),
        (".csv_bi", csv_bi(NAME)[: csv_bi(NAME).index("TERM,20")], "ends before the recording does"),
        (".csv_bi", csv_bi(NAME)[: csv_bi(NAME).index("TERM,20") - 3], "ends before the recording does"),
        (".csv_bi", replaced("47.5000,seiz,1.0000", "47.50"), "missing or extra fields"),
        (".csv_bi", replaced("seiz", "sei"), "label 'sei' is unknown"),
        (".csv_bi", replaced("seiz", "eyem"), "label 'eyem' is unknown"),
        (".csv_bi", replaced("seiz", ""), "label '' is unknown"),
        (".csv_bi", replaced("20.0000,47.5000", "47.5000,20.0000"), "stops before it starts"),
        (".csv_bi", replaced("20.0000,47.5000", "nan,47.5000"), "a time is no number"),
        (".csv_bi", replaced("20.0000,47.5000", "20.0000,inf"), "a time is no number"),
        (".csv_bi", replaced("20.0000,47.5000", "20.0000,x"), "a time is no number"),
        (".tse", tse().replace("version", "vision"), "no line with its version"),
        (".tse", tse()[: tse().index("20.0000 bckg") + 9], "missing or extra fields"),
        (".tse", "version = tse_v1.0.0\n\n", "has no events"),
    ],
)
def test_a_bad_annotation_has_a_plain_reason(tmp_path: Path, suffix: str, text: str, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        events_of(tmp_path, text, suffix)


def test_a_duration_that_is_rounded_is_no_other_recording(tmp_path: Path) -> None:
    assert events_of(tmp_path, csv_bi(NAME, duration=60.9)) == EXPECTED
    assert (
        events_of(tmp_path, csv_bi(NAME, duration=3610).replace("60.0000", "3600"), duration=3600)[0]
        == EXPECTED[0]
    )


def test_an_annotation_that_is_no_text_is_bad(tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.csv_bi"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(BadFile, match="no text"):
        read_events(path, 60)
    with pytest.raises(BadFile, match="cannot be opened"):
        read_events(tmp_path / "none.csv_bi", 60)


def test_the_annotation_for_the_whole_recording_comes_first(tmp_path: Path) -> None:
    recording = tmp_path / f"{NAME}.edf"
    with pytest.raises(BadFile, match="no annotation"):
        find_annotation(recording)
    for suffix in (".lbl", ".tse", ".csv", ".tse_bi", ".csv_bi"):
        (tmp_path / f"{NAME}{suffix}").touch()
        if suffix != ".lbl":
            assert find_annotation(recording).suffix == suffix


@settings(max_examples=50)
@given(noise=st.text(max_size=60), place=st.integers(0, 300), length=st.integers(0, 40))
def test_damaged_annotations_are_bad_or_have_sound_events(
    tmp_path_factory: pytest.TempPathFactory, noise: str, place: int, length: int
) -> None:
    text = csv_bi(NAME)
    try:
        events = events_of(tmp_path_factory.getbasetemp(), text[:place] + noise + text[place + length :])
    except BadFile:
        return
    assert events[0].start == 0
    assert events[-1].stop == 60
