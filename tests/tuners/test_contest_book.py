"""The book of contests and its clock: joining, submitting, marking, ending, withdrawing, and who comes next."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from datasets.errors import UsageError
from manual.learner import EpochReport, Pulse, Value
from tuners.contest import book_people, book_tries, clock, closing, codes, tables, turns
from tuners.contest.book import Book
from tuners.contest.charges import ledger
from tuners.contest.record import (
    Background,
    ClockKind,
    Consent,
    Contest,
    ContestState,
    CurvePoint,
    Education,
    Entrant,
    EntrantKind,
    FinalState,
    Live,
    Person,
    Reason,
    Source,
    Terms,
    Try,
    TryState,
)
from tuners.contest.training import Training
from tuners.contest.work import NEEDED, Asked, Work
from tuners.engine import EpochDone, Pulsed, Started
from tuners.store import Store

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


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(str(tmp_path / "runs" / "s.sqlite"))
    yield store
    store.close()


@pytest.fixture
def book(store: Store) -> Book:
    return Book(store)


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


# Contests ----------------------------------------------------------------------------------------


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


# People ------------------------------------------------------------------------------------------


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


# Tries -------------------------------------------------------------------------------------------


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
    with pytest.raises(UsageError, match="NUL"):
        book.submit(contest.id, person, CONFIG, {"epochs": Reason.OTHER}, "a\0b")
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
    book.end(contest.id, why="time was over")
    tries = {one.person: one for one in book.tries(contest.id)}
    assert tries[first].state == TryState.CUT and "time was over" in tries[first].note
    assert tries[second].state == TryState.RUNNING and tries[second].cancel
    endings = {one.id: one.ending for one in book.people(contest.id)}
    assert endings == {first: "time was over", second: "time was over", third: "they finished"}


# The server's side --------------------------------------------------------------------------------


def test_what_the_server_writes_is_read_by_everybody(book: Book) -> None:
    contest = opened(book, final_seeds=2)
    work = Work(book.store)
    person, other = taking_part(book, contest.id), taking_part(book, contest.id)
    book.submit(contest.id, person, CONFIG)
    practice = codes.new_id()
    book.practise(contest.id, practice, CONFIG)
    asked = {one.key: one for one in work.asked()}
    key = (contest.id, person, 1)
    assert {one.practice for one in asked.values()} == {False, True} and len(asked) == 2
    assert work.take(asked[key]) and not work.take(asked[key]), "once"
    curve = [CurvePoint(1, 2.25, 0.5)]
    work.write_live([Live(contest.id, person, 1, 2, 3, 21, (2.5, 2.25), 1.0)], [(key, curve)])
    assert book.live(contest.id)[person, 1].losses == (2.5, 2.25)
    assert book.tries(contest.id)[0].curve == tuple(curve)
    work.put_back(key)
    (again,) = book.tries(contest.id)
    assert (again.state, again.started, again.epochs, again.curve) == (TryState.QUEUED, None, 0, ())
    assert book.live(contest.id) == {}
    work.take(asked[key])
    work.end_try(key, TryState.COMPLETE, curve, epochs=3, seconds=1.5, dev_error=0.25)
    assert work.had([contest.id]) == {person: 1.5}
    with book.store.engine.connect() as connection:
        assert connection.execute(NEEDED).all() == [(contest.id,)]
    book.end(contest.id)
    work.cut_late()
    work.drop_practice(time.time())
    assert book.practice(contest.id, practice) == []

    entrants = closing.of_people(contest, book.people(contest.id), book.tries(contest.id))
    assert {one.person: one.dev_error for one in entrants} == {person: 0.25, other: None}
    work.add_entrants(entrants, [11, 12])
    finals = book.finals(contest.id)
    assert [(one.seed, one.state) for one in finals] == [(11, FinalState.WAITING), (12, FinalState.WAITING)]
    work.begin_finals(contest.id, [finals[0].entrant], 11)
    work.free_finals()
    work.end_finals(contest.id, [finals[0].entrant], 11, FinalState.DONE, eval_error=0.5, note="")
    assert [one.eval_error for one in book.finals(contest.id)] == [0.5, None]
    work.scored(contest.id)
    assert book.contest(contest.id).state == ContestState.SCORED and work.unscored() == []


def test_equal_configurations_are_trained_once_with_each_seed(book: Book) -> None:
    contest = opened(book)
    entrants = [
        Entrant(contest.id, name, EntrantKind.DEFAULTS, name, Source.PERSON, config)
        for name, config in (("a", CONFIG), ("b", dict(CONFIG)), ("c", {**CONFIG, "epochs": 4}), ("d", None))
    ]
    Work(book.store).add_entrants(entrants, [11, 12])
    waiting = closing.to_train(book.entrants(contest.id), book.finals(contest.id))
    assert sorted(sorted(one.entrant for one in rows) for rows in waiting.values()) == [
        ["a", "b"],
        ["a", "b"],
        ["c"],
        ["c"],
    ]
    assert len({seed for _, seed in waiting}) == 2


def test_a_network_of_one_class_is_final_only_for_want_of_others() -> None:
    poor = replace(trying("a", TryState.COMPLETE, number=2), dev_error=0.9)
    same = replace(trying("a", TryState.DEGENERATE), dev_error=0.8)
    failed = trying("a", TryState.FAILED, number=3)
    assert closing.best([same, poor, failed]) == poor
    assert closing.best([same, failed]) == same
    assert closing.best([failed]) is None


def test_what_a_training_says_is_kept_for_show_and_charge() -> None:
    asked = Asked(("c", "a", 1), False, trying("a", TryState.RUNNING))
    training = Training(asked, planned=2)
    training.hear(Started(7))
    assert training.begun == 1
    training.hear(Pulsed(7, Pulse(1, 2, 4, 2, (2.5, float("nan")))))
    training.hear(Pulsed(7, Pulse(1, 2, 4, 3, (2.123456,))))
    assert (training.live().losses, training.live().batches) == ((2.5, 2.123), 4)
    training.hear(EpochDone(7, EpochReport(1, 2.0, 0.5, 2.0, 0.5), 0.25))
    assert training.begun == 2 and training.curve == [CurvePoint(1, 2.0, 0.25)]
    training.hear(Pulsed(7, Pulse(2, 2, 4, 1, (1.5,))))
    assert (training.live().epoch, training.live().losses) == (2, (1.5,))
    training.hear(EpochDone(7, EpochReport(2, 1.0, 0.5, 1.0, 0.5), 0.25))
    assert training.begun == 2


# Clock and turns -----------------------------------------------------------------------------------

LOBBY = Contest("c", "C", "ABCDE", Terms(minutes=10), CONSENT, ContestState.LOBBY, created=0.0)
PERSON = Person("c", "p", "Nimble Otter", Source.PERSON, "1", 0.0, True, 0.0)


def test_the_clock_stands_in_the_lobby_and_is_one_for_all() -> None:
    assert clock.deadline(LOBBY) is None and clock.left(LOBBY, PERSON, 50.0) is None
    running = replace(LOBBY, state=ContestState.OPEN, opened=100.0, extended=1.0)
    assert clock.deadline(running) == clock.deadline(running, PERSON) == 100 + 660
    assert clock.left(running, PERSON, 160.0) == 600
    assert clock.left(running, None, 1000.0) == 0
    assert clock.left(running, replace(PERSON, finished=120.0), 160.0) == 0
    over = replace(running, state=ContestState.ENDED, ended=200.0)
    assert clock.deadline(over) == 200 and clock.left(over, PERSON, 150.0) == 0


def test_a_clock_of_ones_own_begins_with_the_first_look() -> None:
    contest = replace(
        LOBBY, terms=Terms(minutes=10, clock=ClockKind.EACH), state=ContestState.OPEN, opened=100.0
    )
    assert clock.deadline(contest) is None and clock.left(contest, PERSON, 500.0) is None
    begun = replace(PERSON, started=300.0)
    assert clock.deadline(contest, begun) == 900 and clock.left(contest, begun, 500.0) == 400
    assert clock.deadline(replace(contest, ended=400.0), begun) == 400


def trying(
    person: str, state: TryState, submitted: float = 0.0, seconds: float = 0.0, number: int = 1
) -> Try:
    started = None if state == TryState.QUEUED else submitted
    return Try("c", person, number, state, {}, 1, submitted, started=started, seconds=seconds)


def test_who_has_trained_least_comes_first_then_who_asked_first() -> None:
    tries = [
        trying("a", TryState.COMPLETE, seconds=30),
        trying("a", TryState.QUEUED, submitted=1, number=2),
        trying("b", TryState.QUEUED, submitted=3),
        trying("c", TryState.QUEUED, submitted=2),
        trying("d", TryState.RUNNING, submitted=90),
        trying("d", TryState.QUEUED, submitted=0, number=2),
    ]
    waiting = [one for one in tries if one.state == TryState.QUEUED]
    had = turns.used(tries, now=100.0)
    assert had == {"a": 30, "b": 0, "c": 0, "d": 10}
    assert [one.person for one in turns.in_turn(waiting, had)] == ["c", "b", "d", "a"]
    places = turns.places(tries, now=100.0)
    assert {person: place.ahead for (person, _), place in places.items()} == {"c": 0, "b": 1, "d": 2, "a": 3}
    assert places["a", 2].wait == 4 * 30
    assert turns.places([trying("a", TryState.QUEUED)], 0.0)["a", 1].wait is None
