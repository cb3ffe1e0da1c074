"""The leaderboard: who stands where on dev while a contest runs, and on eval once it has ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from contest_records import CONFIG, add_contest, add_final, add_person, add_try, set_state
from streamlit.testing.v1 import AppTest

from dashboard.contest import board, identity, moment, serving
from dashboard.contest.happened import happened
from dashboard.contest.standings import Standing, results, standings, to_come
from tuners.contest.access import Access
from tuners.contest.book import Book
from tuners.contest.record import Contest, Entrant, EntrantKind, Final, FinalState, Source, Terms, TryState
from tuners.contest.systems import DEFAULTS, PUBLISHED, label
from tuners.record import SearchRecord, SystemRecord, TrialRecord, TrialState
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]

#: Accuracy on eval that no page may tell before the end: no other number is printed so.
SECRET, SECRET_TEXT = 0.123456, "87.65"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Records are enough here; the process that trains has tests of its own."""
    monkeypatch.setattr(serving, "wake", lambda: "")
    yield
    moment._moment.clear()


@pytest.fixture
def contest(store: Store) -> Contest:
    """Open, with three people of whom two have a result."""
    made = add_contest(store, searches=2)
    Book(store).open(made.id)
    one, two = add_person(store, made, "Calm Crane").person, add_person(store, made, "Bold Bison").person
    add_person(store, made, "Keen Koala")
    add_try(store, made, one.id, 1, 0.4)
    add_try(store, made, one.id, 2, 0.25)
    add_try(store, made, two.id, 1, 0.3)
    add_try(store, made, two.id, 3, None, TryState.FAILED)
    return Book(store).contest(made.id)


def systems(contest: Contest) -> list[SystemRecord]:
    """As the contest's server writes them."""
    found = [("keras-random", "keras-random", 2), (DEFAULTS, "hand", 1), (PUBLISHED, "hand", 1)]
    return [
        SystemRecord(
            "s", label(contest.terms, name), "by-hand-digits", tuner, place,
            searches=tuple(SearchRecord(repeat) for repeat in range(searches)),
        )
        for place, (name, tuner, searches) in enumerate(found)
    ]  # fmt: skip


def trial(contest: Contest, name: str, number: int, error: float, repeat: int = 0) -> TrialRecord:
    return TrialRecord(
        "s", label(contest.terms, name), number, TrialState.COMPLETE, CONFIG, 1, 5, 0, None, number, number,
        dev_error=error, epochs=5, seconds=1.0, started=time.time() - 30 + number, repeat=repeat,
    )  # fmt: skip


def test_people_and_machines_stand_side_by_side(contest: Contest, store: Store) -> None:
    book = Book(store)
    trials = [
        trial(contest, "keras-random", 0, 0.5),
        trial(contest, "keras-random", 1, 0.3),
        trial(contest, "keras-random", 0, 0.2, repeat=1),
        trial(contest, DEFAULTS, 0, 0.25),
        trial(contest, PUBLISHED, 4, 0.6),
    ]
    rows = standings(contest, book.people(contest.id), book.tries(contest.id), systems(contest), trials)
    assert [(row.place, row.label, row.kind.value, row.best, row.done) for row in rows] == [
        (1, "keras-random 2", "tuner", 0.2, 1),
        (2, "Calm Crane", "person", 0.25, 2),
        (2, "all defaults", "defaults", 0.25, 1),
        (4, "Bold Bison", "person", 0.3, 2),
        (4, "keras-random 1", "tuner", 0.3, 2),
        (6, "Study's participant 5", "published", 0.6, 1),
        (None, "Keen Koala", "person", None, 0),
    ]
    lines = [
        (event.system, event.kind, event.text)
        for event, _ in happened(
            contest, book.people(contest.id), book.tries(contest.id), systems(contest), trials[:3]
        )
    ]
    assert ("keras-random 2", "lead", "takes the lead: 80.00 % by trial 1") in lines
    assert ("keras-random 1", "higher", "new best: 70.00 % by trial 2, up from 50.00") in lines
    assert ("Bold Bison", "failed", "try 3 failed") in lines


def test_strip_tells_kinds_apart_and_says_what_it_shows() -> None:
    rows = [
        Standing("a", EntrantKind.TUNER, "tpe", Source.PERSON, 0.2, 3, False, place=1),
        Standing("b", EntrantKind.PERSON, "<i>Fox</i>", Source.SIMULATED, 0.21, 3, False, place=2),
        Standing("c", EntrantKind.PERSON, "Owl", Source.SIMULATED, 0.2104, 3, True, place=3),
    ]
    html = board.strip(rows)
    assert "shape square" in html and "shape circle" in html and "<i>Fox" not in html
    assert (
        "aria-label='Best dev accuracy so far of simulated participants. Best of each kind: tpe 80.00 %"
        in html
    )
    assert (
        html.count("bottom:0.25em") == 2 and "bottom:1.25em" in html
    )  # two people who would cover each other
    table = board.ranking(rows, most=1, you="c")
    assert "tpe" in table and "you, simulated" in table and "and 1 more" in table
    assert board.strip([]) == ""


def test_open_contest_tells_no_eval(contest: Contest, store: Store, open_page: Open, words: Words) -> None:
    add_final(store, contest, EntrantKind.PERSON, "Calm Crane", 0.25, [SECRET] * 10)
    app = open_page("leaderboard", contest=contest.id)
    shown = words(app)
    assert "Calm Crane" in shown and "75.00" in shown and "What just happened" in shown
    assert "eval stays closed until the end" in shown and SECRET_TEXT not in shown
    assert not app.exception
    assert results(contest, Book(store).entrants(contest.id), Book(store).finals(contest.id)) == []


