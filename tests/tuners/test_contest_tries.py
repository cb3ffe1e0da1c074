"""Tries in the book of a contest: what is taken and refused, charged, cancelled, marked and cut off at the end."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from contest_steps import CONFIG, CONSENT, SAID, ended, opened, taking_part
from sqlalchemy import update

from datasets.errors import UsageError
from manual.learner import Value
from tuners.contest import book_people, book_tries, codes, tables
from tuners.contest.book import Book
from tuners.contest.charges import ledger
from tuners.contest.record import (
    Draft,
    Reason,
    Terms,
    TryState,
)
from tuners.store import Store


def test_a_try_is_kept_as_it_was_submitted_and_the_next_waits_for_its_end(book: Book) -> None:
    contest = opened(book)
    person = taking_part(book, contest.id)
    one = book.submit(contest.id, person, CONFIG, {"momentum": Reason.OTHER}, "a friend said so")
    assert book.tries(contest.id) == book.tries(contest.id, person) == [one]
    assert (one.number, one.state, one.config) == (1, TryState.QUEUED, CONFIG)
    assert one.reasons == {"momentum": Reason.OTHER} and one.comment == "a friend said so"
    with pytest.raises(UsageError, match="one training at a time"):
        book.submit(contest.id, person, CONFIG)
    ended(book, one)
    two = book.submit(contest.id, person, CONFIG)
    assert (two.number, two.seed) == (2, one.seed)


def test_what_a_paste_brings_that_no_database_keeps_is_left_out(book: Book) -> None:
    consent = replace(CONSENT, text="We record\0 it.", version="1\0", contact="\udcff")
    contest = book.create("A\0 class", Terms(tuners=(), searches=1), consent)
    assert book.contest(contest.id).title == contest.title == "A class"
    contest = opened(book)
    person = taking_part(book, contest.id)
    book.keep_draft(contest.id, person, Draft(comment="a\0b"))
    draft = book.draft(contest.id, person)
    assert draft is not None and draft.comment == "ab"
    with pytest.raises(UsageError, match="a comment must say"):
        book.submit(contest.id, person, CONFIG, {"momentum": Reason.OTHER}, "\0")
    one = book.submit(contest.id, person, CONFIG, comment="a\0b")
    assert book.tries(contest.id) == [one] and one.comment == "ab"


def test_a_click_counts_once_however_many_arrive_at_once(book: Book, store: Store) -> None:
    contest = opened(book)
    person = taking_part(book, contest.id)

    def click(number: int) -> bool:
        try:
            Book(store).submit(contest.id, person, CONFIG)
        except UsageError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(click, range(16))).count(True) == 1
    assert len(book.tries(contest.id)) == 1


def test_refusals_of_a_submission_say_why(book: Book) -> None:
    contest = opened(book, max_trials=1)
    person = book.join(contest.id, consent_version="1", reuse=True).person.id
    with pytest.raises(UsageError, match="look at the task first"):
        book.submit(contest.id, person, CONFIG)
    person = taking_part(book, contest.id)
    with pytest.raises(UsageError, match="nobody called 'x'"):
        book.submit(contest.id, "x", CONFIG)
    with pytest.raises(UsageError, match="Learning rate = fast"):
        book.submit(contest.id, person, {**CONFIG, "learning_rate": "fast"})
    with pytest.raises(UsageError, match="a comment must say"):
        book.submit(contest.id, person, CONFIG, {"momentum": Reason.OTHER}, " ")
    with pytest.raises(UsageError, match="at most 2000"):
        book.submit(contest.id, person, CONFIG, comment="x" * 2001)
    ended(book, book.submit(contest.id, person, CONFIG))
    with pytest.raises(UsageError, match="budget of 1 trial is spent"):
        book.submit(contest.id, person, CONFIG)
    book.finish(contest.id, person)
    with pytest.raises(UsageError, match="they finished"):
        book.submit(contest.id, person, CONFIG)
    late = opened(book, minutes=1)
    person = taking_part(book, late.id)
    with book.store.engine.begin() as connection:
        connection.execute(update(tables.contests).values(opened=time.time() - 61))
    with pytest.raises(UsageError, match="1 minutes are over"):
        book.submit(late.id, person, CONFIG)


@pytest.mark.parametrize("value", [10**400, "1e400", float("nan"), True, [3], {"a": 3}, "\0", "0x10"])
@pytest.mark.parametrize("name", ["epochs", "learning_rate", "optimizer"])
def test_a_value_of_any_kind_is_refused_in_words(book: Book, name: str, value: Value) -> None:
    contest = opened(book)
    person = taking_part(book, contest.id)
    with pytest.raises(UsageError, match="is not possible"):
        book.submit(contest.id, person, {**CONFIG, name: value})


def test_what_no_form_offers_is_refused_as_everybody_reads_it(book: Book) -> None:
    """A browser checks the choices of a form, and it is the participant's own."""
    contest = opened(book)
    person = book.join(contest.id, consent_version="1", reuse=True).person.id
    for wrong in ({"education": "clever"}, {"months": float("nan")}, {"months": "3"}, {"rating": 2.5}):
        with pytest.raises(UsageError, match="must be"):
            book.tell_background(contest.id, person, replace(SAID, **wrong))  # type: ignore[arg-type]
    book.tell_background(contest.id, person, SAID)
    book.begin(contest.id, person)
    with pytest.raises(UsageError, match="the reason for epochs must be one of"):
        book.submit(contest.id, person, CONFIG, {"epochs": "because"})  # type: ignore[dict-item]
    assert book.tries(contest.id) == [] and len(book.people(contest.id)) == 1


