"""Stores that are empty, broken, foreign or out of reach: plain words and the next command to type."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from study_records import add_study

from dashboard import reading
from tuners.store import Store

PAGES = ("overview", "live", "errors", "surfaces", "report")
Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_empty_store_says_what_to_type(page: str, open_page: Open, words: Words) -> None:
    app = open_page(page)
    text = words(app)
    assert "holds no study yet" in text
    assert "make demo" in text
    assert "python tuners/run.py --preset demo --dataset 10" in text
    assert not app.exception


def test_home_of_an_empty_store_has_doors_that_need_no_study(open_page: Open) -> None:
    assert [link.proto.page for link in open_page("overview").get("page_link")] == ["start", "draw", "lesson"]


def test_file_that_is_no_store_is_explained(page: str, address: str, open_page: Open, words: Words) -> None:
    Path(address).parent.mkdir(parents=True)
    Path(address).write_text("not a database, but long enough to be taken for a damaged one " * 40)
    app = open_page(page)
    assert [error.value for error in app.error], "no message"
    assert "not a Handtune store" in app.error[0].value
    assert "HANDTUNE_STORE=" in words(app)
    assert not app.exception


def test_store_that_appears_later_is_seen(address: str, open_page: Open, words: Words) -> None:
    app = open_page("errors")
    assert "holds no study yet" in words(app)
    add_study(Store(address), "demo")
    app.run()
    assert "holds no study yet" not in words(app)
    assert app.selectbox(key="study").value == "demo"


@pytest.mark.parametrize("page", ["errors", "lesson"])
def test_a_study_that_began_a_moment_ago_is_found_by_its_link(
    page: str, finished: Store, open_page: Open, words: Words
) -> None:
    assert [study.name for study in reading.studies()] == ["demo"]  # as the page of another viewer reads them
    add_study(finished, "new")
    app = open_page(page, study="new")
    assert "There is no study called" not in words(app) and "is none" not in words(app)
    assert app.selectbox(key="study").value == "new"


@pytest.mark.parametrize(
    "database", ["sqlite://teacher:secret@localhost/x", "postgresql://teacher:secret@localhost:1/x"]
)
def test_database_that_does_not_answer_is_explained_without_its_password(
    database: str, monkeypatch: pytest.MonkeyPatch, open_page: Open, words: Words
) -> None:
    monkeypatch.setenv("HANDTUNE_STORE", database)
    app = open_page("errors")
    assert app.error
    assert not app.exception
    assert "secret" not in words(app)


def test_store_of_another_program_is_explained(address: str, open_page: Open) -> None:
    Path(address).parent.mkdir(parents=True)
    with sqlite3.connect(address) as other:
        other.execute("create table songs (title text)")
    app = open_page("errors")
    assert "not a Handtune store" in app.error[0].value
    assert not app.exception
