"""Contests for the tests of the pages: plausible records, written through the store and never trained."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, update

from tuners.contest import tables
from tuners.contest.book import Book, Joined
from tuners.contest.consent import standard
from tuners.contest.record import (
    Background,
    Contest,
    Education,
    EntrantKind,
    FinalState,
    Source,
    Terms,
    TryState,
)
from tuners.store import Store

CONFIG = {"optimizer": "adam", "loss": "cross-entropy", "epochs": 5, "batch_size": 32, "learning_rate": 0.001}
SAID = Background(6, Education.MASTER_ENROLLED, 3)


def add_contest(store: Store, title: str = "A class", **terms: Any) -> Contest:
    """One in its lobby."""
    asked = Terms(**terms)
    return Book(store).create(title, asked, standard(asked, "A school", "somebody@example.org"))


def add_person(
    store: Store, contest: Contest, alias: str, *, begun: bool = True, source: Source = Source.PERSON
) -> Joined:
    """Somebody who takes part under this name; begun: has seen the task, for which the contest must be open."""
    book = Book(store)
    joined = book.join(contest.id, consent_version=contest.consent.version, reuse=True, source=source)
    book.tell_background(contest.id, joined.person.id, SAID)
    if begun:
        book.begin(contest.id, joined.person.id)
    with store.engine.begin() as connection:
        table = tables.people
        connection.execute(update(table).where(table.c.id == joined.person.id).values(alias=alias))
    return joined


def add_try(
    store: Store,
    contest: Contest,
    person: str,
    number: int,
    dev_error: float | None,
    state: TryState = TryState.COMPLETE,
) -> None:
    """A try that was submitted `number` seconds before now, without a result where `dev_error` is None."""
    now = time.time()
    over = state not in (TryState.QUEUED, TryState.RUNNING)
    row = {
        "contest": contest.id, "person": person, "number": number, "practice": 0, "state": str(state), "config": CONFIG,
        "seed": 1, "submitted": now - 60 + number, "reasons": {}, "comment": "", "epochs": 5, "seconds": 1.5, "curve": [],
        "started": None if state == TryState.QUEUED else now - 50 + number, "ended": now - 48 + number if over else None,
        "dev_error": dev_error, "cancel": 0, "note": "",
    }  # fmt: skip
    with store.engine.begin() as connection:
        connection.execute(insert(tables.tries).values(**row))


def add_final(
    store: Store,
    contest: Contest,
    kind: EntrantKind,
    label: str,
    dev_error: float,
    eval_errors: Sequence[float],
    *,
    person: str = "",
    source: Source = Source.PERSON,
    planned: int | None = None,
) -> None:
    """An entrant with its trainings that are over; planned: how many there will be."""
    entrant = {
        "contest": contest.id, "key": f"{kind}-{label}", "kind": str(kind), "label": label, "source": str(source),
        "config": CONFIG, "dev_error": dev_error, "person": person, "repeat": 0, "note": "",
    }  # fmt: skip
    finals = [
        {
            "contest": contest.id, "entrant": entrant["key"], "place": place, "seed": place,
            "state": str(FinalState.DONE if place < len(eval_errors) else FinalState.WAITING),
            "eval_error": eval_errors[place] if place < len(eval_errors) else None,
            "epochs": 5, "seconds": 1.0, "note": "",
        }
        for place in range(planned or len(eval_errors))
    ]  # fmt: skip
    with store.engine.begin() as connection:
        connection.execute(insert(tables.entrants).values(**entrant))
        connection.execute(insert(tables.finals), finals)


def set_state(store: Store, contest: Contest, **values: Any) -> None:
    """Writes over columns of the contest."""
    with store.engine.begin() as connection:
        connection.execute(update(tables.contests).where(tables.contests.c.id == contest.id).values(**values))
