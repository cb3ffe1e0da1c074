"""Drafts: kept after every change, brought back by their address, undone step by step."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st

import datasets
from dashboard.drawing import drafts, saved
from dashboard.drawing.drafts import Draft
from datasets import DataError, drawings
from imld_synth.canvas import Canvas, add, add_class, clear
from imld_synth.marks import Stroke

TOKEN = "abcdefgh1234"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HANDTUNE_DRAWINGS", str(tmp_path))
    st.cache_resource.clear()
    return tmp_path / drafts.FOLDER


def opened() -> Draft:
    """The draft as a server that was just started opens it."""
    st.cache_resource.clear()
    return drafts._open(str(drafts.folder()), TOKEN)


def stroke(canvas: Canvas) -> Canvas:
    return add(canvas, "train", Stroke(0, ((0.0, 0.0), (0.5, 0.5)), 0.05, 20))


def test_a_draft_outlives_the_server() -> None:
    draft = opened()
    assert draft.empty and not drafts.path(TOKEN).exists()  # looking at the page writes nothing
    draft.taken["pen"] = 3
    draft.change(stroke, "Drew 20 points")
    again = opened()
    assert again is not draft
    assert again.canvas == draft.canvas and not again.empty
    assert again.taken == {"pen": 3}
    assert again.log[-1].endswith("Drew 20 points")


def test_every_change_can_be_undone_and_done_again() -> None:
    draft = opened()
    states = [draft.canvas]
    for make in (stroke, stroke, lambda one: add_class(one, "C"), lambda one: clear(one, "train")):
        assert draft.change(make, "changed")
        states.append(draft.canvas)
    for state in reversed(states[:-1]):
        draft.undo()
        assert draft.canvas == state
    draft.undo()
    assert draft.canvas == states[0]
    for state in states[1:]:
        draft.redo()
        assert draft.canvas == state
    draft.undo()
    draft.change(stroke, "another way")
    assert draft.future == []
    assert opened().canvas == draft.canvas


def test_a_change_that_breaks_a_rule_changes_nothing() -> None:
    draft = opened()
    assert not draft.change(lambda one: add_class(one, "A"), "Added A")
    assert "two classes are called" in draft.trouble
    assert draft.canvas == Canvas() and draft.past == [] and draft.log == []


@pytest.mark.parametrize("text", [b"", b"nonsense", b'{"name": 1}\n{}', b"[]\n[]", b"\xff"])
def test_a_damaged_draft_is_said_and_empty(folder: Path, text: bytes) -> None:
    folder.mkdir()
    drafts.path(TOKEN).write_bytes(text)
    draft = opened()
    assert draft.empty and "damaged" in draft.trouble


def test_what_was_damaged_is_mended_by_saving_it_again() -> None:
    draft = opened()
    draft.change(stroke, "Drew")
    draft.change(lambda one: add(one, "train", Stroke(1, ((0.0, 0.0),), 0.05, 20)), "Drew")
    assert saved.save(draft, "mine")
    for file in ("train.csv", "drawing.json"):
        (drawings.folder() / "mine" / file).write_text("{")
        with pytest.raises(DataError):
            datasets.load("mine")
        assert saved.save(draft, "mine"), draft.trouble
        assert len(datasets.load("mine").split.train) == 40


@pytest.fixture
def tab(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Goes on in the browser tab of that name."""
    return lambda name: monkeypatch.setattr(drafts, "_session", lambda: name)


def test_strokes_of_two_tabs_stay_and_nothing_is_done_to_what_a_tab_does_not_show(
    tab: Callable[[str], None],
) -> None:
    draft = opened()
    for name in ("one", "other"):
        tab(name)
        draft.show()
    assert draft.change(stroke, "Drew", stroke=True)
    tab("one")
    assert draft.stale and draft.elsewhere
    assert draft.change(stroke, "Drew", stroke=True), "nobody's stroke is lost"
    both = draft.canvas
    assert len(both.train) == 2
    for doing in (draft.undo, lambda: draft.change(lambda one: clear(one, "train"), "Cleared")):
        draft.trouble = ""
        doing()
        assert draft.canvas is both and draft.trouble == drafts.ELSEWHERE
    assert not saved.save(draft, "mine") and drawings.names() == ()
    draft.show()
    draft.undo()
    draft.undo()
    assert draft.canvas.train == (), "what this tab does it knows"
    tab("other")
    draft.show()
    draft.change(lambda one: add_class(one, "C"), "Added C")
    tab("one")
    assert not draft.change(stroke, "Drew", stroke=True), "its class may be another one by now"


def test_a_tab_that_was_closed_is_forgotten(tab: Callable[[str], None]) -> None:
    draft = opened()
    for name in ("one", "other"):
        tab(name)
        draft.show()
    assert draft.elsewhere
    draft.seen["one"] -= drafts.GONE + 1
    assert not draft.elsewhere


def test_what_another_tab_has_saved_is_replaced_only_if_that_is_wanted() -> None:
    """Two tabs have opened the same drawing, each as a draft of its own."""
    canvas = add(stroke(Canvas()), "train", Stroke(1, ((0.0, 0.0),), 0.05, 20))
    drawings.save("mine", saved.like_train(canvas, only_empty=True))
    one, other = (
        Draft(token, drawings.read("mine"), name="mine", version=drawings.version("mine"))
        for token in ("x" * 8, "y" * 8)
    )
    one.change(stroke, "Drew")
    other.change(lambda canvas: stroke(stroke(canvas)), "Drew")
    assert saved.save(one, "mine") and saved.save(one, "mine")
    kept = drawings.version("mine")
    assert not saved.save(other, "mine")
    assert "there is a drawing called 'mine' already" in other.trouble and drawings.version("mine") == kept
    assert saved.save(other, "mine", replace=True) and drawings.version("mine") != kept


def test_old_drafts_are_deleted_and_others_stay(folder: Path) -> None:
    folder.mkdir()
    old, new = folder / "old.json", folder / "new.json"
    for file, days in ((old, drafts.DAYS + 1), (new, 1)):
        file.write_text("x")
        os.utime(file, (time.time() - days * 86_400,) * 2)
    drafts.clean_up()
    assert not old.exists() and new.exists()
