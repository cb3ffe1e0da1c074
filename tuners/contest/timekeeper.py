"""Ends what is over: contests at the bell, people whose own time ran out, practice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from tuners.contest.clock import deadline
from tuners.contest.record import ClockKind, Contest, ContestState
from tuners.contest.work import Work

#: Seconds between two looks at practice that is to be deleted.
TIDY = 5.0

#: Seconds that the time of day may run ahead of the seconds for which this machine was awake. A clock that is kept right
#: moves by less.
SLEEP = 5.0


class Timekeeper:
    """To be asked several times a second. The moment that is written is the bell's, however late this comes."""

    def __init__(self, work: Work, say: Callable[[str], None]) -> None:
        self.work = work
        self.say = say
        self._tidied = 0.0
        self._wall, self._awake = time.time(), time.monotonic()

    def woken(self) -> bool:
        """Notices that the machine slept since this was asked last, or that its clock was put forward, and stops the
        contests' clocks for that while: nobody could do anything, and no bell is to ring at once."""
        wall, awake = time.time(), time.monotonic()
        slept = (wall - self._wall) - (awake - self._awake)
        if slept >= SLEEP:
            self.work.pause(wall - slept, slept)
            self.say(f"the machine slept for {slept:.0f} s; the clocks of open contests stood still")
        self._wall, self._awake = wall, awake  # not where the store did not answer: it is written next time
        return slept >= SLEEP

    def look(self, contests: Iterable[Contest]) -> None:
        """contests: those that are not scored, as they were a moment ago."""
        if self.woken():
            return  # what they were is not what they are
        now = time.time()
        for contest in contests:
            if contest.state != ContestState.OPEN:
                continue
            if contest.terms.clock == ClockKind.TOGETHER:
                bell = deadline(contest)
                if bell is not None and now >= bell:
                    self.work.end(contest.id, by_bell=True)
                    self.say(f"{contest.title}: time is over")
            else:
                self._people(contest, now)
        if self._awake - self._tidied >= TIDY:
            self._tidied = self._awake
            self.work.drop_practice(now)

    def _people(self, contest: Contest, now: float) -> None:
        for person in self.work.people(contest.id):
            bell = deadline(contest, person)
            if person.finished is None and bell is not None and now >= bell:
                self.work.time_over(contest, person, bell)
