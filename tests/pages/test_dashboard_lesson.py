"""The lesson: every step keeps its contract, with a study, with one that lacks things, and with an empty store."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from study_records import EVAL, TUNED, add_study

from dashboard.lesson.scene import Scene, lesson_studies
from dashboard.lesson.step import OPTIONS, Missing, Scale, steps
from dashboard.lesson.steps.dev_set import SECOND
from dashboard.navigation import declarations
from dashboard.start_request import Request
from datasets.study import study_error
from tuners.jobs.arguments import check
from tuners.record import BayesRecord, StudyState
from tuners.store import Store

Open = Callable[..., AppTest]
Words = Callable[[AppTest], str]

PAGES = {page.url_path for page in declarations(Path(__file__).resolve().parents[2] / "dashboard" / "views")}


@pytest.fixture
def study(store: Store) -> Store:
    """A finished study that knows its densities, so that nothing has to be integrated again."""
    add_study(store, "demo")
    for split in ("dev", "eval"):
        store.add_bayes(BayesRecord("demo", split, "train-rule", 0.2821, 2e-4, {}))
    return store


def hold(scene: Scene) -> None:
    """The contract of every step."""
    assert [step.position for step in steps()] == list(range(1, 8))
    for step in steps():
        question, answer = step.question(scene), step.answer(scene)
        assert question.text.endswith("?") and step.takeaway and step.minutes > 0, step.name
        if isinstance(question.guess, Scale):
            assert question.guess.low <= float(answer.right.split()[0]) <= question.guess.high, step.name
        else:
            assert answer.right in question.guess and len(question.guess) == 3, step.name
        assert answer.words and not re.search(r"\b(nan|None)\b", answer.words), step.name
        for answered in (False, True):
            pictures = step.pictures(scene, answered)
            assert pictures and len({one.name for one in pictures}) == len(pictures), step.name
            for one in pictures:
                assert (one.figure.data and one.alt and "data" in one.label) or "published" in one.label, (
                    step.name
                )
                points = sum(
                    len(trace.x)
                    for trace in one.figure.data
                    if trace.type == "scattergl" and trace.mode == "markers"
                )
                assert points <= 20_000, step.name
        assert {link.page for link in step.links(scene)} <= PAGES, step.name
        missing = step.lacks(scene)
        if missing is not None:
            assert missing.words.endswith(":") and set(missing.chosen) <= set(OPTIONS), step.name
            check(missing.study, missing.arguments)


def test_every_step_has_what_a_class_needs(study: Store) -> None:
    scene = Scene(study.study("demo"), draw=0, phone=False)
    hold(scene)
    told = {step.name: step.answer(scene).words for step in steps()}
    assert (
        f"RNF errs on **{100 * EVAL['RNF']:.2f} %** and KNN on **{100 * EVAL['KNN']:.2f} %**"
        in told["learners"]
    )
    assert f"**{study_error('10', 'MLP-A1', 'eval')} %** (published)" in told["dev-set"]
    assert "**21.00 points** are mismatch" in told["mismatch"]
    assert "No trial of the store’s study collapsed" in told["skill"]


@pytest.mark.slow
def test_every_step_works_in_an_empty_store(address: str, open_page: Open, words: Words) -> None:
    hold(Scene(None, draw=3, phone=True))
    app = open_page("lesson", step="2", answer="2")
    assert not app.exception
    assert "**Answer: 18.20 of 100**" in words(app)
    app = open_page("lesson", step="4")
    assert "--preset demo --dataset 10 --study lesson-10" in words(app)


def test_an_answer_is_shown_on_demand_beside_the_guess(study: Store, open_page: Open, words: Words) -> None:
    app = open_page("lesson", study="demo", step="4")
    assert "Answer" not in words(app) and app.title[0].value.startswith("4 ·")
    app.slider[0].set_value(1).run()
    app.button(key="lesson_answer").click().run()
    below = [t for t in study.trials("demo") if t.system in TUNED and (t.dev_error or 1.0) < _by_hand(study)]
    assert f"**Answer: {len(below)} of {2 * 6}** · your guess: 1 of {2 * 6}" in words(app)
    assert app.query_params["answer"] == "4"
    app.button(key="lesson_PageDown").click().run()
    assert app.title[0].value.startswith("5 ·") and "Answer" not in words(app)


def _by_hand(store: Store) -> float:
    """The lowest dev error of a network that was set by hand, in its search."""
    selected = next(s.searches[0].selected for s in store.systems("demo") if s.label == "MLP-M1")
    return next(t.dev_error or 1.0 for t in store.trials("demo", "MLP-M1") if t.number == selected)


def test_points_are_drawn_anew(address: str, open_page: Open) -> None:
    app = open_page("lesson")
    next(button for button in app.button if button.label == "Draw anew").click().run()
    assert app.query_params["draw"] == "1" and not app.exception


def test_another_study_than_the_lesson_needs_is_named(study: Store, open_page: Open, words: Words) -> None:
    assert "**absent** is none: this is **demo**" in words(open_page("lesson", study="absent"))
    add_study(study, "now", state=StudyState.RUNNING, scored=False, created="2026-01-01T10:00:00Z")
    assert [one.name for one in lesson_studies(study.studies())] == ["demo", "now"]


def test_what_is_missing_is_what_the_start_page_would_run() -> None:
    """The command on the page and the form that its link fills ask for the same search."""
    chosen = Request(
        "10", "points2d", "", ("keras-random",), ("mlp-a1",), (), 30, 5, second_dev=0.5
    ).arguments()
    missing = Missing("", SECOND, "new").arguments
    form, command = (dict(zip(words[::2], words[1::2], strict=True)) for words in (chosen, missing))
    assert command.items() <= form.items() and form.keys() - command.keys() == {"--seed"}
