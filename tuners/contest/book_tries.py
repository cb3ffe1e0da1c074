"""What participants submit, cancel and mark."""

from __future__ import annotations

import time
from collections.abc import Mapping

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, or_, select, update

from datasets.errors import UsageError
from manual.learner import Config
from tuners.contest.book_reading import CONTESTS, DRAFTS, PEOPLE, TRIES, Reading
from tuners.contest.charges import ledger
from tuners.contest.clock import left
from tuners.contest.form import resolve
from tuners.contest.record import (
    OPEN_TRIES,
    SCORED_TRIES,
    Contest,
    ContestState,
    Person,
    Reason,
    Try,
    TryState,
)
from tuners.contest.rows import try_of
from tuners.contest.task import task
from tuners.seeds import derive
from tuners.store_format import alone
from tuners.store_text import storable

#: Characters of a comment.
LONGEST = 2000

#: Tries of one person, the cancelled ones too, as those that waited cost nothing else.
MOST_TRIES = 1000

#: Practice of a contest that waits or trains: whoever practises is nobody, so it cannot be counted by person.
MOST_PRACTICE = 60

WAITED = "cancelled while it waited; nothing was charged"


class Tries(Reading):
    """Submitting, practising, cancelling, marking."""

    def submit(
        self,
        id: str,
        person: str,
        config: Config,
        reasons: Mapping[str, Reason] | None = None,
        comment: str = "",
    ) -> Try:
        """Asks for a training; it waits for its turn.

        config: resolved or not; it is resolved again. All tries of a contest have one seed, so that the same
        configuration gives the same result. Their draft is deleted: this is what came of it.

        Raises UsageError where the contest is not open, they have not begun, their time is over, their budget is
        spent, a try of theirs waits or runs, or the configuration or a reason is none.
        """
        contest, who = self.contest(id), self.person(id, person)
        now = time.time()
        check_time(contest, who, now)
        tries = self.tries(id, person)
        if any(one.state in OPEN_TRIES for one in tries):
            raise UsageError(
                "one training at a time, and yours waits or runs; cancel it or wait until it has ended"
            )
        if len(tries) >= MOST_TRIES:
            raise UsageError(
                f"one person has at most {MOST_TRIES} tries, and these are yours; mark your final configuration, or finish"
            )
        spent = ledger(contest.terms, tries).spent()
        if spent is not None:
            raise UsageError(f"your budget of {spent} is spent; mark your final configuration, or finish")
        resolved = resolve(task(contest.terms.task), config)
        comment = storable(comment)
        check_reasons(reasons or {}, comment)
        _check_other(reasons or {}, comment)
        here = (
            exists().where(CONTESTS.c.id == id, CONTESTS.c.state == ContestState.OPEN),
            exists().where(PEOPLE.c.contest == id, PEOPLE.c.id == person, PEOPLE.c.finished.is_(None)),
        )
        number = max((one.number for one in tries), default=0) + 1
        said = {name: str(reason) for name, reason in (reasons or {}).items()}
        return self._add(contest, person, number, resolved, here, said, comment)

    def practise(self, id: str, practice_id: str, config: Config) -> Try:
        """A training that belongs to nobody: it waits behind everybody's, and is deleted ten minutes after it ended.

        practice_id: drawn for the moment (`tuners.contest.codes.new_id`). Raises UsageError as `submit` does.
        """
        contest = self.contest(id)
        if contest.state not in (ContestState.LOBBY, ContestState.OPEN):
            raise UsageError(f"contest {contest.title!r} is {contest.state}, and practice ended with it")
        tries = self.practice(id, practice_id)
        if any(one.state in OPEN_TRIES for one in tries):
            raise UsageError(
                "one training at a time, and yours waits or runs; cancel it or wait until it has ended"
            )
        if self._practised(id) >= MOST_PRACTICE:
            raise UsageError(
                f"{MOST_PRACTICE} practice trainings wait or run already, which is the most at a time; try again in a minute"
            )
        resolved = resolve(task(contest.terms.task), config)
        states = (ContestState.LOBBY, ContestState.OPEN)
        here = (exists().where(CONTESTS.c.id == id, CONTESTS.c.state.in_(states)),)
        number = max((one.number for one in tries), default=0) + 1
        return self._add(contest, practice_id, number, resolved, here, {}, "", practice=1)

    def cancel(self, id: str, person: str, number: int) -> None:
        """Takes a try that waits out of the queue; one that runs is stopped by the server within about two seconds.

        person: or the practice. What has ended stays as it is.
        """
        one = (TRIES.c.contest == id, TRIES.c.person == person, TRIES.c.number == number)
        with alone(self.store.engine) as connection:
            connection.execute(
                update(TRIES)
                .where(*one, TRIES.c.state == TryState.QUEUED)
                .values(state=str(TryState.CANCELLED), ended=time.time(), note=WAITED)
            )
            connection.execute(update(TRIES).where(*one, TRIES.c.state == TryState.RUNNING).values(cancel=1))

    def mark_final(self, id: str, person: str, number: int | None) -> None:
        """Chooses the try whose configuration is theirs in the end; None: the best one on dev, as without a mark.

        Raises UsageError once their time is over, and for a try without a result.
        """
        contest, who = self.contest(id), self.person(id, person)
        check_time(contest, who, time.time())
        if number is not None:
            tries = {one.number: one for one in self.tries(id, person)}
            if number not in tries or tries[number].state not in SCORED_TRIES:
                state = tries[number].state if number in tries else "not there"
                raise UsageError(
                    f"try {number} is {state}; mark one that has a dev accuracy, or none at all: then your best one counts"
                )
        is_open = exists().where(CONTESTS.c.id == id, CONTESTS.c.state == ContestState.OPEN)
        with alone(self.store.engine) as connection:
            changed = connection.execute(
                update(PEOPLE)
                .where(PEOPLE.c.contest == id, PEOPLE.c.id == person, PEOPLE.c.finished.is_(None), is_open)
                .values(final=number)
            ).rowcount
        if not changed:
            raise UsageError("your time was over this moment, and your final configuration is fixed")

    def _practised(self, id: str) -> int:
        """Practice that has not ended, of everybody."""
        open_ones = (TRIES.c.contest == id, TRIES.c.practice == 1, TRIES.c.state.in_(OPEN_TRIES))
        (row,) = self._rows(select(func.count().label("number")).select_from(TRIES).where(*open_ones))
        return int(row["number"])

    def _add(
        self,
        contest: Contest,
        person: str,
        number: int,
        config: Config,
        here: tuple[ColumnElement[bool], ...],
        reasons: Mapping[str, str],
        comment: str,
        practice: int = 0,
    ) -> Try:
        """Writes a try unless another of theirs was first. number: the one after those that were seen, so that a
        second click at the same moment finds it taken."""
        row = {
            "contest": contest.id,
            "person": person,
            "number": number,
            "practice": practice,
            "state": str(TryState.QUEUED),
            "config": dict(config),
            "seed": derive(contest.terms.seed, "trial"),
            "submitted": time.time(),
            "reasons": dict(reasons),
            "comment": comment,
            "started": None,
            "ended": None,
            "epochs": 0,
            "seconds": 0.0,
            "dev_error": None,
            "curve": [],
            "cancel": 0,
            "note": "",
        }
        mine = (TRIES.c.contest == contest.id, TRIES.c.person == person)
        another = exists().where(*mine, or_(TRIES.c.state.in_(OPEN_TRIES), TRIES.c.number == number))
        with alone(self.store.engine) as connection:
            if connection.execute(select(literal(1)).where(~another, *here)).first() is None:
                raise UsageError(
                    "it was not taken: another training of yours was asked for at the same moment, or the time was over"
                )
            connection.execute(insert(TRIES).values(row))
            if not practice:  # it is no draft any more
                connection.execute(
                    delete(DRAFTS).where(DRAFTS.c.contest == contest.id, DRAFTS.c.person == person)
                )
        return try_of(row)


