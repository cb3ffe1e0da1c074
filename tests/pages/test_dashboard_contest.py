"""The instructor's page, and a dashboard that is closed to everybody else."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from contest_records import add_contest, add_person, add_try, set_state
from streamlit.testing.v1 import AppTest

from dashboard.contest import addresses, controls, doors, identity, overlook, serving
from dashboard.navigation import declarations
from tuners.contest import access
from tuners.contest.access import Access
from tuners.contest.book import Book
from tuners.contest.consent import standard
from tuners.contest.cost import cost
from tuners.contest.record import ClockKind, ContestState, Source, Terms, TryState
from tuners.contest.work import Work
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]

PASSWORD = "a long password"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Records are enough here; the process that trains has tests of its own."""
    monkeypatch.setattr(serving, "wake", lambda: "")
    monkeypatch.setattr(access, "COST", 2**4)  # of a password's hash: nobody guesses here
    access._failures.clear()


@pytest.fixture
def desk(store: Store, browser: dict[str, str]) -> Access:
    """A store with a password, and a browser that holds a login."""
    desk = Access(store)
    desk.set_password(PASSWORD)
    browser[identity.INSTRUCTOR] = desk.login()
    return desk


def test_first_password_is_set_on_this_machine_alone(
    open_page: Open, store: Store, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("contest")
    app.text_input(key="login-first").input("short")
    app.button(key="FormSubmitter:first-password-Set it and go on").click().run()
    assert "8 to 200 characters" in app.error[0].value
    app.text_input(key="login-first").input(PASSWORD)
    app.button(key="FormSubmitter:first-password-Set it and go on").click().run()
    assert Access(store).check(PASSWORD)
    assert app.button(key="create-contest").label == "Create the contest"
    app.button(key="log-out").click().run()
    assert app.text_input(key="login-password")
    assert "python -m tuners.contest password" in words(app)
    monkeypatch.setattr(doors, "from_this_machine", lambda: False)
    assert "python -m tuners.contest password" not in words(open_page("contest"))


def test_elsewhere_nobody_sets_a_password(
    open_page: Open, words: Words, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "from_this_machine", lambda: False)
    app = open_page("contest")
    assert not app.text_input
    assert "set on the machine that serves this page" in words(app)


def test_guesses_through_a_proxy_keep_nobody_out_at_this_machine(
    browser: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = doors.whereabouts()
    monkeypatch.setattr(type(st.context), "headers", {"X-Forwarded-For": "192.0.2.7"})
    assert doors.whereabouts() != here


def test_wrong_password_is_refused_in_words(open_page: Open, store: Store) -> None:
    Access(store).set_password(PASSWORD)
    app = open_page("contest")
    for _ in range(5):
        app.text_input(key="login-password").input("not this one")
        app.button(key="FormSubmitter:log-in-Log in").click().run()
    assert "after 4 wrong passwords the next one is looked at in 2 s" in app.error[0].value.lower()


def test_one_click_creates_a_contest_with_what_a_class_needs(
    desk: Access, open_page: Open, store: Store, words: Words
) -> None:
    app = open_page("contest")
    assert "trainings by people" in words(app)
    app.button(key="create-contest").click().run()
    (contest,) = Book(store).contests()
    assert contest.terms == Terms() and contest.state == ContestState.LOBBY
    assert contest.consent == standard(Terms())
    shown = words(app)
    assert contest.join_code in shown and "/join" in shown and "data:image/svg+xml" in shown
    assert "0 have joined" in shown


def test_from_the_lobby_to_the_end(desk: Access, open_page: Open, store: Store, words: Words) -> None:
    contest = add_contest(store)
    add_person(store, contest, "Calm Crane", begun=False)
    app = open_page("contest", contest=contest.id)
    assert "1 has joined" in words(app) and "is ready" in words(app)
    app.button(key="start-contest").click().run()
    book = Book(store)
    assert book.contest(contest.id).state == ContestState.OPEN
    app.button(key="extend-2").click().run()
    assert book.contest(contest.id).extended == 2
    app.button(key="end-contest-now").click().run()
    assert book.contest(contest.id).state == ContestState.ENDED
    assert "Scoring: 0 of 110 trainings; the tuners still use up" in app.get("progress")[0].proto.text
    assert "an export needs at least 5 people" in words(app)


def test_deleting_needs_the_title(
    desk: Access, open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, contest = add_contest(store), add_contest(store)
    typed, now = f"erase-typed-{contest.id}", f"erase-now-{contest.id}"
    app = open_page("contest", contest=contest.id)
    assert app.button(key=now).disabled
    app.text_input(key=typed).input("A clas").run()
    assert app.button(key=now).disabled
    click = controls._do
    monkeypatch.setattr(controls, "_do", lambda action: [click(action), click(action)])  # a double click
    app.text_input(key=typed).input("A class").run()
    app.button(key=now).click().run()
    assert Book(store).contests() == [other] and not app.error
    assert app.button(key=f"erase-now-{other.id}").disabled, "nobody has typed its title"


def test_click_after_the_login_has_ended_does_nothing(
    desk: Access, open_page: Open, store: Store, browser: dict[str, str]
) -> None:
    """A click is taken before the page runs."""
    contest = add_contest(store)
    app = open_page("contest", contest=contest.id)
    desk.logout(browser[identity.INSTRUCTOR])
    app.button(key="start-contest").click().run()
    assert Book(store).contest(contest.id).state == ContestState.LOBBY
    assert app.text_input(key="login-password")


def test_participants_are_watched_by_the_names_drawn_for_them(
    desk: Access, open_page: Open, store: Store, words: Words
) -> None:
    contest = add_contest(store)
    Book(store).open(contest.id)
    one = add_person(store, contest, "Calm Crane").person
    two = add_person(store, contest, "<b>Sly</b>", source=Source.SIMULATED).person
    add_try(store, contest, one.id, 1, 0.25)
    add_try(store, contest, one.id, 2, None, TryState.RUNNING)
    add_try(store, contest, two.id, 1, None, TryState.QUEUED)
    Work(store).pause(time.time(), 600.0)
    shown = words(open_page("contest", contest=contest.id))
    assert "This machine slept for 10 min" in shown
    assert "Calm Crane" in shown and "try 2 trains" in shown and "75.00" in shown
    assert "&lt;b&gt;Sly&lt;/b&gt;" in shown and "try 1 waits and is the next one" in shown
    assert "simulated participants" in shown
    assert one.id not in shown


def test_closed_dashboard_runs_participants_pages_alone(
    finished: Store, open_page: Open, words: Words, repo_root: Path
) -> None:
    Access(finished).set_password(PASSWORD)
    Access(finished).close(True)
    for page in declarations(repo_root / "dashboard" / "views"):
        app = open_page(page.url_path, study="demo")
        assert not app.exception, page.url_path
        if page.url_path in doors.PARTICIPANTS:
            assert not [field for field in app.text_input if field.key == "login-password"]
        else:
            assert [title.value for title in app.title] == [f"{page.title} is for the instructor"]
            assert [field.key for field in app.text_input] == ["login-password"]
        shown = words(app)
        assert "demo" not in shown and str(finished.folder) not in shown, page.url_path


def test_instructor_of_a_closed_dashboard_sees_all(
    finished: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Access(finished)
    desk.set_password(PASSWORD)
    desk.close(True)
    app = open_page("errors", study="demo")
    app.text_input(key="login-password").input(PASSWORD)
    app.button(key="FormSubmitter:log-in-Log in").click().run()
    assert app.title[0].value == "Errors" and app.selectbox(key="study").value == "demo"


def test_menu_of_a_closed_dashboard(repo_root: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = declarations(repo_root / "dashboard" / "views")
    monkeypatch.setattr(doors, "shut", lambda: True)
    assert {page.url_path for page in doors.open_to_viewer(pages)} == set(doors.PARTICIPANTS)
    monkeypatch.setattr(doors, "shut", lambda: False)
    assert doors.open_to_viewer(pages) == list(pages)


def test_closed_stays_closed_where_the_store_cannot_be_read(
    finished: Store, open_page: Open, words: Words
) -> None:
    Access(finished).set_password(PASSWORD)
    Access(finished).close(True)
    assert open_page("errors").text_input
    finished.close()
    for file in finished.folder.glob("handtune.sqlite*"):
        file.write_bytes(b"no database")
    shown = words(open_page("errors"))
    assert "tell the instructor" in shown and str(finished.folder) not in shown


def test_switch_is_on_the_page(desk: Access, open_page: Open) -> None:
    app = open_page("contest")
    app.toggle(key="closed-False").set_value(True).run()
    assert desk.closed() and app.toggle(key="closed-True").value
    app.toggle(key="closed-True").set_value(False).run()
    assert not desk.closed()


def test_changed_consent_has_a_version_of_its_own(desk: Access, open_page: Open, store: Store) -> None:
    app = open_page("contest")
    app.text_area[0].input("You agree to everything.")
    app.button(key="create-contest").click().run()
    (contest,) = Book(store).contests()
    assert contest.consent.version.startswith("own ") and contest.consent.text == "You agree to everything."
    assert "clock of your own" in standard(Terms(clock=ClockKind.EACH)).text


def test_address_that_participants_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "of_this_machine", lambda: ["192.0.2.7"])
    assert addresses.base("http://localhost:8501/contest", False, 8501) == "http://localhost:8501"
    assert addresses.alone("http://localhost:8501") and not addresses.alone("http://192.0.2.7:8501")
    assert addresses.base("http://localhost:8501/contest", True, 8501) == "http://192.0.2.7:8501"
    assert addresses.base("https://tuning.example.org/contest", True, 8501) == "https://tuning.example.org"
    assert addresses.base("http://localhost", True, 1, "https://x.example/") == "https://x.example"
    assert addresses.join("http://192.0.2.7:8501/", "ABCDE") == "http://192.0.2.7:8501/join?code=ABCDE"
    monkeypatch.setattr(addresses, "of_this_machine", list)
    assert addresses.alone(addresses.base("http://localhost:8501", True, 8501))


def test_cost_of_a_contest() -> None:
    found = cost(replace(Terms(), max_trials=15, searches=5), people=20, seconds=2.0, cores=2)
    assert (found.people, found.tuners, found.finals) == (300, 150, (20 + 10 + 1) * 10)
    assert (found.tuner_seconds, found.final_seconds) == (150.0, 310.0)
    assert found.waiting(minutes=10) == 300 * 2.0 / 1200
    with_published = cost(replace(Terms(), published=True), people=20, seconds=2.0, cores=2)
    assert with_published.finals == found.finals + 31 * 10


def test_who_is_silent_is_marked(store: Store) -> None:
    contest = add_contest(store)
    who = add_person(store, contest, "Calm Crane", begun=False).person
    assert overlook.last_seen(who, []) == who.joined
    set_state(store, contest, state="open")
    assert overlook.state_of(replace(who, background=None), [], {}) == "reads the consent and the questions"
    assert overlook.state_of(replace(who, finished=1.0, ending="they finished"), [], {}) == "they finished"
