"""Segments of 10 s and their frames: what is cut from a record, and how a network sees it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.eeg.annotations import Event

RATE = 50  # Hz, of everything that is stored
SEGMENT_SECONDS = 10
SHORTEST_EVENT_SECONDS = 15  # an event has to be longer than this
FRAME = 5  # samples: 0.1 s
WINDOW = 15  # samples: 0.3 s, centred on the frame
CONTEXT = (WINDOW - FRAME) // 2  # samples stored before and after a segment, so that every window is full

SEGMENT = RATE * SEGMENT_SECONDS
STORED = SEGMENT + 2 * CONTEXT
FRAMES = SEGMENT // FRAME


def segment_starts(events: Iterable[Event]) -> list[tuple[float, int]]:
    """Start in seconds and label of every segment: end to end from the start of each long enough event.

    No two overlap, and each lies within its event.
    """
    return [
        (event.start + SEGMENT_SECONDS * number, event.label)
        for event in events
        if event.stop - event.start > SHORTEST_EVENT_SECONDS
        for number in range(int((event.stop - event.start) // SEGMENT_SECONDS))
    ]


def cut(record: NDArray[np.float32], starts: Sequence[float]) -> NDArray[np.float32]:
    """Segments with their context, shape (len(starts), channels, 510), from a record of shape (channels, n).

    starts: in seconds; a segment begins at the nearest sample. The context comes from the record; beyond
    its ends the first or last value is repeated. Raises ValueError for a segment beyond the record.
    """
    # Rounded twice, so that starts 10 s apart stay 500 samples apart whatever their last bits are.
    firsts = np.rint(np.round(np.asarray(starts, float) * RATE, 6)).astype(np.int64)
    if np.any(firsts < 0) or np.any(firsts + SEGMENT > record.shape[1]):
        raise ValueError(f"a segment lies outside of the record of {record.shape[1] / RATE} s")
    samples = firsts[:, None] + np.arange(-CONTEXT, SEGMENT + CONTEXT)
    return record[:, samples.clip(0, record.shape[1] - 1)].swapaxes(0, 1).copy()


def windows(stored: NDArray[Any]) -> NDArray[Any]:
    """Stored segments, shape (..., 20, 510), as windows, shape (..., 100, 20, 15), without a copy.

    Frame f is samples 5 f to 5 f + 4 of the segment, and its window reaches 5 samples further to both sides.
    Works on a memory map, of which nothing is read. The view is read-only.
    """
    views = np.lib.stride_tricks.sliding_window_view(stored, WINDOW, axis=-1)[..., ::FRAME, :]
    return np.moveaxis(views, -2, -3)
