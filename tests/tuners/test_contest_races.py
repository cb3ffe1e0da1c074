"""Events of a contest that come at the worst moment: in the middle of another one's transaction."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from contest_steps import CONFIG, CONSENT, SAID, amid, ended, opened, taking_part
from memory_study import RESULT, MemoryRunner
from sqlalchemy import update

from tuners.contest import closing, codes, tables
from tuners.contest.book import Book
from tuners.contest.people import Trainings
from tuners.contest.record import Terms, TryState
from tuners.contest.work import Work
from tuners.engine import Done, Started


def test_who_withdraws_while_the_entrants_are_written_is_none(book: Book) -> None:
    contest = opened(book)
    joined = book.join(contest.id, consent_version="1", reuse=True)
    book.tell_background(contest.id, joined.person.id, SAID)
    book.begin(contest.id, joined.person.id)
    ended(book, book.submit(contest.id, joined.person.id, CONFIG))
    book.end(contest.id)
    entrants = closing.of_people(contest, book.people(contest.id), book.tries(contest.id))
    assert len(entrants) == 1
    with amid(book.store, "FROM contest_people", lambda other: other.withdraw(joined.code)):
        Work(book.store).add_entrants(entrants, [11])
    assert book.people(contest.id) == []
    assert book.entrants(contest.id) == [] and book.finals(contest.id) == []


def test_what_comes_while_a_contest_ends_or_is_deleted_is_refused(book: Book) -> None:
    contest, lobby = opened(book), book.create("A class", Terms(), CONSENT)
    person, practice = taking_part(book, contest.id), codes.new_id()
    with amid(book.store, "UPDATE contest_tries", lambda other: other.submit(contest.id, person, CONFIG)):
        book.end(contest.id)
    with amid(
        book.store, "DELETE FROM contest_tries", lambda other: other.practise(lobby.id, practice, CONFIG)
    ):
        book.delete(lobby.id)
    assert book.tries(contest.id) == [] and book.practice(lobby.id, practice) == []


def test_two_who_join_at_once_have_two_names(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    contest = opened(book)
    names = iter(("Swift Otter", "Swift Otter", "Calm Heron"))
    monkeypatch.setattr(codes, "new_alias", lambda: next(names))
    with amid(
        book.store,
        "FROM contest_people",
        lambda other: other.join(contest.id, consent_version="1", reuse=True),
    ):
        book.join(contest.id, consent_version="1", reuse=True)
    assert len({one.alias for one in book.people(contest.id)}) == 2


READY = SimpleNamespace(data="digits", model="digits-cnn-15")


def training(book: Book, *contests: str) -> Trainings:
    """A server's trainings in the middle of all that was asked for."""
    trainings = Trainings(Work(book.store), MemoryRunner(workers=9))  # type: ignore[arg-type]
    trainings.look()
    while trainings.start_next({id: READY for id in contests}):  # type: ignore[dict-item]
        pass
    return trainings


def test_what_was_cancelled_before_a_server_ends_does_not_wait_for_the_next(book: Book) -> None:
    contest = opened(book)
    first, second, third = (taking_part(book, contest.id) for _ in range(3))
    for person in (first, second, third):
        book.submit(contest.id, person, CONFIG)
    trainings = training(book, contest.id)
    book.cancel(contest.id, first, 1)
    book.finish(contest.id, second)
    trainings.put_back()
    found = {one.person: one for one in book.tries(contest.id)}
    assert [found[one].state for one in (first, second)] == [TryState.CANCELLED] * 2
    assert found[first].note == "cancelled while it trained, which cost nothing"
    assert (found[third].state, found[third].started) == (TryState.QUEUED, None)
    assert found[first].started is None, "which is what is charged by"


def test_a_try_that_nobody_trains_waits_again(book: Book) -> None:
    """As a server was killed, or the store failed as a try was given to a worker."""
    contest = opened(book)
    first, second = (taking_part(book, contest.id) for _ in range(2))
    for person in (first, second):
        book.submit(contest.id, person, CONFIG)
    trainings = training(book, contest.id)
    work = Work(book.store)
    work.write_live([one.live() for one in trainings.running.values()], [])
    trainings.look()
    assert [one.state for one in book.tries(contest.id)] == [TryState.RUNNING] * 2 and not trainings.waiting
    trainings.running = {}
    book.cancel(contest.id, second, 1)
    trainings.look()
    found = {one.person: one.state for one in book.tries(contest.id)}
    assert found == {first: TryState.QUEUED, second: TryState.CANCELLED} and book.live(contest.id) == {}
    trainings.look()
    assert [one.key[1] for one in trainings.waiting] == [first]


def test_a_result_that_comes_after_the_bell_is_cut_however_late_the_bell_is_noticed(book: Book) -> None:
    contest = opened(book, minutes=1)
    person = taking_part(book, contest.id)
    book.submit(contest.id, person, CONFIG)
    trainings = training(book, contest.id)
    with book.store.engine.begin() as connection:
        connection.execute(update(tables.contests).values(opened=time.time() - 61))
    (ticket,) = trainings.running
    trainings.hear(Started(ticket))
    trainings.hear(Done(ticket, RESULT | {"dev_error": 0.1, "epochs": 3, "seconds": 1.0}))
    (one,) = book.tries(contest.id)
    assert one.state == TryState.CUT and one.dev_error is None and "time was over" in one.note


def test_practice_is_gone_with_the_end_also_what_trains(book: Book) -> None:
    contest, practice = opened(book), codes.new_id()
    book.practise(contest.id, practice, CONFIG)
    trainings = training(book, contest.id)
    book.end(contest.id)
    assert book.practice(contest.id, practice) == []
    (ticket,) = trainings.running
    trainings.hear(Done(ticket, RESULT | {"dev_error": 0.1, "epochs": 3, "seconds": 1.0}))
    assert book.practice(contest.id, practice) == [] and not trainings.running
