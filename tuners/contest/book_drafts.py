"""What participants have filled in and not submitted, so that a reload or another device goes on with it.

A draft is its person's alone: no page of anybody else's and no export reads it, and it is gone with the try that it
becomes, with the end of their part, and with a withdrawal.
"""

from __future__ import annotations

import time

from sqlalchemy import exists, insert, select, update

from datasets.errors import UsageError
from datasets.plugins import unknown
from manual.learner import Value
from tuners.contest.book_reading import CONTESTS, DRAFTS, PEOPLE, Reading
from tuners.contest.book_tries import check_reasons, check_time
from tuners.contest.form import Field, fields
from tuners.contest.record import ContestState, Draft
from tuners.contest.rows import draft_of
from tuners.contest.task import task
from tuners.store_format import alone

#: Characters of a value as somebody types it; no number needs more.
LONGEST_VALUE = 20


class Drafts(Reading):
    """Keeping and reading the one draft that somebody may have."""

    def draft(self, id: str, person: str) -> Draft | None:
        """What somebody has filled in since they submitted last; None where that is nothing."""
        # A reader may meet a store that is older than this table, and that nobody has written to since.
        if not self._has(DRAFTS):
            return None
        rows = self._rows(select(DRAFTS).where(DRAFTS.c.contest == id, DRAFTS.c.person == person))
        return next((draft_of(row) for row in rows), None)

    def keep_draft(self, id: str, person: str, draft: Draft) -> None:
        """Keeps it in place of the one before: of two tabs the last one counts. It need not be right.

        Raises UsageError where nothing could be submitted for want of time, and for what no form holds: other names,
        options that there are not, longer text. So a draft cannot grow the store.
        """
        contest, who = self.contest(id), self.person(id, person)
        check_time(contest, who, time.time())
        _check(fields(task(contest.terms.task)), draft)
        key = {"contest": id, "person": person}
        said = {name: str(reason) for name, reason in draft.reasons.items()}
        row = {"given": dict(draft.given), "reasons": said, "comment": draft.comment}
        is_open = exists().where(CONTESTS.c.id == id, CONTESTS.c.state == ContestState.OPEN)
        here = select(PEOPLE.c.id).where(
            PEOPLE.c.contest == id, PEOPLE.c.id == person, PEOPLE.c.finished.is_(None), is_open
        )
        written = update(DRAFTS).where(DRAFTS.c.contest == id, DRAFTS.c.person == person).values(row)
        with alone(self.store.engine) as connection:
            if connection.execute(here).first() is None:
                raise UsageError("your part ended this moment, and what you filled in is not kept")
            if not connection.execute(written).rowcount:
                connection.execute(insert(DRAFTS).values(key | row))


def _check(entries: tuple[Field, ...], draft: Draft) -> None:
    """Raises UsageError with the rule, the value and the way out. Types are looked at as well, as a form's choices are
    checked by the browser alone, which is the participant's."""
    known = {one.name: one for one in entries}
    for name in (*draft.given, *draft.reasons):
        if name not in known:
            raise unknown("hyperparameter", name, known)
    for name, value in draft.given.items():
        _check_value(known[name], value)
    check_reasons(draft.reasons, draft.comment)


def _check_value(one: Field, value: Value) -> None:
    if one.options:
        if not isinstance(value, str) or value not in one.options:
            raise UsageError(f"{one.label} = {str(value)[:40]} is not possible. It must be {one.rule}.")
    elif not isinstance(value, str) or len(value) > LONGEST_VALUE or "\0" in value:
        raise UsageError(
            f"{one.label} is kept as text of at most {LONGEST_VALUE} characters, and {str(value)[:40]!r} is not; type it anew"
        )
