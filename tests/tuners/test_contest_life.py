"""A server of contests between the events: what it finds when it comes, what keeps it, what it lets go of."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from contest_steps import CONFIG, CONSENT, SAID, ended, opened, taking_part
from memory_study import MemoryRunner
from sqlalchemy import update
from sqlalchemy.exc import OperationalError
from test_contest_races import READY, training
from test_tuners_store import STUDY, SYSTEMS

from datasets.errors import UsageError
from tuners.contest import book_contests, clock, codes, hosted, tables, timekeeper
from tuners.contest.book import Book
from tuners.contest.finals import Finals
from tuners.contest.hosted import Hosted, prepare
from tuners.contest.record import ClockKind, Contest, ContestState, Pause, Terms
from tuners.contest.server import Server
from tuners.contest.systems import study_name
from tuners.contest.timekeeper import Timekeeper
from tuners.contest.work import Work
from tuners.record import StudyState
from tuners.store import Store


class Runner(MemoryRunner):
    """It notes what was cancelled, too."""

    def __init__(self) -> None:
        super().__init__(workers=9)
        self.cancelled: set[int] = set()

    def cancel(self, ticket: int) -> None:
        self.cancelled.add(ticket)


@pytest.fixture
def server(book: Book) -> Server:
    return Server(book.store.address, 1, 0.0, print)


def lobby(book: Book) -> Contest:
    return book.create("A class", Terms(), CONSENT)


def test_a_server_does_not_leave_what_was_asked_for_after_its_last_look(book: Book, server: Server) -> None:
    server._look()
    assert server._leave(), "nobody ever created a contest"
    contest = lobby(book)
    assert server._leave(), "a lobby needs none"
    practice = codes.new_id()
    book.practise(contest.id, practice, CONFIG)
    assert not server._leave()
    book.cancel(contest.id, practice, 1)
    assert not server._leave(), "practice is to be deleted"
    server.work.drop_practice(book.practice(contest.id, practice)[0].ended + 601)  # type: ignore[operator]
    assert server._leave()
    book.open(contest.id)
    assert not server._leave()


def test_what_waited_of_a_deleted_contest_keeps_no_server(book: Book, server: Server) -> None:
    contest = lobby(book)
    book.practise(contest.id, codes.new_id(), CONFIG)
    server.trainings = training(book)
    assert server._at_work()
    book.delete(contest.id)
    server._look()
    assert not server._at_work()


def test_a_store_that_does_not_answer_fails_nobodys_try(
    book: Book, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", None, Exception("it is restarted"))

    monkeypatch.setattr(hosted, "prepare", away)
    contest = opened(book)
    one = Hosted(book.store, contest, MemoryRunner())
    assert one._assembled.exception() is not None
    assert not one.trouble and not one.ready
    server.runner, server.hosted = MemoryRunner(), {contest.id: one}  # type: ignore[assignment]
    with pytest.raises(OperationalError):
        server._tend(one)
    assert not server.hosted, "it is begun anew"


def test_a_contest_whose_task_is_not_installed_stops_no_other(book: Book) -> None:
    contest = opened(book)
    with book.store.engine.begin() as connection:
        terms = {**connection.execute(tables.contests.select()).mappings().one()["terms"], "task": "own"}
        connection.execute(update(tables.contests).values(terms=terms))
    one = Hosted(book.store, book.contest(contest.id), MemoryRunner())
    assert one._study.exception() is not None
    assert "'own'" in one.trouble and not one.ready


def test_a_study_that_a_killed_server_left_without_a_name_gets_it(book: Book) -> None:
    contest = lobby(book)
    study = replace(STUDY, name=study_name(contest), state=StudyState.FINISHED)
    book.store.create_study(study, [replace(one, study=study.name) for one in SYSTEMS])
    assert prepare(book.store, contest) == study
    assert book.contest(contest.id).study == study.name


@pytest.mark.parametrize("deleted", [False, True])
def test_nobody_is_scored_who_has_withdrawn_or_whose_contest_was_deleted(book: Book, deleted: bool) -> None:
    contest = opened(book, final_seeds=1)
    joined = book.join(contest.id, consent_version="1", reuse=True)
    book.tell_background(contest.id, joined.person.id, SAID)
    book.begin(contest.id, joined.person.id)
    other = taking_part(book, contest.id)
    for person, epochs in ((joined.person.id, 3), (other, 4)):
        ended(book, book.submit(contest.id, person, {**CONFIG, "epochs": epochs}))
    book.end(contest.id)
    contest, runner = book.contest(contest.id), Runner()
    finals = Finals(Work(book.store), runner, print)  # type: ignore[arg-type]
    searching = SimpleNamespace(over=False)
    finals.look(contest, searching, idle=True)  # type: ignore[arg-type]
    while finals.start_next({contest.id: READY}, first=False):  # type: ignore[dict-item]
        pass
    assert len(finals.running) == 2 and not runner.cancelled
    if deleted:
        book.delete(contest.id)
        finals.drop(contest.id)
        assert runner.cancelled == set(finals.running)
    else:
        book.withdraw(joined.code)
        finals.look(contest, searching, idle=True)  # type: ignore[arg-type]
        (gone,) = runner.cancelled
        assert finals.running[gone].config["epochs"] == 3


class Clock:
    """Stands in for the time of day, and for the seconds for which the machine was awake."""

    def __init__(self, now: float) -> None:
        self.now, self.awake = now, 0.0

    def passes(self, seconds: float, asleep: float = 0.0) -> None:
        self.now += seconds + asleep
        self.awake += seconds

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.awake


@pytest.mark.parametrize("kind", list(ClockKind))
def test_while_the_machine_sleeps_the_clocks_stand(
    book: Book, monkeypatch: pytest.MonkeyPatch, kind: ClockKind
) -> None:
    contest = opened(book, minutes=10, clock=kind)
    person = taking_part(book, contest.id)
    first = clock.deadline(contest, book.person(contest.id, person))
    assert first is not None
    time = Clock(first - 300)
    monkeypatch.setattr(timekeeper, "time", time)
    monkeypatch.setattr(book_contests, "time", time)
    work = Work(book.store)
    keeper = Timekeeper(work, print)

    def look() -> float:
        keeper.look(work.unscored())
        found = book.contest(contest.id), book.person(contest.id, person)
        return clock.left(*found, time.time()) or 0.0

    time.passes(1)
    assert look() == pytest.approx(299)
    time.passes(0.2, asleep=600)  # the lid was closed, and the bell has rung meanwhile
    assert look() == pytest.approx(298.8)
    time.passes(0.2, asleep=1)  # a clock that is kept right
    assert look() == pytest.approx(297.6)
    time.passes(297.6)
    assert look() == 0
    (pause,) = book.contest(contest.id).pauses
    assert pause.seconds == pytest.approx(600)
    assert book.person(contest.id, person).finished == pytest.approx(first + 600)


def test_a_bell_that_was_put_off_does_not_ring_and_one_that_rang_is_not_put_off(book: Book) -> None:
    contest = opened(book, minutes=10)
    book.end(contest.id, by_bell=True)
    assert book.contest(contest.id).state == ContestState.OPEN
    with book.store.engine.begin() as connection:
        connection.execute(update(tables.contests).values(opened=contest.created - 700))
    with pytest.raises(UsageError, match="is over; only an open one"):
        book.extend(contest.id, 5)
    book.end(contest.id)  # by the instructor, as no server noticed
    found = book.contest(contest.id)
    assert found.ended == pytest.approx(contest.created - 100) and found.extended == 0


def test_a_store_without_a_table_of_pauses_is_read_and_gets_it(book: Book) -> None:
    contest = opened(book)
    tables.pauses.drop(book.store.engine)
    assert Book(Store(book.store.address, readonly=True)).contests() == [contest]
    work = Work(Store(book.store.address))
    work.pause(5.0, 60.0)
    assert Book(Store(book.store.address, readonly=True)).contest(contest.id).pauses == (Pause(5.0, 60.0),)
    book.end(contest.id)
    work.pause(6.0, 60.0)
    assert len(book.contest(contest.id).pauses) == 1, "its clock stands"
    book.delete(contest.id)
    with book.store.engine.connect() as connection:
        assert connection.execute(tables.pauses.select()).all() == []
