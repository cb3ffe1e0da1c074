"""Who withdraws leaves nothing: no row, and no byte in the file."""

from __future__ import annotations

import argparse
import io
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest
from contest_people import Held, hold
from sqlalchemy import insert, inspect, select, text, update

from datasets.errors import UsageError
from tuners.contest import command_withdraw, tables
from tuners.contest.book import Book, Joined
from tuners.contest.erase import empty_log
from tuners.contest.record import CurvePoint, EntrantKind, FinalState, Live, Source, TryState
from tuners.contest.work import Work
from tuners.store import Store


@pytest.fixture
def held(tmp_path: Path) -> Held:
    return hold(Book(Store(str(tmp_path / "store.sqlite"))), 6, tries=2)


def score(held: Held, one: Joined) -> str:
    """Writes what scoring and a training leave of somebody; the key of their entrant."""
    key = f"person:{one.person.id}"
    common = {"contest": held.contest.id}
    entrant = {
        **common,
        "key": key,
        "kind": str(EntrantKind.PERSON),
        "label": one.person.alias,
        "source": str(Source.PERSON),
        "config": {"learning_rate": 0.01},
        "dev_error": 0.3,
        "person": one.person.id,
        "repeat": 0,
        "note": "",
    }
    final = {
        "seed": 3,
        "state": str(FinalState.DONE),
        "eval_error": 0.31,
        "epochs": 4,
        "seconds": 2.0,
        "note": "",
    }
    live = {"epoch": 1, "epochs": 4, "batches": 9, "losses": [1.5] * 200, "updated": time.time()}
    with held.book.store.engine.begin() as connection:
        connection.execute(insert(tables.entrants).values(entrant))
        for place in range(3):
            connection.execute(insert(tables.finals).values(**common, entrant=key, place=place, **final))
        connection.execute(insert(tables.live).values(**common, person=one.person.id, number=2, **live))
    return key


def traces(one: Joined, rows: list[str]) -> list[bytes]:
    """What would give somebody away."""
    return [word.encode() for word in (one.person.id, one.person.alias, one.token, one.code, *rows)]


def hashes(book: Book, one: Joined) -> list[str]:
    with book.store.engine.connect() as connection:
        query = select(tables.people.c.token, tables.people.c.code).where(tables.people.c.id == one.person.id)
        return list(connection.execute(query).one())


def everything(book: Book) -> str:
    """All cells of all tables."""
    with book.store.engine.connect() as connection:
        names = inspect(connection).get_table_names()
        return "\n".join(
            str(row) for name in names for row in connection.execute(text(f"SELECT * FROM {name}"))
        )


def on_disk(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(folder.glob("store.sqlite*")))


def test_no_byte_is_left(held: Held, tmp_path: Path) -> None:
    book, gone, other = held.book, held.joined[0], held.joined[1]
    keys = [score(held, one) for one in (gone, other)]
    for step in range(
        40
    ):  # rows that grow and move, as curves do: pages are split, and older versions lie about
        with book.store.engine.begin() as connection:
            for one in (gone, other):
                connection.execute(
                    update(tables.tries)
                    .where(tables.tries.c.person == one.person.id)
                    .values(curve=[[epoch, 0.25, 0.5] for epoch in range(8 * step)])
                )
    given_away = traces(gone, [*hashes(book, gone), keys[0]])
    before = on_disk(tmp_path)
    assert sum(trace in before for trace in given_away) >= 4  # the search finds what there is
    book.withdraw(gone.code.lower().replace("-", " "))
    cells = everything(book)
    assert not [trace for trace in given_away if trace.decode() in cells]
    assert not [trace for trace in given_away if trace in on_disk(tmp_path)]
    # Of the others nothing is gone.
    assert [one.id for one in book.people(held.contest.id)] == [
        one.person.id for one in held.joined if one is not gone
    ]
    assert len(book.tries(held.contest.id, other.person.id)) == 2
    assert {one.entrant for one in book.finals(held.contest.id)} == {keys[1]}
    with pytest.raises(UsageError, match="nobody has this personal code"):
        book.withdraw(gone.code)
    assert book.person_of_token(gone.token) is None


def test_what_still_trains_brings_nobody_back(held: Held, tmp_path: Path) -> None:
    """The server learns of a withdrawal a moment later, and has something to write until then."""
    book, gone, other = held.book, held.joined[4], held.joined[5]
    with book.store.engine.begin() as connection:
        connection.execute(update(tables.tries).values(state=str(TryState.RUNNING)))
    work = Work(book.store)
    lives = [Live(held.contest.id, one.person.id, 2, 1, 4, 9, (1.5,), time.time()) for one in (gone, other)]
    curves = [((live.contest, live.person, 2), (CurvePoint(1, 1.5, 0.2),)) for live in lives]
    book.withdraw(gone.code)
    work.write_live(lives, curves)
    work.end_try(curves[0][0], TryState.COMPLETE, curves[0][1], dev_error=0.2)
    work.put_back(curves[0][0])
    assert list(book.live(held.contest.id)) == [(other.person.id, 2)]
    assert gone.person.id.encode() not in on_disk(tmp_path)


def test_a_reader_delays_it_and_no_more(held: Held, tmp_path: Path) -> None:
    gone = held.joined[2]
    with closing(held.book.store.engine.raw_connection()) as reader:
        cursor = reader.cursor()
        cursor.execute("BEGIN")
        cursor.execute("SELECT count(*) FROM contest_people").fetchone()
        leaves = threading.Timer(0.3, reader.rollback)
        leaves.start()
        held.book.withdraw(gone.code)
        leaves.join()
    assert empty_log(held.book.store)
    assert gone.person.id.encode() not in on_disk(tmp_path)


def test_the_results_are_fixed_from_the_freeze_on(held: Held) -> None:
    with held.book.store.engine.begin() as connection:
        connection.execute(update(tables.contests).values(freeze=time.time() - 1))
    with pytest.raises(UsageError, match="fixed since"):
        held.book.withdraw(held.joined[0].code)
    assert len(held.book.people(held.contest.id)) == 6


def test_the_code_is_read_from_standard_input(held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    address = str(held.book.store.engine.url.database)
    arguments = argparse.Namespace(store=address)
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n"))
    with pytest.raises(UsageError, match="no personal code was given"):
        command_withdraw.run(arguments)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{held.joined[3].code}\n"))
    assert command_withdraw.run(arguments) == 0
    assert held.joined[3].person.id not in {one.id for one in held.book.people(held.contest.id)}