def test_loops_of_one_browser_come_to_an_end(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_people, "MOST_PEOPLE", 2)
    monkeypatch.setattr(book_tries, "MOST_TRIES", 2)
    monkeypatch.setattr(book_tries, "MOST_PRACTICE", 2)
    contest = opened(book)
    person = taking_part(book, contest.id)
    taking_part(book, contest.id)
    with pytest.raises(UsageError, match="at most 2 people"):
        book.join(contest.id, consent_version="1", reuse=True)
    for _ in range(2):
        book.cancel(contest.id, person, book.submit(contest.id, person, CONFIG).number)
        book.practise(contest.id, codes.new_id(), CONFIG)
    with pytest.raises(UsageError, match="at most 2 tries"):
        book.submit(contest.id, person, CONFIG)
    with pytest.raises(UsageError, match="2 practice trainings wait or run"):
        book.practise(contest.id, codes.new_id(), CONFIG)


def test_what_waited_costs_nothing_and_what_ran_its_epochs(book: Book) -> None:
    contest = opened(book, max_trials=3, total_epochs=8)
    person = taking_part(book, contest.id)
    one = book.submit(contest.id, person, CONFIG)
    book.cancel(contest.id, person, one.number)
    (cancelled,) = book.tries(contest.id)
    assert cancelled.state == TryState.CANCELLED and "nothing was charged" in cancelled.note
    spent = ledger(contest.terms, book.tries(contest.id))
    assert (spent.trials, spent.epochs) == (0, 0)
    ended(book, book.submit(contest.id, person, CONFIG), TryState.CANCELLED, epochs=2)
    ended(book, book.submit(contest.id, person, CONFIG), TryState.FAILED, epochs=6)
    spent = ledger(contest.terms, book.tries(contest.id))
    assert (spent.trials, spent.epochs) == (2, 8)
    with pytest.raises(UsageError, match="8 epochs"):
        book.submit(contest.id, person, CONFIG)


def test_cancelling_what_runs_asks_the_server(book: Book) -> None:
    contest = opened(book)
    person = taking_part(book, contest.id)
    one = book.submit(contest.id, person, CONFIG)
    ended(book, one, TryState.RUNNING, ended=None)
    book.cancel(contest.id, person, 1)
    assert [(one.state, one.cancel) for one in book.tries(contest.id)] == [(TryState.RUNNING, True)]


def test_a_final_configuration_is_a_try_with_a_result_while_there_is_time(book: Book) -> None:
    contest = opened(book)
    person = taking_part(book, contest.id)
    one = book.submit(contest.id, person, CONFIG)
    with pytest.raises(UsageError, match="try 1 is queued"):
        book.mark_final(contest.id, person, 1)
    with pytest.raises(UsageError, match="try 7 is not there"):
        book.mark_final(contest.id, person, 7)
    ended(book, one)
    book.mark_final(contest.id, person, 1)
    assert book.person(contest.id, person).final == 1
    book.mark_final(contest.id, person, None)
    assert book.person(contest.id, person).final is None
    book.finish(contest.id, person)
    with pytest.raises(UsageError, match="your part has ended"):
        book.mark_final(contest.id, person, 1)


def test_practice_belongs_to_nobody_and_ends_with_the_contest(book: Book) -> None:
    contest = book.create("A class", Terms(), CONSENT)
    practice = codes.new_id()
    one = book.practise(contest.id, practice, CONFIG)
    assert one.person == "" and book.tries(contest.id) == [] and book.practice(contest.id, practice) == [one]
    with pytest.raises(UsageError, match="one training at a time"):
        book.practise(contest.id, practice, CONFIG)
    book.cancel(contest.id, practice, 1)
    assert book.practise(contest.id, practice, CONFIG).number == 2
    book.end(contest.id)
    with pytest.raises(UsageError, match="practice ended"):
        book.practise(contest.id, practice, CONFIG)


def test_the_bell_cuts_what_waits_and_says_why_each_part_ended(book: Book) -> None:
    contest = opened(book)
    first, second, third = (taking_part(book, contest.id) for _ in range(3))
    book.submit(contest.id, first, CONFIG)
    running = book.submit(contest.id, second, CONFIG)
    ended(book, running, TryState.RUNNING, ended=None, dev_error=None)
    book.finish(contest.id, third)
    with book.store.engine.begin() as connection:
        connection.execute(update(tables.contests).values(opened=time.time() - 60 * contest.terms.minutes))
    book.end(contest.id)
    tries = {one.person: one for one in book.tries(contest.id)}
    assert tries[first].state == TryState.CUT and "time was over" in tries[first].note
    assert tries[second].state == TryState.RUNNING and tries[second].cancel
    endings = {one.id: one.ending for one in book.people(contest.id)}
    assert endings == {first: "time was over", second: "time was over", third: "they finished"}