def check_time(contest: Contest, who: Person, now: float) -> None:
    """Raises UsageError where nothing can be submitted or marked."""
    if who.finished is not None:
        raise UsageError(f"your part has ended ({who.ending}), and nothing can be changed any more")
    if contest.state != ContestState.OPEN:
        raise UsageError(f"contest {contest.title!r} is {contest.state}; this can be done while it is open")
    if who.started is None:
        raise UsageError("look at the task first; your part begins with that")
    if left(contest, who, now) == 0:
        raise UsageError(
            f"the {contest.terms.minutes:g} minutes are over, and nothing can be changed any more"
        )


def check_reasons(reasons: Mapping[str, Reason], comment: str) -> None:
    """Raises UsageError for what cannot be stored. Types are looked at as well, as a form's choices are checked by the
    browser alone."""
    for name, reason in reasons.items():
        if not isinstance(reason, Reason):
            raise UsageError(
                f"the reason for {name} must be one of: {', '.join(Reason)}; {reason!r} is not; choose one of these"
            )
    if len(comment) > LONGEST:
        raise UsageError(
            f"a comment has at most {LONGEST} characters, and yours has {len(comment)}; shorten it"
        )


def _check_other(reasons: Mapping[str, Reason], comment: str) -> None:
    if Reason.OTHER in reasons.values() and not comment.strip():
        raise UsageError(f'where the reason is "{Reason.OTHER}", a comment must say which; write a few words')
