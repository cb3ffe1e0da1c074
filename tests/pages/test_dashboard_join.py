"""Taking part in a contest: every step is held by the store, and nothing secret leaves it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st
from contest_records import add_final
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from dashboard.contest import history, identity, joining, parts
from manual.learner import Value
from tuners.contest import tables
from tuners.contest.book import Book, Joined
from tuners.contest.book_people import FINISHED
from tuners.contest.form import fields
from tuners.contest.record import (
    Background,
    ClockKind,
    Consent,
    Contest,
    Education,
    EntrantKind,
    Reason,
    Terms,
    TryState,
)
from tuners.contest.task import task
from tuners.store import Store

Open = Callable[..., AppTest]

CONFIG: dict[str, Value] = {
    "epochs": 3,
    "batch_size": 32,
    "loss": "cross-entropy",
    "optimizer": "adam",
    "learning_rate": 0.01,
}


#: As markdown.
REASONS_MISSING = r"Say why you chose\: Epochs, Batch size, Loss, Optimizer, Learning rate."


@pytest.fixture
def book(store: Store) -> Book:
    return Book(store)


@pytest.fixture
def contest(book: Book) -> Contest:
    return book.create("Monday", Terms(minutes=10), Consent("v7", "Purpose: to learn.\n\nYou may *stop*."))


@pytest.fixture(autouse=True)
def no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """These pages wake a server; here nothing trains."""
    monkeypatch.setattr("dashboard.servers.wake", lambda kind: "")


def joined(book: Book, contest: Contest) -> Joined:
    new = book.join(contest.id, consent_version="v7", reuse=True)
    book.tell_background(contest.id, new.person.id, Background(3, Education.BACHELOR, 2))
    return new


def begun(book: Book, contest: Contest) -> Joined:
    new = joined(book, contest)
    book.open(contest.id)
    book.begin(contest.id, new.person.id)
    return new


def ended(book: Book, contest: Contest, who: Joined, number: int, error: float | None) -> None:
    """A submitted try has its result, as the server would write it."""
    state = TryState.COMPLETE if error is not None else TryState.FAILED
    row = tables.tries
    with book.store.engine.begin() as connection:
        connection.execute(
            update(row)
            .where(row.c.contest == contest.id, row.c.person == who.person.id, row.c.number == number)
            .values(state=str(state), started=1.0, ended=2.0, epochs=3, dev_error=error, note="")
        )


def open_as(open_page: Open, who: Joined) -> AppTest:
    """The page in a browser that holds the token: what a cookie is to a server, as AppTest has none."""
    app = open_page("join")
    app.session_state["identity-secrets"].held[identity.PERSON] = who.token
    return app.run()


def test_without_a_contest_it_says_who_makes_one(
    open_page: Open, store: Store, words: Callable[[AppTest], str]
) -> None:
    app = open_page("join")
    assert not app.exception
    assert "python -m tuners.contest create" in words(app)
    assert "There is no contest here yet" in words(open_page("your_data"))


def test_a_code_that_no_contest_has_and_one_that_is_over(
    open_page: Open, book: Book, contest: Contest, words: Callable[[AppTest], str]
) -> None:
    assert "No contest has the join code" in words(open_page("join", code="QQQQQ"))
    book.end(contest.id)
    assert "nobody can join any more" in words(open_page("join", code=contest.join_code))


def test_from_the_code_to_the_lobby(
    open_page: Open,
    book: Book,
    contest: Contest,
    words: Callable[[AppTest], str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    click = joining._join
    monkeypatch.setattr(joining, "_join", lambda *args: [click(*args), click(*args)])  # a double click
    app = open_page("join", code=contest.join_code.lower())
    assert "**Purpose:** to learn" in words(app)
    assert r"\*stop\*" in words(app)  # their text, not markup
    assert "Version v7" in words(app)
    assert app.button(key="part-join").disabled
    app.checkbox(key="part-agreed").check().run()
    app.button(key="part-join").click().run()
    (person,) = book.people(contest.id)
    assert (person.consent_version, person.reuse) == ("v7", False)

    code = app.code[0].value
    assert book.come_back(code)[0] == person
    token = app.session_state["identity-secrets"].held[identity.PERSON]
    assert token not in words(app)
    assert "code" not in app.query_params
    assert app.button(key="part-go-on").disabled
    token = book.come_back(code)[1]
    app.session_state["identity-secrets"].held[identity.PERSON] = token
    app.checkbox(key="part-kept").check().run()
    app.button(key="part-go-on").click().run()
    assert code not in words(app)

    (go_on,) = (button for button in app.button if button.label == "Go on")
    app = go_on.click().run()
    assert "Still missing: the months, the education, the rating" in app.error[0].value
    app.number_input[0].set_value(14)
    app.selectbox[0].set_value(Education.MASTER)
    app.radio[0].set_value(4)
    (go_on,) = (button for button in app.button if button.label == "Go on")
    app = go_on.click().run()
    assert book.people(contest.id)[0].background == Background(14, Education.MASTER, 4)
    assert "when the instructor opens it" in words(app)


def test_a_try_is_submitted_with_its_reasons_and_only_with_what_counts(
    open_page: Open, book: Book, contest: Contest, words: Callable[[AppTest], str]
) -> None:
    who = begun(book, contest)
    app = open_as(open_page, who)
    assert "15 of 15 tries left" in words(app)
    app.text_input(key="try-0-epochs").set_value("3")
    app.text_input(key="try-0-batch_size").set_value("32")
    app.selectbox(key="try-0-loss").set_value("cross-entropy")
    app.selectbox(key="try-0-optimizer").set_value("sgd").run()
    app.text_input(key="try-0-momentum").set_value("0.5").run()
    app.selectbox(key="try-0-optimizer").set_value("adam").run()
    assert "try-0-momentum" not in {field.key for field in app.text_input}

    app.text_input(key="try-0-learning_rate").set_value("fast").run()
    app.button(key="try-send").click().run()
    assert "Learning rate = fast is not possible" in app.error[0].value
    assert REASONS_MISSING in app.error[0].value
    app.text_input(key="try-0-learning_rate").set_value("0.01").run()
    app.button(key="try-send").click().run()
    assert app.error[0].value == REASONS_MISSING
    for name in ("epochs", "batch_size", "loss", "optimizer"):
        app.selectbox(key=f"try-0-{name}-why").set_value(Reason.GUESS)
    app.selectbox(key="try-0-learning_rate-why").set_value(Reason.OTHER).run()
    app.text_input(key="try-0-comment-0").set_value("a friend").run()
    app.button(key="try-send").click().run()

    (one,) = book.tries(contest.id, who.person.id)
    assert one.config == {**CONFIG, "weight_decay": 0.0} | {
        entry.name: entry.parameter.default
        for entry in fields(task("digits"))
        if entry.name in ("epsilon", "beta1", "beta2")
    }
    assert one.reasons["learning_rate"] == Reason.OTHER
    assert one.reasons["beta1"] == Reason.DEFAULT
    assert one.comment == "a friend"
    assert app.button(key="try-send").disabled
    app.button(key="part-cancel-1").click().run()
    assert book.tries(contest.id)[0].state == TryState.CANCELLED
    assert not app.button(key="try-send").disabled

    # Thoughts may be told with any try, and belong to it alone.
    app.selectbox(key="try-0-learning_rate-why").set_value(Reason.LEARNT).run()
    app.text_input(key="try-0-comment-0").set_value("shorter steps").run()
    app.button(key="try-send").click().run()
    assert [one.comment for one in book.tries(contest.id)] == ["a friend", "shorter steps"]
    assert app.text_input(key="try-0-comment-1").value == ""


def test_what_was_filled_in_is_there_in_a_fresh_session_and_for_nobody_else(
    open_page: Open, book: Book, contest: Contest
) -> None:
    who, other = joined(book, contest), joined(book, contest)
    book.open(contest.id)
    for one in (who, other):
        book.begin(contest.id, one.person.id)
    app = open_as(open_page, who)
    assert book.draft(contest.id, who.person.id) is None  # nothing was filled in
    app.text_input(key="try-0-epochs").set_value("2O").run()
    app.selectbox(key="try-0-optimizer").set_value("sgd")
    app.selectbox(key="try-0-optimizer-why").set_value(Reason.BEFORE).run()
    app.text_input(key="try-0-momentum").set_value("0.5")
    app.text_input(key="try-0-comment-0").set_value("half a thought").run()

    fresh = open_as(open_page, who)
    assert fresh.text_input(key="try-0-epochs").value == "2O"
    assert fresh.selectbox(key="try-0-optimizer").value == "sgd"
    assert fresh.selectbox(key="try-0-optimizer-why").value == Reason.BEFORE
    assert fresh.text_input(key="try-0-momentum").value == "0.5"
    assert fresh.text_input(key="try-0-comment-0").value == "half a thought"

    # The other session goes on as it was; what is filled in last counts.
    app.text_input(key="try-0-epochs").set_value("7").run()
    fresh.text_input(key="try-0-batch_size").set_value("32").run()
    kept = book.draft(contest.id, who.person.id)
    assert kept is not None and (kept.given["epochs"], kept.given["batch_size"]) == ("2O", "32")

    # Somebody else in the same browser begins with a form of their own.
    fresh.session_state["identity-secrets"].held[identity.PERSON] = other.token
    fresh.run()
    assert fresh.text_input(key="try-1-epochs").value == ""
    assert book.draft(contest.id, other.person.id) is None

    # What is submitted is no draft any more, and the form begins with it.
    book.submit(contest.id, who.person.id, {**CONFIG, "epochs": 9})
    assert open_as(open_page, who).text_input(key="try-0-epochs").value == "9"


def test_a_browser_is_told_that_its_participant_went_on_elsewhere(
    open_page: Open, book: Book, contest: Contest, words: Callable[[AppTest], str]
) -> None:
    who = begun(book, contest)
    assert "come back with your personal code" not in words(open_page("join"))
    book.come_back(who.code)
    shown = words(open_as(open_page, who))
    assert "its personal code was used on another device" in shown


def test_tries_can_be_taken_up_again_and_marked(
    open_page: Open, book: Book, contest: Contest, words: Callable[[AppTest], str]
) -> None:
    who = begun(book, contest)
    for number, error in ((1, 0.25), (2, 0.5), (3, None)):
        rate = 0.01 * number
        book.submit(
            contest.id,
            who.person.id,
            {**CONFIG, "learning_rate": rate},
            {"learning_rate": Reason.LEARNT},
        )
        ended(book, contest, who, number, error)
    app = open_as(open_page, who)
    assert "your best one counts, **try 1**" in words(app)
    assert "75.00 %" in words(app)
    # A page that is opened anew begins with what was submitted last.
    assert app.text_input(key="try-0-learning_rate").value == "0.03"
    assert app.text_input(key="try-0-beta1").value == ""
    app.selectbox(key="part-try").set_value(2).run()
    app.button(key="part-copy").click().run()
    assert app.text_input(key="try-1-learning_rate").value == "0.02"
    assert app.selectbox(key="try-1-learning_rate-why").value == Reason.LEARNT
    app.button(key="part-final").click().run()
    assert book.person(contest.id, who.person.id).final == 2
    app.button(key="part-final").click().run()
    assert book.person(contest.id, who.person.id).final is None
    app.selectbox(key="part-try").set_value(3).run()
    assert app.button(key="part-final").disabled  # it failed

    tries = book.tries(contest.id, who.person.id)
    lines = history.as_csv(tries, fields(task("digits"))).splitlines()
    assert lines[1].startswith("1,complete,75.00,3,")
    formula = history.as_csv([replace(tries[0], comment="=1+1")], fields(task("digits")))
    assert "'=1+1" in formula  # no spreadsheet computes what somebody wrote
    assert len(lines) == 4


def test_whoever_finishes_sees_what_counts(
    open_page: Open, book: Book, contest: Contest, words: Callable[[AppTest], str]
) -> None:
    who = begun(book, contest)
    book.submit(contest.id, who.person.id, CONFIG)
    ended(book, contest, who, 1, 0.2)
    book.submit(contest.id, who.person.id, CONFIG)
    ended(book, contest, who, 2, 0.1)
    with book.store.engine.begin() as connection:  # one class for everything counts only for want of others
        values = {"state": str(TryState.DEGENERATE)}
        connection.execute(update(tables.tries).where(tables.tries.c.number == 2).values(**values))
    app = open_as(open_page, who)
    assert "your best one counts, **try 1**" in words(app)
    app.button(key="part-finish").click().run()
    person = book.person(contest.id, who.person.id)
    assert person.ending == FINISHED
    assert "Taken as final: try 1" in words(app)
    assert "80.00 %" in words(app)
    assert who.person.alias in words(app)


def test_somebodys_own_score_is_provisional_first(
    open_page: Open, book: Book, contest: Contest, store: Store, words: Callable[[AppTest], str]
) -> None:
    who = begun(book, contest)
    book.submit(contest.id, who.person.id, CONFIG)
    ended(book, contest, who, 1, 0.2)
    mine = {"person": who.person.id, "planned": 10}
    add_final(store, contest, EntrantKind.PERSON, "me", 0.2, [], **mine)
    add_final(store, contest, EntrantKind.PERSON, "other", 0.2, [0.1], planned=10)
    shown = words(open_as(open_page, who))
    assert "% eval accuracy" not in shown, "nothing of eval before the end"
    book.end(contest.id)
    st.cache_resource.clear()
    shown = words(open_as(open_page, who))
    assert "Taken as final: try 1" in shown and "% eval accuracy" not in shown and "being scored" in shown
    with store.engine.begin() as connection:
        row = tables.finals
        done = update(row).where(row.c.entrant.endswith("-me"), row.c.place < 2)
        connection.execute(done.values(state="done", eval_error=0.3))
    st.cache_resource.clear()
    shown = words(open_as(open_page, who))
    assert "### 70.00 % eval accuracy so far" in shown
    assert (
        "**Provisional, after 1 of 10 trainings each:** place 2 of 2; 10.00 points below its dev accuracy."
        in shown
    )
    with store.engine.begin() as connection:
        connection.execute(update(row).values(state="done", eval_error=0.3))
        connection.execute(update(tables.contests).values(state="scored"))
    st.cache_resource.clear()
    shown = words(open_as(open_page, who))
    assert "### 70.00 % eval accuracy\nPlace 1 of 2; 95 % interval 70.00 to 70.00;" in shown
    assert "rovisional" not in shown


def test_a_clock_of_ones_own_begins_with_the_task(
    open_page: Open, book: Book, words: Callable[[AppTest], str]
) -> None:
    contest = book.create("Study", Terms(minutes=5, clock=ClockKind.EACH), Consent("v7", "Text"))
    who = joined(book, contest)
    book.open(contest.id)
    app = open_as(open_page, who)
    about = task("digits").about[:40]
    assert about not in words(app)
    app.button(key="part-begin").click().run()
    assert book.person(contest.id, who.person.id).started == pytest.approx(time.time(), abs=20)
    assert about in words(app)


def test_practice_belongs_to_nobody(
    open_page: Open, book: Book, contest: Contest, words: Callable[[AppTest], str]
) -> None:
    app = open_page("join", code=contest.join_code)
    app.button(key="practice-begin").click().run()
    app.text_input(key="practice-0-epochs").set_value("2")
    app.text_input(key="practice-0-batch_size").set_value("64")
    app.selectbox(key="practice-0-loss").set_value("mse")
    app.selectbox(key="practice-0-optimizer").set_value("sgd").run()
    app.button(key="practice-send").click().run()
    (one,) = book.practice(contest.id, app.session_state["practice-id"])
    assert (one.person, one.reasons) == ("", {})
    assert book.tries(contest.id) == []
    app.text_input(key="practice-0-epochs").set_value("5").run()
    with book.store.engine.connect() as connection:
        assert connection.execute(tables.drafts.select()).all() == []
    app.button(key="practice-leave").click().run()
    assert "Version v7" in words(app)


def test_somebody_withdraws_and_the_browser_forgets_them(
    open_page: Open, book: Book, contest: Contest, words: Callable[[AppTest], str]
) -> None:
    who = joined(book, contest)
    app = open_page("your_data")
    app.session_state["identity-secrets"].held[identity.PERSON] = who.token
    app.run()
    assert who.person.alias in words(app)
    app.button(key="data-renew").click().run()
    code = app.code[0].value
    app.button(key="data-kept").click().run()
    assert code not in words(app)
    # Somebody came back on another device, so a click here makes no code for whoever holds this one.
    app.session_state["identity-secrets"].held[identity.PERSON] = book.come_back(code)[1]
    app.run()
    token = book.come_back(code)[1]
    assert not app.button(key="data-renew").click().run().code
    app.session_state["identity-secrets"].held[identity.PERSON] = token
    app.run()

    def send(code: str, sure: bool) -> AppTest:
        app.text_input[0].set_value(code)
        if sure:
            app.checkbox[0].check()
        (button,) = (one for one in app.button if one.label == "Withdraw")
        return button.click().run()

    assert "tick that everything" in send(code, False).error[0].value
    assert "Nobody has this personal code" in send(who.code, True).error[0].value  # the one before it
    assert "Everything of this participant is deleted" in words(send(code, True))
    assert "Everything of this participant is deleted" in words(app.run())
    assert book.people(contest.id) == []
    assert app.session_state["identity-secrets"].held[identity.PERSON] is None


def test_a_long_curve_is_thinned_to_its_last_point() -> None:
    points = parts.thinned(range(1, 1001), [1.0] * 999 + [float("nan")])
    assert len(points) <= parts.MOST_POINTS + 1
    points = parts.thinned(range(1, 1001), [float(n) for n in range(1000)])
    assert points[-1] == (1000, 999.0)
    assert parts.thinned([], []) == []
