"""What participants do, their tries apart (`tuners.contest.book_tries`)."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass

from sqlalchemy import delete, exists, insert, select, update

from datasets.errors import UsageError
from tuners.contest import codes, tables
from tuners.contest.book_reading import CONTESTS, DRAFTS, PEOPLE, TRIES, Reading
from tuners.contest.erase import empty_log
from tuners.contest.record import Background, ContestState, Education, Person, Source, TryState
from tuners.contest.rows import person_of
from tuners.store import Store
from tuners.store_format import alone

#: States of a contest in which somebody may join.
JOINABLE = (ContestState.LOBBY, ContestState.OPEN)

FINISHED = "they finished"

#: People of a contest. A lecture has fewer; a browser that joins in a loop has not.
MOST_PEOPLE = 1000

#: What has a row of a person; all of it goes when they withdraw.
PERSONAL = (tables.tries, tables.drafts, tables.live, tables.entrants)


@dataclass(frozen=True)
class Joined:
    """A new participant. token: for their browser. code: to be shown once; it brings them back and withdraws."""

    person: Person
    token: str
    code: str


class People(Reading):
    """Joining, coming back, telling, beginning, finishing, withdrawing."""

    def join(self, id: str, *, consent_version: str, reuse: bool, source: Source = Source.PERSON) -> Joined:
        """A new participant who agreed to a text. reuse: that their data may be passed on.

        Raises UsageError where the contest is over or full, or the text is another one by now.
        """
        contest = self.contest(id)
        if contest.state not in JOINABLE:
            raise UsageError(f"contest {contest.title!r} is {contest.state}, and nobody can join any more")
        if consent_version != contest.consent.version:
            raise UsageError(
                f"the text to agree to is version {contest.consent.version!r} by now, and you read "
                f"{consent_version!r}; read it again"
            )
        token, code = codes.new_token(), codes.new_personal_code()
        now = time.time()
        row = {
            "contest": id,
            "id": codes.new_id(),
            "token": codes.hashed(token),
            "code": codes.hashed(codes.typed(code)),
            "source": str(source),
            "consent_version": consent_version,
            "agreed": now,
            "reuse": int(reuse),
            "joined": now,
            "ending": "",
        }
        here = select(CONTESTS.c.id).where(CONTESTS.c.id == id, CONTESTS.c.state.in_(JOINABLE))
        with alone(self.store.engine) as connection:
            if connection.execute(here).first() is None:
                raise UsageError(f"contest {contest.title!r} ended this moment, and nobody can join any more")
            taken = set(connection.execute(select(PEOPLE.c.alias).where(PEOPLE.c.contest == id)).scalars())
            if len(taken) >= MOST_PEOPLE:
                raise UsageError(
                    f"contest {contest.title!r} is full: at most {MOST_PEOPLE} people join one; tell the instructor, who "
                    "can create another"
                )
            alias = codes.new_alias()
            while alias in taken:
                alias = f"{codes.new_alias()} {len(taken) + 1}"
            connection.execute(insert(PEOPLE).values(**row, alias=alias))
        return Joined(self.person(id, str(row["id"])), token, code)

    def come_back(self, code: str) -> tuple[Person, str]:
        """Who has this personal code, and a new token for their browser; the one before it ends.

        Raises UsageError for a code that nobody has.
        """
        token = codes.new_token()
        wanted = codes.hashed(codes.typed(code))
        if self.exists():
            with alone(self.store.engine) as connection:
                connection.execute(
                    update(PEOPLE).where(PEOPLE.c.code == wanted).values(token=codes.hashed(token))
                )
        return self._of_code(code), token

    def new_code(self, id: str, person: str) -> str:
        """Another personal code, shown once, for somebody who did not keep theirs; the one before it ends."""
        code = codes.new_personal_code()
        with alone(self.store.engine) as connection:
            connection.execute(
                update(PEOPLE)
                .where(PEOPLE.c.contest == id, PEOPLE.c.id == person)
                .values(code=codes.hashed(codes.typed(code)))
            )
        self.person(id, person)
        return code

    def tell_background(self, id: str, person: str, background: Background) -> None:
        """What somebody says of themselves; it can change until they see the task.

        Raises UsageError for impossible values and once they have begun.
        """
        _check(background)
        said = asdict(background)
        where = (PEOPLE.c.contest == id, PEOPLE.c.id == person)
        with alone(self.store.engine) as connection:
            changed = connection.execute(
                update(PEOPLE).where(*where, PEOPLE.c.started.is_(None)).values(background=said)
            ).rowcount
        if not changed and self.person(id, person).background != background:
            raise UsageError(
                "what you said of yourself is fixed once you have seen the task; tell the organiser of a mistake"
            )

    def begin(self, id: str, person: str) -> None:
        """Their first look at the task, from which a clock of their own runs. Again: changes nothing.

        Raises UsageError while the contest is not open, and before they told their background.
        """
        contest, who = self.contest(id), self.person(id, person)
        if contest.state != ContestState.OPEN:
            raise UsageError(
                f"contest {contest.title!r} is {contest.state}; the task is shown while it is open"
            )
        if who.background is None:
            raise UsageError("say what you know of deep learning first; the task is shown after that")
        is_open = exists().where(CONTESTS.c.id == id, CONTESTS.c.state == ContestState.OPEN)
        with alone(self.store.engine) as connection:
            connection.execute(
                update(PEOPLE)
                .where(PEOPLE.c.contest == id, PEOPLE.c.id == person, PEOPLE.c.started.is_(None), is_open)
                .values(started=time.time())
            )

    def finish(self, id: str, person: str) -> None:
        """They are done before their time is over; what waits or runs of theirs is cancelled."""
        self.person(id, person)
        end_part(self.store, id, person, time.time(), FINISHED, TryState.CANCELLED)

    def withdraw(self, code: str) -> None:
        """Deletes everything of the person who has this personal code, at once and for good, also what SQLite would leave
        of it in its file.

        Raises UsageError for a code that nobody has, and after the moment from which the analysis is fixed.
        """
        who = self._of_code(code)
        contest = self.contest(who.contest)
        if contest.freeze is not None and time.time() > contest.freeze:
            day = time.strftime("%Y-%m-%d", time.localtime(contest.freeze))
            raise UsageError(
                f"the results of contest {contest.title!r} are fixed since {day}, as the text that you agreed to says, "
                "and nothing can be withdrawn any more"
            )
        keys = select(tables.entrants.c.key).where(
            tables.entrants.c.contest == who.contest, tables.entrants.c.person == who.id
        )
        finals = tables.finals
        with alone(self.store.engine) as connection:
            connection.execute(
                delete(finals).where(finals.c.contest == who.contest, finals.c.entrant.in_(keys))
            )
            for table in PERSONAL:
                connection.execute(
                    delete(table).where(table.c.contest == who.contest, table.c.person == who.id)
                )
            connection.execute(delete(PEOPLE).where(PEOPLE.c.contest == who.contest, PEOPLE.c.id == who.id))
        empty_log(self.store)

    def _of_code(self, code: str) -> Person:
        query = select(PEOPLE).where(PEOPLE.c.code == codes.hashed(codes.typed(code)))
        for row in self._rows(query):
            return person_of(row)
        raise UsageError(
            "nobody has this personal code; it is the one of five groups that was shown once, when you joined. Compare "
            "it letter by letter; who withdrew has none any more"
        )


def _check(said: Background) -> None:
    """Raises UsageError with the rule, the value and the way out.

    Types are looked at as well: a form's choices are checked by the browser alone, which is the participant's, and what
    the store has is read by everybody.
    """
    for name, months in (
        ("deep learning", said.months),
        ("other machine learning", said.ml_months),
        ("programming", said.programming_months),
    ):
        if months is not None and not _whole(months, 0, 1200):
            raise UsageError(
                f"months with {name} must be from 0 to 1200, and {months} is not; give whole months"
            )
    if said.education not in list(Education):
        steps = ", ".join(Education)
        raise UsageError(
            f"the education must be one of: {steps}; {said.education!r} is not; choose one of these"
        )
    if not _whole(said.rating, 1, 5):
        raise UsageError(f"the rating must be from 1 to 5, and {said.rating} is not; choose one of these")


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def end_part(store: Store, id: str, person: str, at: float, ending: str, waiting: TryState) -> None:
    """Ends the part of one person, once. at: when, in seconds since 1970. ending: why, in words. waiting: what becomes of a
    try of theirs that waits; one that runs is cancelled, and their draft is deleted."""
    mine = (TRIES.c.contest == id, TRIES.c.person == person)
    with alone(store.engine) as connection:
        changed = connection.execute(
            update(PEOPLE)
            .where(PEOPLE.c.contest == id, PEOPLE.c.id == person, PEOPLE.c.finished.is_(None))
            .values(finished=at, ending=ending)
        ).rowcount
        if changed:
            connection.execute(
                update(TRIES)
                .where(*mine, TRIES.c.state == TryState.QUEUED)
                .values(state=str(waiting), ended=at, note=f"{ending} while it waited")
            )
            connection.execute(update(TRIES).where(*mine, TRIES.c.state == TryState.RUNNING).values(cancel=1))
            connection.execute(delete(DRAFTS).where(DRAFTS.c.contest == id, DRAFTS.c.person == person))
