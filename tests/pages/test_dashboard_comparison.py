"""The page that compares tuners: with results, while it runs, and where there is nothing to compare."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace

import streamlit as st
from sqlalchemy import delete, update
from streamlit.testing.v1 import AppTest
from study_records import TUNED, add_study

from tuners import schema
from tuners.record import StudyState
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def test_two_tuned_systems_are_compared(finished: Store, open_page: Open, words: Words) -> None:
    app = open_page("comparison", study="demo")
    text = words(app)
    assert "Which tuner found more" in text and "The winner's curse" in text and "From dev to eval" in text
    assert f"| {TUNED[0]} | 1 |" in text
    assert len(app.get("plotly_chart")) == 4
    assert [download.proto.label for download in app.get("download_button")] == ["CSV"]
    assert not app.exception


def test_two_tuners_of_one_model_are_told_apart_or_not(
    finished: Store, open_page: Open, words: Words
) -> None:
    learner = next(system.learner for system in finished.systems("demo") if system.label == TUNED[0])
    with finished.engine.begin() as connection:
        second = (schema.systems.c.study == "demo") & (schema.systems.c.label == TUNED[1])
        connection.execute(update(schema.systems).where(second).values(tuner="pso", learner=learner))
    app = open_page("comparison", study="demo")
    assert "With 1 paired repeat no difference from random search, however large" in words(app)
    assert "| pso less keras-random |" in words(app)
    assert [download.proto.label for download in app.get("download_button")] == ["CSV", "CSV of the pairs"]
    assert not app.exception


def test_a_comparison_that_runs_shows_the_race_and_no_result(
    store: Store, open_page: Open, words: Words
) -> None:
    add_study(store, "now", state=StudyState.RUNNING, scored=False)
    app = open_page("comparison", study="now")
    assert "Nothing to draw yet" in words(app)  # no eval error before the selection
    assert [chart.key for chart in app.get("plotly_chart")] == ["race", "selection"]
    assert not app.exception


def test_a_study_by_hand_alone_is_told_how_to_compare(store: Store, open_page: Open, words: Words) -> None:
    study = add_study(store, "demo")
    store.update_study("demo", spec=asdict(replace(study.spec, systems=study.spec.systems[:3])))
    with store.engine.begin() as connection:
        connection.execute(delete(schema.systems).where(schema.systems.c.label.in_(TUNED)))
        connection.execute(delete(schema.trials).where(schema.trials.c.system.in_(TUNED)))
        connection.execute(delete(schema.scores).where(schema.scores.c.system.in_(TUNED)))
    app = open_page("comparison", study="demo")
    assert "fewer than two tuners with results" in words(app)
    assert "--repeats 7" in app.code[0].value
    assert not app.exception


def test_regret_is_shown_where_a_grid_was_trained_whole(
    finished: Store, open_page: Open, words: Words
) -> None:
    add_study(finished, "grid")
    with finished.engine.begin() as connection:
        grid = (schema.systems.c.study == "grid") & (schema.systems.c.label == TUNED[0])
        connection.execute(update(schema.systems).where(grid).values(tuner="optuna-grid"))
    finished.update_search("grid", TUNED[0], 0, note="search ended: 9 trials")
    assert "Ground truth" not in words(open_page("comparison", study="demo"))  # cut off by its budget
    finished.update_search("grid", TUNED[0], 0, note="search ended: nothing left to try")
    st.cache_data.clear()
    app = open_page("comparison", study="demo")
    text = words(app)
    assert not app.exception
    assert "Regret" in [header.value for header in app.header]
    assert "Ground truth: all" in text and "(study `grid`)" in text
    assert "regret" in [chart.key for chart in app.get("plotly_chart")]
