"""Ends what is over: contests at the bell, people whose own time ran out, practice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from tuners.contest.book_contests import OVER
from tuners.contest.clock import deadline
from tuners.contest.record import ClockKind, Contest, ContestState
from tuners.contest.work import Work

#: Seconds between two looks at practice that is to be deleted.
TIDY = 5.0


class Timekeeper:
    """To be asked several times a second. The moment that is written is the bell's, however late this comes."""

    def __init__(self, work: Work, say: Callable[[str], None]) -> None:
        self.work = work
        self.say = say
        self._tidied = 0.0

    def look(self, contests: Iterable[Contest]) -> None:
        """contests: those that are not scored."""
        now = time.time()
        for contest in contests:
            if contest.state != ContestState.OPEN:
                continue
            if contest.terms.clock == ClockKind.TOGETHER:
                bell = deadline(contest)
                if bell is not None and now >= bell:
                    self.work.end(contest.id, at=bell, why=OVER)
                    self.say(f"{contest.title}: time is over")
            else:
                self._people(contest, now)
        if now - self._tidied >= TIDY:
            self._tidied = now
            self.work.drop_practice(now)

    def _people(self, contest: Contest, now: float) -> None:
        for person in self.work.people(contest.id):
            bell = deadline(contest, person)
            if person.finished is None and bell is not None and now >= bell:
                self.work.time_over(contest, person, bell)
