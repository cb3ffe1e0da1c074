"""The page Draw data: examples, classes, statistics, files, saving, and the results of a study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from study_records import add_study

from dashboard.drawing import drafts, points
from dashboard.drawing.drafts import Draft
from dashboard.drawing.examples import EXAMPLES
from dashboard.drawing.files import csv_text
from dashboard.drawing.saved import like_train
from dashboard.drawing.statistics import bayes_table
from datasets import drawings
from datasets.loading import load
from imld_synth.canvas import Canvas, add
from imld_synth.csv_io import parse_csv
from imld_synth.marks import Eraser, Stroke
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]


def draft_of(app: AppTest) -> Draft:
    """What the page that was just run works on."""
    return drafts._open(str(drafts.folder()), app.session_state["draft"])


def press(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def test_an_example_is_drawn_counted_saved_and_loaded(open_page: Open, words: Words) -> None:
    app = open_page("draw")
    assert not drafts.folder().exists()
    press(app, "example-Two Gaussians")
    assert "train · 2,000" in app.segmented_control(key="split").options[0]
    text = words(app)
    assert "1,000 points" in text and "exact" in text
    mean = draft_of(app).canvas.points("train")[0][:1000].mean(axis=0)
    assert all(f"{value:.3f}".replace("-", "−") in text for value in mean)
    app.text_input(key=f"save-as-{draft_of(app).token}-").set_value("mine").run()
    press(app, "save-drawing")
    assert drawings.names() == ("mine",)
    assert app.query_params["drawing"] == ["mine"] or app.query_params["drawing"] == "mine"
    assert "python tuners/run.py --dataset mine" in words(app)
    dataset = load("mine")
    assert dataset.provenance.kind == "drawn" and dataset.densities is not None
    assert [len(dataset.split.part(part)) for part in ("train", "dev", "eval")] == [2000, 1000, 1000]  # type: ignore[arg-type]
    assert not app.exception


@pytest.mark.slow
def test_a_link_opens_a_saved_drawing_and_an_unknown_one_is_said(open_page: Open, words: Words) -> None:
    drawings.save("moon", EXAMPLES["Yin-yang"]())
    app = open_page("draw", drawing="moon")
    assert draft_of(app).canvas == drawings.read("moon")
    assert "Saved drawings (1)" in [one.label for one in app.expander]
    token = app.session_state["draft"]
    app.run()
    assert app.session_state["draft"] == token
    other = open_page("draw", drawing="<b>sun</b>")
    assert "there is no drawing called" in words(other).lower()
    assert draft_of(other).empty
    assert not app.exception and not other.exception


@pytest.mark.slow
def test_classes_are_added_renamed_and_deleted(open_page: Open, words: Words) -> None:
    app = open_page("draw")
    press(app, "add-class")
    draft = draft_of(app)
    assert draft.canvas.class_names == ("A", "B", "C") and draft.chosen_label == 2
    key = next(one.key for one in app.text_input if one.label == "Name of C")
    app.text_input(key=key).set_value("healthy").run()
    assert draft.canvas.class_names == ("A", "B", "healthy")
    key = next(one.key for one in app.text_input if one.label == "Name of A")
    app.text_input(key=key).set_value("healthy").run()
    assert draft.canvas.class_names == ("A", "B", "healthy")
    assert "give one of them another name" in words(app)
    press(app, next(one.key for one in app.button if one.label == "Delete A"))
    assert draft.canvas.class_names == ("B", "healthy")
    draft.undo()
    assert draft.canvas.class_names == ("A", "B", "healthy")
    assert not app.exception


@pytest.mark.slow
@pytest.mark.parametrize(("name", "classes"), [("four_ellipses", 4), ("toroidal", 2), ("yin_yang", 2)])
def test_a_distribution_brings_its_classes(open_page: Open, name: str, classes: int) -> None:
    app = open_page("draw", split="dev")
    app.selectbox(key="distribution").set_value(name).run()
    app.number_input(key=f"distribution-points-{name}").set_value(500).run()
    press(app, "distribution-add")
    draft = draft_of(app)
    counts = draft.canvas.counts("dev")
    assert len(counts) == classes == len(draft.canvas.class_names)
    assert counts == ((100, 500) if name == "toroidal" else (500,) * classes)
    assert draft.canvas.density("dev") is not None
    press(app, "distribution-replace")
    assert draft.canvas.counts("dev") == counts
    assert not app.exception


def test_dev_and_eval_are_drawn_like_train(open_page: Open) -> None:
    app = open_page("draw")
    press(app, "distribution-add")
    press(app, "like-train")
    canvas = draft_of(app).canvas
    first, *others = [canvas.points(split)[0] for split in ("train", "dev", "eval")]
    assert [len(x) for x in (first, *others)] == [2000] * 3
    assert not (first == others[0]).any() and not (others[0] == others[1]).any()


def test_a_csv_is_offered_and_taken(open_page: Open, words: Words) -> None:
    app = open_page("draw")
    uploader = f"import-{app.session_state['draft']}"
    rows = "".join(f"{'cat' if n % 3 else 'dog'}, {n / 10:.1f}, {n / 5:.1f}\n" for n in range(30))
    app.file_uploader(key=uploader).set_value(("pets.csv", rows.encode(), "text/csv")).run()
    assert "30 points of 2 classes: cat, dog" in words(app)
    press(app, "take-csv-False")
    canvas = draft_of(app).canvas
    assert canvas.class_names == ("cat", "dog") and canvas.counts("train") == (20, 10)
    assert canvas.limits[1] > 2.9 and canvas.limits[3] > 5.8
    assert "points were imported" in words(app)
    back = parse_csv(csv_text(canvas, "train").encode(), "back.csv")
    assert np.allclose(back.x, canvas.points("train")[0])
    assert back.class_names == canvas.class_names
    app.file_uploader(key=uploader).set_value(("bad.csv", b"a,1,2\nb,x,3\n", "text/csv")).run()
    assert "line 2" in words(app) and "must be a number" in words(app)
    assert not app.exception


@pytest.mark.slow
def test_a_split_that_cannot_be_copied_is_said(open_page: Open, words: Words, tmp_path: Path) -> None:
    app = open_page("draw")
    uploader = f"import-{app.session_state['draft']}"
    app.file_uploader(key=uploader).set_value(("two.csv", b"A,0,0\nB,1,1\n", "text/csv")).run()
    press(app, "take-csv-False")
    press(app, "like-train")
    assert "cannot be drawn anew" in words(app)
    assert draft_of(app).canvas.dev == ()
    press(app, "save-drawing")
    assert "cannot be drawn anew" in words(app) and drawings.names() == ()


@pytest.mark.slow
def test_results_of_the_newest_study_are_shown_and_marked_when_the_drawing_changed(
    store: Store, open_page: Open, words: Words
) -> None:
    drawings.save("mine", like_train(EXAMPLES["Overlapping"](), only_empty=True))
    study = add_study(store, "mine-1")
    store.update_study("mine-1", data=asdict(replace(study.data, name="mine", provenance="drawn")))
    app = open_page("draw", drawing="mine", of="RNF")
    text = words(app)
    assert "belong to the earlier version" in text  # these records have other points
    assert app.selectbox(key="of").value == "RNF"
    assert "<th scope='row'>sensitivity</th>" in text and "RNF on eval" in text
    assert "Study mine-1 began" in text
    hashed = load("mine").provenance.content_hash
    data = replace(store.study("mine-1").data, content_hash=hashed)
    store.update_study("mine-1", data=asdict(data))
    st.cache_data.clear()  # what was read within the last second
    app = open_page("draw", drawing="mine")
    assert "belong to the earlier version" not in words(app)
    press(app, "like-train")
    assert "belong to the earlier version" in words(
        open_page("draw", drawing="mine", draft=app.session_state["draft"])
    )
    assert not app.exception


@pytest.mark.slow
def test_a_saved_drawing_is_replaced_and_deleted_only_after_a_second_word(
    open_page: Open, words: Words
) -> None:
    drawings.save("moon", EXAMPLES["Yin-yang"]())
    app = open_page("draw")
    press(app, "example-Overlapping")
    token = app.session_state["draft"]
    app.text_input(key=f"save-as-{token}-").set_value("moon").run()
    press(app, "save-drawing")
    assert "there is a drawing called" in words(app).lower()
    assert drawings.read("moon") == EXAMPLES["Yin-yang"]()
    app.checkbox(key=f"replace-{token}-moon").check().run()
    press(app, "save-drawing")
    assert drawings.read("moon").title == EXAMPLES["Overlapping"]().title
    drawings.save("sun", EXAMPLES["Yin-yang"]())
    press(app.run(), "open-sun")
    assert app.session_state["draft"] != token and draft_of(app).canvas == EXAMPLES["Yin-yang"]()
    press(app, "remove-moon")
    press(app, "remove-sun")
    assert drawings.names() == ()
    assert not app.exception


def test_examples_are_complete() -> None:
    for name, make in EXAMPLES.items():
        canvas: Canvas = make()
        drawings.check_complete(canvas)
        assert canvas.densities() is not None, name


def test_what_takes_seconds_is_integrated_when_it_is_asked_for() -> None:
    """Drawing itself must stay quick however many strokes there are."""
    way = tuple((0.1 * n, 0.1 * (n % 2)) for n in range(1 + points.AT_ONCE))
    strokes = [Stroke(label, way, 0.005, 100) for label in (0, 1)]
    canvas = add(Canvas(), "train", *strokes)
    assert points.cost(canvas, "train") == 2 * points.AT_ONCE
    assert points.bayes_error(canvas, "train", asked=False) is None
    assert "on demand" in bayes_table(canvas, asked=False)
    found = points.bayes_error(canvas, "train", asked=True)
    assert found is not None and found.value == pytest.approx(0.5, abs=0.001)  # both classes on the same way
    assert points.bayes_error(canvas, "train", asked=False) == found  # it is kept
    erased = add(canvas, "train", Eraser(((0.0, 0.0),), 0.01))
    assert points.bayes_error(erased, "train", asked=True) is None
    assert "points were erased" in bayes_table(erased, asked=True)
