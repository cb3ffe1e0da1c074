"""A contest that has run, in moments: people join, tell, submit; what the server would write of trainings is written."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from sqlalchemy import update

from tuners.contest import tables
from tuners.contest.book import Book, Joined
from tuners.contest.form import defaults
from tuners.contest.record import Background, Consent, Contest, Education, Reason, Source, Terms, TryState
from tuners.contest.task import task

CONSENT = Consent("2031-04", "We record what you try.", "Institute of Secrets", "contact@secrets.example")

#: What only somebody in particular would have said.
MONTHS = 173


@dataclass(frozen=True)
class Held:
    """A contest and who took part."""

    book: Book
    contest: Contest
    joined: list[Joined]


def hold(
    book: Book,
    people: int = 12,
    *,
    tries: int = 2,
    reuse: int | None = None,
    source: Source = Source.PERSON,
    ended: bool = True,
) -> Held:
    """reuse: how many agree that their data is passed on; None: all."""
    rng = random.Random(people)
    contest = book.create("The Tuesday group", Terms(tuners=(), searches=1), CONSENT)
    joined = [
        book.join(
            contest.id,
            consent_version=CONSENT.version,
            reuse=reuse is None or place < reuse,
            source=source,
        )
        for place in range(people)
    ]
    book.open(contest.id)
    for place, one in enumerate(joined):
        months = MONTHS if place == 0 else rng.choice((0, 0, 4, 7, 15, 30))
        said = Background(months, rng.choice(list(Education)), rng.randint(1, 5), 1183 - months, 977)
        book.tell_background(contest.id, one.person.id, said)
        book.begin(contest.id, one.person.id)
        for number in range(1, tries + 1):
            submit(book, contest.id, one, number, rng)
    if ended:
        book.end(contest.id)
    return Held(book, book.contest(contest.id), joined)


def submit(book: Book, id: str, one: Joined, number: int, rng: random.Random) -> None:
    """A try with its result."""
    config = dict(defaults(task("digits"))) | {"learning_rate": 10 ** rng.uniform(-4, -1)}
    reasons = {"learning_rate": Reason.GUESS, "epochs": Reason.OTHER}
    book.submit(id, one.person.id, config, reasons, f"=HYPERLINK(1) {one.person.alias} wrote {one.code}")
    key = tables.tries.c
    with book.store.engine.begin() as connection:
        connection.execute(
            update(tables.tries)
            .where(key.contest == id, key.person == one.person.id, key.number == number)
            .values(
                state=str(TryState.COMPLETE),
                started=time.time() + 1,
                ended=time.time() + 3,
                epochs=3,
                seconds=2.0,
                dev_error=rng.uniform(0.2, 0.9),
                curve=[[epoch, rng.uniform(0.2, 2.3), 0.5 * epoch] for epoch in (1, 2, 3)],
                note=f"trained for {one.person.alias}",
            )
        )
