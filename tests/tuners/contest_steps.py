"""What tests of a contest's book do again and again: a contest that is open, somebody in it, a try with its end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import event, update

from datasets.errors import UsageError
from tuners.contest import tables
from tuners.contest.book import Book
from tuners.contest.record import Background, Consent, Contest, Education, Terms, Try, TryState
from tuners.store import Store
from tuners.store_format import ALONE

CONSENT = Consent("1", "You agree.", "A school", "somebody@example.org", freeze_days=7)
SAID = Background(months=6, education=Education.MASTER_ENROLLED, rating=3)
CONFIG = {
    "optimizer": "sgd",
    "loss": "cross-entropy",
    "epochs": 3,
    "batch_size": 64,
    "learning_rate": 0.05,
    "weight_decay": 0.0,
    "momentum": 0.9,
}


def opened(book: Book, **terms: object) -> Contest:
    contest = book.create("A class", Terms(**terms), CONSENT)  # type: ignore[arg-type]
    book.open(contest.id)
    return book.contest(contest.id)


def taking_part(book: Book, id: str) -> str:
    person = book.join(id, consent_version="1", reuse=True).person.id
    book.tell_background(id, person, SAID)
    book.begin(id, person)
    return person


def ended(book: Book, one: Try, state: TryState = TryState.COMPLETE, **values: object) -> None:
    """As the server writes it."""
    row = {"state": str(state), "started": one.submitted, "ended": time.time(), "dev_error": 0.2, "epochs": 3}
    key = (tables.tries.c.person == one.person, tables.tries.c.number == one.number)
    with book.store.engine.begin() as connection:
        connection.execute(update(tables.tries).where(*key).values(**row | values))


def trying(
    person: str, state: TryState, submitted: float = 0.0, seconds: float = 0.0, number: int = 1
) -> Try:
    started = None if state == TryState.QUEUED else submitted
    return Try("c", person, number, state, {}, 1, submitted, started=started, seconds=seconds)


@contextmanager
def amid(store: Store, statement: str, act: Callable[[Book], object]) -> Iterator[None]:
    """Somebody else acts at the worst moment: when the store has executed a statement, and before its transaction goes on.
    They get as far as they can until then, which is the end of their transaction or the wait for this one's."""
    other, reached = Store(store.engine.url.render_as_string(hide_password=False)), threading.Event()
    event.listen(other.engine, "commit", lambda *_: reached.set())
    event.listen(
        other.engine, "before_cursor_execute", lambda *args: args[2] in ALONE.values() and reached.set()
    )

    def acts() -> None:
        with suppress(UsageError):
            act(Book(other))
        reached.set()

    thread = threading.Thread(target=acts)

    def moment(*args: object) -> None:
        if statement in str(args[2]) and thread.ident is None:
            thread.start()
            assert reached.wait(60)

    event.listen(store.engine, "after_cursor_execute", moment)
    try:
        yield
    finally:
        event.remove(store.engine, "after_cursor_execute", moment)
        thread.join(60)
        other.close()
