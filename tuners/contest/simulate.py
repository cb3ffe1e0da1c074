"""Simulated participants in a real contest: they join, think and submit as people do, and their trainings are real.

All of them are marked as simulated (`Source.SIMULATED`), which every table and figure says, and no export takes them.
Their choices follow from the seed; which of their tries the bell cuts off depends on how fast the machine is.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from datasets.errors import UsageError
from tuners.contest.book import Book
from tuners.contest.clock import left
from tuners.contest.player import Player, drawn_background
from tuners.contest.record import OPEN_TRIES, Contest, ContestState, Source, Try
from tuners.contest.task import task
from tuners.seeds import derive

#: Seconds between two looks at the store.
LOOK = 0.25


@dataclass(frozen=True)
class Standing:
    """How a simulation stands. left: seconds until the bell, None while no clock runs. best: the lowest dev error."""

    state: ContestState
    people: int
    finished: int
    tries: int
    left: float | None
    best: float | None


@dataclass
class _Seat:
    """A simulated participant. ready: when they will have thought, seconds since 1970. seen: tries whose end they saw."""

    id: str
    player: Player
    ready: float
    begun: bool = False
    done: bool = False
    seen: int = 0


class Crowd:
    """Simulated participants of one contest. pace: how many times faster than people they think."""

    def __init__(self, book: Book, id: str, people: int, seed: int, pace: float) -> None:
        """They join; raises UsageError where nobody can."""
        self.book, self.id, self.pace = book, id, pace
        contest = book.contest(id)
        self.seats = []
        for number in range(people):
            rng = np.random.default_rng(derive(seed, "simulated participant", number))
            joined = book.join(
                id, consent_version=contest.consent.version, reuse=False, source=Source.SIMULATED
            )
            background = drawn_background(rng)
            book.tell_background(id, joined.person.id, background)
            player = Player(task(contest.terms.task), background, rng)
            self.seats.append(_Seat(joined.person.id, player, time.time() + player.think() / pace))

    def run(self, watch: Callable[[Standing], None]) -> None:
        """Plays until everybody has finished or the contest has ended. watch: told how it stands after every look.

        Waits while the contest is in its lobby.
        """
        while True:
            contest = self.book.contest(self.id)
            tries = self.book.tries(self.id)
            watch(self._standing(contest, tries))
            if contest.state not in (ContestState.LOBBY, ContestState.OPEN) or all(
                seat.done for seat in self.seats
            ):
                return
            if contest.state == ContestState.OPEN:
                by_person: dict[str, list[Try]] = {}
                for one in tries:
                    by_person.setdefault(one.person, []).append(one)
                for seat in self.seats:
                    if not seat.done:
                        self._act(seat, by_person.get(seat.id, []))
            time.sleep(LOOK)

    def leave(self) -> None:
        """Everybody finishes now; what trains for them is cancelled."""
        for seat in self.seats:
            self.book.finish(self.id, seat.id)

    def _act(self, seat: _Seat, tries: list[Try]) -> None:
        """What somebody does at this moment, if anything."""
        now = time.time()
        waiting = [one for one in tries if one.state in OPEN_TRIES]
        for one in waiting:
            if seat.player.gives_up(one):
                self.book.cancel(self.id, seat.id, one.number)
        if waiting:
            return
        if len(tries) > seat.seen:  # a result is there, and they begin to think
            seat.seen = len(tries)
            seat.ready = now + seat.player.think() / self.pace
        if now < seat.ready:
            return
        move = seat.player.move(tries)
        try:
            if not seat.begun:
                self.book.begin(self.id, seat.id)
                seat.begun = True
            if move is not None:
                self.book.submit(self.id, seat.id, move.config, move.reasons)
                return
        except UsageError:  # their budget is spent, or the bell rang at this moment
            pass
        with suppress(UsageError):  # the bell rang
            self.book.mark_final(self.id, seat.id, seat.player.mark(tries))
        self.book.finish(self.id, seat.id)
        seat.done = True

    def _standing(self, contest: Contest, tries: list[Try]) -> Standing:
        mine = {seat.id for seat in self.seats}
        own = [one for one in tries if one.person in mine]
        errors = [one.dev_error for one in own if one.dev_error is not None]
        return Standing(
            contest.state,
            len(self.seats),
            sum(seat.done for seat in self.seats),
            sum(one.state not in OPEN_TRIES for one in own),
            left(contest, None, time.time()),
            min(errors, default=None),
        )
