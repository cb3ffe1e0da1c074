"""The page on hyperparameters, in every state of a study."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest
from study_records import TUNED, add_study

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tuners"))

from insight_records import HAND, RANDOM, SPACE, TPE, add_searched_study
from sqlalchemy import text

from tuners.insight import store_insights
from tuners.record import StudyState
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def test_a_study_with_enough_trials_shows_everything(store: Store, open_page: Open, words: Words) -> None:
    add_searched_study(store, trials=25, repeats=1)
    store_insights(store, "searched")
    app = open_page("insight", study="searched", system=RANDOM)
    assert not app.exception
    said = words(app)
    assert len(app.get("plotly_chart")) == 1
    assert f"{RANDOM}: the forest predicts" in said
    assert "asked for 0 of 25 configurations again" in said
    assert "generated data" in said
    assert app.selectbox(key="system").options == [RANDOM, TPE], f"not {HAND}"
    assert "python -m tuners.export searched --to csv" in said
    assert len(app.get("download_button")) == 3
    for part in ("lines", "slices", "pair", "failures"):
        app.segmented_control(key="part").set_value(part).run()
        assert not app.exception
        assert app.query_params["part"] in (part, [part])
        assert len(app.get("plotly_chart")) == 1, part
        assert "All trials" in [header.value for header in app.header]
    assert len(app.get("download_button")) == 2, "the table of failures, and all trials"


def test_what_a_part_shows_can_be_chosen(store: Store, open_page: Open, words: Words) -> None:
    add_searched_study(store, trials=25, repeats=1)
    app = open_page("insight", study="searched", system=RANDOM, part="pair")
    assert app.selectbox(key="x").value == "layers"
    app.selectbox(key="x").set_value("activation").run()
    assert not app.exception
    assert app.query_params["x"] in ("activation", ["activation"])
    app.segmented_control(key="part").set_value("lines").run()
    app.multiselect(key="axes").set_value([]).run()
    assert "Choose at least one axis" in words(app)


def test_importances_that_are_missing_come_with_their_command(
    store: Store, open_page: Open, words: Words
) -> None:
    add_searched_study(store)
    app = open_page("insight", study="searched")
    assert f"python -m tuners.insight searched --store {store.address}" in words(app)
    assert not app.get("plotly_chart")


def test_a_study_of_an_older_store_and_one_that_was_cut_off(
    store: Store, open_page: Open, words: Words
) -> None:
    texts = [{k: row[k] for k in ("parameter", "values", "scale", "active when")} for row in SPACE.describe()]
    add_searched_study(store, "old", space=texts, state=StudyState.INTERRUPTED)
    app = open_page("insight", study="old")
    assert not app.exception
    assert "its edges are not known" in words(app)
    assert "Study old is interrupted: this is what there is so far" in words(app)


def test_few_trials_say_what_to_do(store: Store, open_page: Open, words: Words) -> None:
    add_study(store, "demo")
    app = open_page("insight", study="demo")
    assert not app.exception
    assert "has 5 completed trials" in words(app)
    assert f"--tuner keras-random --max-trials 30 --store {store.address}" in words(app)
    assert app.selectbox(key="system").options == list(TUNED)


def test_a_study_without_an_autotuner_says_so(store: Store, open_page: Open, words: Words) -> None:
    study = add_searched_study(store)
    with store.engine.begin() as connection:
        # Only the person's list is left.
        connection.execute(
            text("UPDATE studies SET spec = json_remove(spec, '$.systems[2]', '$.systems[1]')")
        )
        connection.execute(text("DELETE FROM systems WHERE tuner != 'hand'"))
    app = open_page("insight", study=study.name)
    assert not app.exception
    assert "has no autotuned system" in words(app)
    assert "python tuners/run.py --dataset 10 --tuner keras-random" in words(app)
