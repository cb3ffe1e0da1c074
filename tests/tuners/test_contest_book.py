"""The book of contests: from their creation to their end, and who joins, is told and withdraws."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest
from contest_steps import CONFIG, CONSENT, SAID, opened, taking_part
from sqlalchemy import select, update

from datasets.errors import UsageError
from tuners.contest import codes, tables
from tuners.contest.book import Book
from tuners.contest.record import (
    ClockKind,
    ContestState,
    Source,
    Terms,
)
from tuners.store import Store


def test_a_store_without_contests_reads_as_empty(store: Store) -> None:
    readers = Book(Store(store.address, readonly=True))
    assert readers.contests() == [] and readers.by_code("ABCDE") is None
    assert readers.person_of_token("x") is None and readers.tries("x") == [] and readers.places("x") == {}
    with pytest.raises(UsageError, match="no contest 'x'"):
        readers.contest("x")


def test_a_contest_comes_back_as_it_was_created_and_goes_through_its_states(book: Book) -> None:
    terms = Terms(minutes=3, clock=ClockKind.EACH, max_trials=None, total_epochs=9, tuners=("pso",), seed=4)
    contest = book.create(" A class ", terms, CONSENT)
    assert (contest.title, contest.terms, contest.consent) == ("A class", terms, CONSENT)
    assert contest.state == ContestState.LOBBY and contest.opened is None
    assert book.by_code(contest.join_code.lower()) == contest
    with pytest.raises(UsageError, match="only an open one is extended"):
        book.extend(contest.id, 5)
    book.open(contest.id)
    opened_at = book.contest(contest.id).opened
    book.open(contest.id)
    assert book.contest(contest.id).opened == opened_at is not None
    book.extend(contest.id, 5)
    assert book.contest(contest.id).extended == 5
    with pytest.raises(UsageError, match="is open; end it"):
        book.delete(contest.id)
    book.end(contest.id)
    over = book.contest(contest.id)
    assert over.state == ContestState.ENDED and over.ended is not None
    assert over.freeze == pytest.approx(over.ended + 7 * 86400)
    book.end(contest.id)
    assert book.contest(contest.id) == over
    with pytest.raises(UsageError, match="cannot be opened again"):
        book.open(contest.id)
    book.delete(contest.id)
    assert book.contests() == []


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        ({"minutes": 0}, "more than 0"),
        ({"max_trials": 0}, "max_trials must be from 1"),
        ({"final_seeds": 0}, "final_seeds must be from 1"),
        ({"tuners": ("pso", "pso")}, "once"),
        ({"tuners": ("hand",)}, "no autotuner"),
        ({"tuners": ("psso",)}, "Did you mean pso"),
        ({"task": "nothing"}, "called 'nothing'"),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(book: Book, terms: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        book.create("A class", Terms(**terms), CONSENT)  # type: ignore[arg-type]
    assert book.contests() == []


def test_the_store_has_hashes_alone_of_what_a_person_holds(book: Book, tmp_path: Path) -> None:
    contest = opened(book)
    joined = book.join(contest.id, consent_version="1", reuse=False)
    assert joined.person.reuse is False and joined.person.source == Source.PERSON
    assert book.person_of_token(joined.token) == joined.person
    person, token = book.come_back(joined.code.lower().replace("-", " "))
    assert person == joined.person and token != joined.token
    assert book.person_of_token(token) == person and book.person_of_token(joined.token) is None
    book.store.close()
    dump = "\n".join(sqlite3.connect(tmp_path / "runs" / "s.sqlite").iterdump())
    for secret in (joined.token, token, joined.code, codes.typed(joined.code)):
        assert secret not in dump
    assert person.id in dump


def test_personal_codes_have_100_bits_and_survive_being_typed(book: Book) -> None:
    drawn = {codes.new_personal_code() for _ in range(200)}
    assert len(drawn) == 200
    assert all(
        len(codes.typed(code)) == 20 and codes.typed(code.replace("0", "o")) == codes.typed(code)
        for code in drawn
    )
    with pytest.raises(UsageError, match="nobody has this personal code"):
        book.come_back("AAAA")


def test_one_joins_an_unfinished_contest_with_the_text_as_it_is(book: Book) -> None:
    contest = opened(book)
    with pytest.raises(UsageError, match="read it again"):
        book.join(contest.id, consent_version="0", reuse=True)
    people = [book.join(contest.id, consent_version="1", reuse=True).person for _ in range(30)]
    assert len({one.alias for one in people}) == 30
    assert book.people(contest.id) == people
    book.end(contest.id)
    with pytest.raises(UsageError, match="nobody can join"):
        book.join(contest.id, consent_version="1", reuse=True)


def test_the_task_is_shown_after_the_background_while_it_is_open(book: Book) -> None:
    contest = book.create("A class", Terms(), CONSENT)
    person = book.join(contest.id, consent_version="1", reuse=True).person.id
    with pytest.raises(UsageError, match="must be from 1 to 5"):
        book.tell_background(contest.id, person, replace(SAID, rating=6))
    with pytest.raises(UsageError, match="from 0 to 1200"):
        book.tell_background(contest.id, person, replace(SAID, months=-1))
    with pytest.raises(UsageError, match="is lobby"):
        book.begin(contest.id, person)
    book.open(contest.id)
    with pytest.raises(UsageError, match="first"):
        book.begin(contest.id, person)
    book.tell_background(contest.id, person, SAID)
    book.begin(contest.id, person)
    started = book.person(contest.id, person).started
    book.begin(contest.id, person)
    assert book.person(contest.id, person).started == started is not None
    book.tell_background(contest.id, person, SAID)
    with pytest.raises(UsageError, match="fixed"):
        book.tell_background(contest.id, person, replace(SAID, months=7))
    assert book.person(contest.id, person).background == SAID


def test_who_withdraws_leaves_nothing_and_nobody_does_after_the_freeze(book: Book) -> None:
    contest = opened(book)
    joined = book.join(contest.id, consent_version="1", reuse=True)
    other = taking_part(book, contest.id)
    book.tell_background(contest.id, joined.person.id, SAID)
    book.begin(contest.id, joined.person.id)
    for one in (joined.person.id, other):
        book.submit(contest.id, one, CONFIG)
    book.withdraw(joined.code)
    assert [one.id for one in book.people(contest.id)] == [other]
    assert [one.person for one in book.tries(contest.id)] == [other]
    with book.store.engine.connect() as connection:
        assert connection.execute(select(tables.people.c.id)).scalars().all() == [other]
    with pytest.raises(UsageError, match="nobody has"):
        book.withdraw(joined.code)
    late = book.join(contest.id, consent_version="1", reuse=True)
    book.end(contest.id)
    with book.store.engine.begin() as connection:
        connection.execute(update(tables.contests).values(freeze=time.time() - 1))
    with pytest.raises(UsageError, match="nothing can be withdrawn"):
        book.withdraw(late.code)
