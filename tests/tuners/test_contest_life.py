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

from tuners.contest import codes, hosted, tables
from tuners.contest.book import Book
from tuners.contest.finals import Finals
from tuners.contest.hosted import Hosted, prepare
from tuners.contest.record import Contest, Terms
from tuners.contest.server import Server
from tuners.contest.systems import study_name
from tuners.contest.work import Work
from tuners.record import StudyState


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
    server.trainings, _ = training(book)
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
