"""The clock of a job."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Seconds since it was made, without those in which it was paused: what only looks at a network is not charged."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._paused = 0.0

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started - self._paused

    @contextmanager
    def paused(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            yield
        finally:
            self._paused += time.monotonic() - begun
