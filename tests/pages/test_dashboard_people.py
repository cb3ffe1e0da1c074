"""The page that analyses a contest: what it shows to whom, and what it says where there is nothing to show."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tuners.contest.record import ContestState, Source
from tuners.store import Store

sys.path.append(str(Path(__file__).parent.parent / "reports"))  # importlib mode leaves it off the path
from people_records import add_contest

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def charts(app: AppTest) -> int:
    assert not app.exception, app.exception
    return len(app.get("plotly_chart"))


def test_without_a_contest_the_page_says_what_to_do(store: Store, open_page: Open, words: Words) -> None:
    app = open_page("people")
    assert not app.exception
    assert "There is no contest yet" in words(app)


@pytest.mark.slow
def test_chapters_of_a_contest(store: Store, open_page: Open, words: Words) -> None:
    add_contest(store)
    app = open_page("people", contest="tuesday")
    assert charts(app) == 3
    assert "mean eval accuracy 57.13 %" in words(app) and "python -m reports people tuesday" in words(app)
    assert "nobody’s months are" in words(app)  # who is not logged in sees what a report says
    assert app.query_params["chapter"] == "Outcome"
    for chapter, count in (("Searching", 3), ("Experience", 3), ("As in the study", 3), ("How sure", 0)):
        app = open_page("people", contest="tuesday", chapter=chapter)
        assert charts(app) == count, chapter
    assert "rank correlation from 0.55 on" in words(app)


@pytest.mark.slow
def test_few_people_an_open_contest_and_programs(store: Store, open_page: Open, words: Words) -> None:
    add_contest(
        store, (0, 1, 12), source=Source.SIMULATED, searches=1, id="programs", study="contest-programs"
    )
    add_contest(store, (0, 3), searches=1, id="running", study="contest-running", state=ContestState.OPEN)
    app = open_page("people", contest="programs", chapter="Experience")
    assert charts(app) >= 1
    assert "Nobody took part" in words(app) and "Nothing can be concluded" in words(app)
    app = open_page("people", contest="running")
    assert charts(app) == 0
    assert "Its analysis is here once it has ended" in words(app)