def test_a_provisional_ranking_takes_the_same_seeds_of_all(
    contest: Contest, store: Store, open_page: Open, words: Words
) -> None:
    add_final(store, contest, EntrantKind.PERSON, "Calm Crane", 0.25, [0.2, 0.4, 0.1], planned=10)
    add_final(store, contest, EntrantKind.PERSON, "Bold Bison", 0.3, [0.25, 0.25, SECRET], planned=10)
    add_final(store, contest, EntrantKind.DEFAULTS, "all defaults", 0.25, [0.5, 0.5], planned=10)
    set_state(store, contest, state="ended", ended=time.time())
    app = open_page("leaderboard", contest=contest.id)
    shown, progress = words(app), app.get("progress")[0].proto.text
    assert not app.exception
    assert (
        "**Provisional, after 2 of 10 trainings each.** 8 of 80 trainings" in progress and "left" in progress
    )
    first, second = shown.index("class='place1'"), shown.index("class='place2'")
    assert "Bold Bison" in shown[first:second] and "75.00 %<small> eval so far" in shown[first:second]
    assert "70.00" in shown and "50.00" in shown and "Student's 95 % interval" in shown
    assert "Provisional podium" in shown and SECRET_TEXT not in shown and "On eval, people" not in shown


def test_until_the_first_round_is_over_dev_is_all_there_is(
    contest: Contest, store: Store, open_page: Open, words: Words
) -> None:
    add_final(store, contest, EntrantKind.PERSON, "Calm Crane", 0.25, [SECRET], planned=2)
    add_final(store, contest, EntrantKind.PERSON, "Bold Bison", 0.3, [], planned=2)
    set_state(store, contest, state="ended", ended=time.time())
    app = open_page("leaderboard", contest=contest.id)
    assert "1 of 64 trainings" in app.get("progress")[0].proto.text
    shown = words(app)
    assert "Best dev accuracy so far" in shown and "<ol class='podium" not in shown
    assert "Eval follows as soon as everybody has a first training" in shown
    assert SECRET_TEXT not in shown


def test_what_still_searches_is_not_lost_from_the_table(contest: Contest, store: Store) -> None:
    book = Book(store)
    add_final(store, contest, EntrantKind.PERSON, "Calm Crane", 0.25, [0.2], planned=2)
    set_state(store, contest, state="ended", ended=time.time())
    ended = book.contest(contest.id)
    trials = [trial(ended, "keras-random", 0, 0.5), trial(ended, DEFAULTS, 0, 0.25)]
    rows = standings(ended, book.people(ended.id), book.tries(ended.id), systems(ended), trials)
    found = results(ended, book.entrants(ended.id), book.finals(ended.id))
    more = to_come(ended, rows, found)
    assert [(row.entrant.label, row.entrant.dev_error, row.mean) for row in more] == [
        ("all defaults", 0.25, None),
        ("keras-random 1", 0.5, None),
    ]
    assert "tuner, not scored yet" in board.final_table([*found, *more], provisional=True)
    assert board.own_score(found, "") == ""


def test_end_has_a_podium_and_says_what_dev_promised(
    contest: Contest, store: Store, open_page: Open, words: Words
) -> None:
    add_final(store, contest, EntrantKind.PERSON, "Calm Crane", 0.25, [0.26, 0.28])
    add_final(store, contest, EntrantKind.TUNER, "keras-random", 0.2, [0.22, 0.24])
    add_final(store, contest, EntrantKind.DEFAULTS, "all defaults", 0.25, [0.3, 0.3])
    set_state(store, contest, state="scored", ended=time.time())
    app = open_page("leaderboard", contest=contest.id)
    assert not app.exception
    shown = words(app)
    first, second = shown.index("class='place1'"), shown.index("class='place2'")
    assert "keras-random 1" in shown[first:second] and "77.00 %" in shown[first:second]
    assert "On eval, people: **73.00 %**; tuners: **77.00 %**; defaults: **70.00 %**." in shown
    assert "3.33 points lower than on dev" in shown


def test_result_of_failed_trainings_counts_as_the_server_says() -> None:
    made = Contest("c", "t", "ABCDE", Terms(), None, "scored", 0.0)  # type: ignore[arg-type]
    one = Entrant("c", "k", EntrantKind.PERSON, "Fox", Source.PERSON, CONFIG, 0.3)
    none = Entrant(
        "c", "n", EntrantKind.PERSON, "Owl", Source.PERSON, None, note="no try ended with a result"
    )
    finals = [
        Final("c", "k", 0, 1, FinalState.DONE, 0.2),
        Final("c", "k", 1, 2, FinalState.FAILED, 0.9),
    ]
    first, last = results(made, [none, one], finals)
    assert (first.entrant.label, round(first.mean or 0, 4), first.seeds, first.place) == ("Fox", 0.55, 2, 1)
    assert last.mean is None and last.place is None
    assert "no try ended with a result" in board.final_table([first, last])


def test_lobby_shows_the_way_in_and_the_projector_its_size(
    store: Store, open_page: Open, words: Words
) -> None:
    made = add_contest(store)
    shown = words(open_page("leaderboard", contest=made.id, projector="yes"))
    assert made.join_code in shown and "way-in projected" in shown


def test_participant_of_a_closed_dashboard_sees_their_own_contest(
    contest: Contest, store: Store, open_page: Open, words: Words, browser: dict[str, str]
) -> None:
    other = add_contest(store, "Another class")
    Access(store).set_password("a long password")
    Access(store).close(True)
    assert "Join a contest first" in words(open_page("leaderboard", contest=contest.id))
    joined = add_person(store, contest, "Zesty Swan")
    browser[identity.PERSON] = joined.token
    shown = words(open_page("leaderboard", contest=other.id))
    assert "A class" in shown and "Another class" not in shown and "you, person" in shown
