"""The clock of a contest, and whose training comes next."""

from __future__ import annotations

from dataclasses import replace

from contest_steps import CONSENT, trying

from tuners.contest import clock, turns
from tuners.contest.record import (
    ClockKind,
    Contest,
    ContestState,
    Pause,
    Person,
    Source,
    Terms,
    TryState,
)

LOBBY = Contest("c", "C", "ABCDE", Terms(minutes=10), CONSENT, ContestState.LOBBY, created=0.0)
PERSON = Person("c", "p", "Nimble Otter", Source.PERSON, "1", 0.0, True, 0.0)


def test_the_clock_stands_in_the_lobby_and_is_one_for_all() -> None:
    assert clock.deadline(LOBBY) is None and clock.left(LOBBY, PERSON, 50.0) is None
    running = replace(LOBBY, state=ContestState.OPEN, opened=100.0, extended=1.0)
    assert clock.deadline(running) == clock.deadline(running, PERSON) == 100 + 660
    assert clock.left(running, PERSON, 160.0) == 600
    assert clock.left(running, None, 1000.0) == 0
    assert clock.left(running, replace(PERSON, finished=120.0), 160.0) == 0
    over = replace(running, state=ContestState.ENDED, ended=200.0)
    assert clock.deadline(over) == 200 and clock.left(over, PERSON, 150.0) == 0


def test_a_clock_of_ones_own_begins_with_the_first_look() -> None:
    contest = replace(
        LOBBY, terms=Terms(minutes=10, clock=ClockKind.EACH), state=ContestState.OPEN, opened=100.0
    )
    assert clock.deadline(contest) is None and clock.left(contest, PERSON, 500.0) is None
    begun = replace(PERSON, started=300.0)
    assert clock.deadline(contest, begun) == 900 and clock.left(contest, begun, 500.0) == 400
    assert clock.deadline(replace(contest, ended=400.0), begun) == 400


def test_a_pause_counts_on_the_clocks_that_ran() -> None:
    """From 400 to 700, and, as the clock had been put forward, from 1000 to 1100."""
    asleep = (Pause(400.0, 300.0), Pause(1000.0, 100.0))
    running = replace(LOBBY, state=ContestState.OPEN, opened=100.0, pauses=asleep)
    assert clock.deadline(running) == 100 + 600 + 300, "the second one came after the bell"
    assert clock.deadline(replace(running, extended=5.0)) == 100 + 900 + 400
    assert clock.deadline(replace(running, ended=500.0)) == 500
    own = replace(running, terms=Terms(minutes=10, clock=ClockKind.EACH))
    ends = {begun: clock.deadline(own, replace(PERSON, started=begun)) for begun in (-250.0, 150.0, 750.0)}
    assert ends == {-250.0: 350, 150.0: 1150, 750.0: 1450}
    assert clock.elapsed(running, 100.0, 1200.0) == 700 and clock.elapsed(running, 750.0, 950.0) == 200


def test_who_has_trained_least_comes_first_then_who_asked_first() -> None:
    tries = [
        trying("a", TryState.COMPLETE, seconds=30),
        trying("a", TryState.QUEUED, submitted=1, number=2),
        trying("b", TryState.QUEUED, submitted=3),
        trying("c", TryState.QUEUED, submitted=2),
        trying("d", TryState.RUNNING, submitted=90),
        trying("d", TryState.QUEUED, submitted=0, number=2),
    ]
    waiting = [one for one in tries if one.state == TryState.QUEUED]
    had = turns.used(tries, now=100.0)
    assert had == {"a": 30, "b": 0, "c": 0, "d": 10}
    assert [one.person for one in turns.in_turn(waiting, had)] == ["c", "b", "d", "a"]
    places = turns.places(tries, now=100.0)
    assert {person: place.ahead for (person, _), place in places.items()} == {"c": 0, "b": 1, "d": 2, "a": 3}
    assert places["a", 2].wait == 4 * 30
    assert turns.places([trying("a", TryState.QUEUED)], 0.0)["a", 1].wait is None
