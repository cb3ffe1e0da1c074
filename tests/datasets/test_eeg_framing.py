"""Segments and frames, against loops that spell the rule out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasets.eeg.annotations import Event
from datasets.eeg.framing import cut, segment_starts, windows


def test_windows_are_centred_on_their_frames() -> None:
    segment = np.arange(2 * 3 * 510, dtype=np.float32).reshape(2, 3, 510)
    seen = windows(segment)
    assert seen.shape == (2, 100, 3, 15)
    for sample in range(2):
        for frame in range(100):
            for channel in range(3):
                inside = segment[sample, channel, 5:505]  # the 10 s themselves
                five = inside[5 * frame : 5 * frame + 5]
                around = seen[sample, frame, channel]
                assert (around[5:10] == five).all()
                assert (np.diff(around) == 1).all()


def test_windows_copy_nothing_not_even_of_a_memory_map(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(4, 20, 510)).astype(np.float32))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    seen = windows(mapped)
    assert np.shares_memory(seen, mapped)
    assert not seen.flags.writeable
    assert seen.shape == (4, 100, 20, 15)
    assert windows(mapped[0]).shape == (100, 20, 15)
    np.testing.assert_array_equal(windows(mapped[2])[7, 3], mapped[2, 3, 35:50])


@given(
    length=st.integers(500, 1200),
    starts=st.lists(st.integers(0, 700), min_size=0, max_size=4),
)
def test_cuts_take_their_context_from_the_record(length: int, starts: list[int]) -> None:
    record = np.random.default_rng(length).normal(size=(3, length)).astype(np.float32)
    starts = [start for start in starts if start + 500 <= length]
    found = cut(record, [start / 50 for start in starts])
    assert found.shape == (len(starts), 3, 510)
    for number, start in enumerate(starts):
        for channel in range(3):
            for place in range(510):
                source = min(max(start - 5 + place, 0), length - 1)
                assert found[number, channel, place] == record[channel, source]


def test_a_cut_begins_at_the_nearest_sample() -> None:
    record = np.arange(1000, dtype=np.float32)[None]
    assert cut(record, [1.009])[0, 0, 5] == 50
    assert cut(record, [1.011])[0, 0, 5] == 51
    firsts = cut(np.arange(6000, dtype=np.float32)[None], [0.01 + 10 * number for number in range(11)])[
        :, 0, 5
    ]
    assert (np.diff(firsts) == 500).all()


@pytest.mark.parametrize("start", [-0.1, 10.1])
def test_a_cut_beyond_the_record_is_refused(start: float) -> None:
    with pytest.raises(ValueError, match="outside of the record"):
        cut(np.zeros((20, 1000), np.float32), [start])


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 900)), max_size=6))
def test_segments_lie_in_their_events_end_to_end(parts: list[tuple[int, int]]) -> None:
    """In tenths of a second, so that the rule can be followed with whole numbers."""
    events, expected, end = [], [], 0
    for number, (gap, length) in enumerate(parts):
        start = end + gap
        end = start + length
        events.append(Event(start / 10, end / 10, number % 2))
        at = start
        while length > 150 and at + 100 <= end:
            expected.append((at, number % 2))
            at += 100
    found = segment_starts(events)
    whole = [(round(start * 10), label) for start, label in found]
    # The last bit of a decimal may cost a segment that would just have fitted, and never gives one that does not.
    assert set(whole) <= set(expected)
    missing = set(expected) - set(whole)
    assert all(any(at + 100 == round(event.stop * 10) for event in events) for at, _ in missing)
    assert [label for _, label in found] == [label for at, label in expected if (at, label) not in missing]


def test_an_event_of_15_s_is_too_short() -> None:
    assert segment_starts([Event(0, 15, 0)]) == []
    assert segment_starts([Event(3, 18.5, 1)]) == [(3.0, 1)]
    assert segment_starts([Event(0, 20, 0), Event(20, 39.9, 1)]) == [(0, 0), (10, 0), (20, 1)]
