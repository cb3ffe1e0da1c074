"""What instructors do."""

from __future__ import annotations

import time
from dataclasses import asdict

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from datasets.errors import MissingLibraryError, UsageError
from datasets.plugins import find
from tuners.contest import codes, tables
from tuners.contest.book_reading import CONTESTS, DRAFTS, PAUSES, PEOPLE, TRIES, Reading
from tuners.contest.clock import deadline, left
from tuners.contest.erase import empty_log
from tuners.contest.record import ClockKind, Consent, Contest, ContestState, Terms, TryState
from tuners.contest.task import task
from tuners.record import HAND
from tuners.searcher import SEARCH, SearcherPlugin
from tuners.store_format import alone
from tuners.store_text import storable

#: How often a join code is drawn anew where it is taken.
DRAWS = 20

OVER = "time was over"
ENDED = "the contest was ended"


class Contests(Reading):
    """Creating, opening, extending, ending, deleting."""

    def create(self, title: str, terms: Terms, consent: Consent) -> Contest:
        """A contest in its lobby. Raises UsageError for terms that cannot be kept."""
        _check(title, terms, consent)
        with alone(self.store.engine) as connection:
            tables.metadata.create_all(connection)
        row = {
            "id": codes.new_id(),
            "title": storable(title).strip(),
            "terms": asdict(terms),
            "consent": asdict(consent),
            "state": str(ContestState.LOBBY),
            "created": time.time(),
            "extended": 0.0,
        }
        for _ in range(DRAWS):
            try:
                with alone(self.store.engine) as connection:
                    connection.execute(insert(CONTESTS).values(**row, join_code=codes.new_join_code()))
            except IntegrityError:
                continue
            return self.contest(str(row["id"]))
        raise RuntimeError("no join code is free")

    def open(self, id: str) -> None:
        """Opens the lobby's doors: the task is shown, and a clock for all begins. Again: changes nothing."""
        changed = self._move(id, ContestState.LOBBY, state=str(ContestState.OPEN), opened=time.time())
        state = self.contest(id).state
        if not changed and state != ContestState.OPEN:
            raise UsageError(f"contest {id} is {state} and cannot be opened again; create another one")

    def extend(self, id: str, minutes: float) -> None:
        """Adds minutes while it is open, to everybody's clock. Tuners' budgets stay: they count training alone."""
        if not 0 < minutes <= 600:
            raise UsageError(
                f"a contest is extended by more than 0 and at most 600 minutes, not by {minutes:g}"
            )
        with alone(self.store.engine) as connection:
            contest = self.contest(id)
            over = contest.terms.clock == ClockKind.TOGETHER and left(contest, None, time.time()) == 0
            if over or contest.state != ContestState.OPEN:
                state = contest.state if contest.state != ContestState.OPEN else "over"
                raise UsageError(
                    f"contest {id} is {state}; only an open one is extended. Time that is over stays over"
                )
            longer = contest.extended + minutes
            connection.execute(update(CONTESTS).where(CONTESTS.c.id == id).values(extended=longer))

    def end(self, id: str, *, by_bell: bool = False) -> None:
        """Ends it for everybody; final configurations are fixed, practice is deleted, and scoring begins. Again: changes
        nothing.

        by_bell: not where the bell was put off this moment. Where it has rung, its moment is the end, however late it is
        noticed.
        """
        with alone(self.store.engine) as connection:
            contest = self.contest(id)
            moment, bell, why = time.time(), deadline(contest), ENDED
            if bell is not None and bell <= moment:
                moment, why = bell, OVER
            elif by_bell:
                return
            changed = connection.execute(
                update(CONTESTS)
                .where(CONTESTS.c.id == id, CONTESTS.c.state.in_((ContestState.LOBBY, ContestState.OPEN)))
                .values(
                    state=str(ContestState.ENDED),
                    ended=moment,
                    freeze=moment + 86400 * contest.consent.freeze_days,
                )
            ).rowcount
            if not changed:
                return
            connection.execute(
                update(PEOPLE)
                .where(PEOPLE.c.contest == id, PEOPLE.c.finished.is_(None))
                .values(finished=moment, ending=why)
            )
            connection.execute(
                update(TRIES)
                .where(TRIES.c.contest == id, TRIES.c.state == TryState.QUEUED)
                .values(state=str(TryState.CUT), ended=moment, note=f"{why} while it waited")
            )
            connection.execute(
                update(TRIES).where(TRIES.c.contest == id, TRIES.c.state == TryState.RUNNING).values(cancel=1)
            )
            connection.execute(delete(DRAFTS).where(DRAFTS.c.contest == id))
            connection.execute(delete(TRIES).where(TRIES.c.contest == id, TRIES.c.practice == 1))

    def delete(self, id: str) -> None:
        """Deletes a contest with everything of everybody. Its tuners' study stays as a study.

        Raises UsageError while it is open.
        """
        contest = self.contest(id)
        with alone(self.store.engine) as connection:
            deleted = connection.execute(
                delete(CONTESTS).where(CONTESTS.c.id == id, CONTESTS.c.state != ContestState.OPEN)
            ).rowcount
            if deleted:
                for table in (PEOPLE, TRIES, DRAFTS, PAUSES, tables.live, tables.entrants, tables.finals):
                    connection.execute(delete(table).where(table.c.contest == id))
        if not deleted:
            raise UsageError(f"contest {contest.title!r} is open; end it before you delete it")
        empty_log(self.store)

    def _move(self, id: str, from_state: ContestState, **values: object) -> bool:
        self.contest(id)
        with alone(self.store.engine) as connection:
            changed = connection.execute(
                update(CONTESTS).where(CONTESTS.c.id == id, CONTESTS.c.state == from_state).values(**values)
            ).rowcount
        return bool(changed)


def _check(title: str, terms: Terms, consent: Consent) -> None:
    """Raises UsageError with the rule, the value and the way out."""
    if not storable(title).strip() or len(title) > 120:
        raise UsageError(
            f"a contest needs a title of 1 to 120 characters, and this one has {len(title.strip())}"
        )
    if not consent.version.strip() or not consent.text.strip():
        raise UsageError("a contest needs a text that participants agree to, and its version; both are empty")
    missing = task(terms.task).missing()
    if missing is not None:
        raise MissingLibraryError(f"task {terms.task} cannot be set here: it {missing}")
    if not 0 < terms.minutes <= 100_000:
        raise UsageError(f"a contest lasts more than 0 and at most 100000 minutes, not {terms.minutes:g}")
    for name, value, low, high in (
        ("max_trials", terms.max_trials, 1, 10_000),
        ("total_epochs", terms.total_epochs, 1, 10_000_000),
        ("searches", terms.searches, 1, 1_000),
        ("final_seeds", terms.final_seeds, 1, 100),
    ):
        if value is not None and not low <= value <= high:
            raise UsageError(f"{name} must be from {low} to {high}, and {value} is not")
    if len(set(terms.tuners)) < len(terms.tuners):
        raise UsageError(
            f"each tuner takes part once: {', '.join(terms.tuners)}; `searches` says how often it searches"
        )
    for name in terms.tuners:
        if name == HAND:
            raise UsageError("hand is no autotuner: people tune by hand here. Choose others")
        find(SEARCH, SearcherPlugin, name, "tuner")
