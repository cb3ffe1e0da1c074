"""Fair turns: who among those that wait comes first, and how long that may take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import mean

from tuners.contest.record import OPEN_TRIES, Place, Try, TryState


def used(tries: Iterable[Try], now: float) -> dict[str, float]:
    """Seconds of training that each person has had, what runs included."""
    seconds: dict[str, float] = {}
    for one in tries:
        running = one.state == TryState.RUNNING and one.started is not None
        had = now - one.started if running and one.started is not None else one.seconds
        seconds[one.person] = seconds.get(one.person, 0.0) + had
    return seconds


def in_turn(waiting: Iterable[Try], had: Mapping[str, float]) -> list[Try]:
    """Those that wait, the next one first: who has had the least training time, then who asked first. Nobody gets
    ahead by short tries alone, and nobody who asked is passed over for long, as others' time grows."""
    return sorted(waiting, key=lambda one: (had.get(one.person, 0.0), one.submitted, one.person))


def places(tries: Iterable[Try], now: float) -> dict[tuple[str, int], Place]:
    """Of each try that waits, how many start before it and the seconds that this may take.

    The estimate takes the mean of what trained so far, and as many workers as train at this moment; None where
    nothing has ended yet.
    """
    known = list(tries)
    ended = [one.seconds for one in known if one.state not in OPEN_TRIES and one.seconds > 0]
    workers = sum(one.state == TryState.RUNNING for one in known)
    order = in_turn((one for one in known if one.state == TryState.QUEUED), used(known, now))
    return {
        (one.person, one.number): Place(ahead, mean(ended) * (ahead + 1) / max(1, workers) if ended else None)
        for ahead, one in enumerate(order)
    }
