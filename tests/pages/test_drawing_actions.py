"""What the canvas sends, as Python takes it: every action once, nothing that breaks a rule."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from dashboard.drawing.actions import actions, drawn
from imld_synth.canvas import Canvas
from imld_synth.errors import DataError
from imld_synth.marks import Brush, Eraser, Stroke

STROKE = {"kind": "stroke", "split": "train", "tool": "spray", "width": 0.05, "klass": 1, "count": 40}
DRAFT = "drawing1"
PATH = [[-0.5, 0.25], [0.0, 0.75], [0.5, -0.25]]


def letter(*found: dict[str, Any], draft: str = DRAFT) -> dict[str, Any]:
    return {
        "pen": "abc",
        "draft": draft,
        "actions": [{"id": number, **one} for number, one in enumerate(found, start=1)],
    }


def test_an_action_is_taken_once() -> None:
    sent = letter(
        {**STROKE, "path": PATH}, {"kind": "undo", "split": "train"}, {"kind": "clear", "split": "dev"}
    )
    assert [one.kind for one in actions(sent, DRAFT, {})] == ["stroke", "undo", "clear"]
    assert [one.number for one in actions(sent, DRAFT, {"abc": 1})] == [2, 3]
    assert actions(sent, DRAFT, {"abc": 3}) == []
    assert len(actions(sent, DRAFT, {"other": 3})) == 3
    assert actions(None, DRAFT, {}) == []
    assert actions(letter({"kind": "clear", "split": "dev"}, draft="another"), DRAFT, {}) == []


@pytest.mark.parametrize(
    ("tool", "kind"), [("spray", Stroke), ("line", Stroke), ("brush", Brush), ("eraser", Eraser)]
)
def test_a_tool_becomes_its_mark(tool: str, kind: type) -> None:
    (action,) = actions(letter({**STROKE, "tool": tool, "path": PATH}), DRAFT, {})
    mark = action.mark
    assert isinstance(mark, kind)
    assert mark.path == tuple((x, y) for x, y in PATH)
    if isinstance(mark, Brush):
        assert mark.variance == pytest.approx(0.0025)
    if isinstance(mark, Eraser):
        assert mark.radius == 0.05


def test_a_stroke_puts_its_points_along_its_way() -> None:
    (action,) = actions(letter({**STROKE, "path": [[-0.5, 0.0], [0.5, 0.0]], "count": 4000}), DRAFT, {})
    canvas, words = drawn(Canvas(), action)
    x, y = canvas.points("train")
    assert (y == 1).all() and len(y) == 4000
    assert x[:, 1].std() == pytest.approx(0.05, rel=0.1)
    assert abs(x[:, 0].mean()) < 0.02
    assert words == "Drew 4,000 points of B on train"


def test_an_eraser_says_how_many_points_it_took() -> None:
    (action,) = actions(letter({**STROKE, "path": [[0.0, 0.0]], "count": 100}), DRAFT, {})
    canvas, _ = drawn(Canvas(), action)
    (rubber,) = actions(letter({**STROKE, "tool": "eraser", "width": 0.05, "path": [[0.0, 0.0]]}), DRAFT, {})
    after, words = drawn(canvas, rubber)
    left = len(after.points("train")[1])
    assert 0 < left < 100
    assert words == f"Erased {100 - left} points of train"
    assert np.hypot(*after.points("train")[0].T).min() > 0.05


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tool": "axe"}, "a tool is one of"),
        ({"split": "test"}, "an action is one of"),
        ({"kind": "paint"}, "unknown key"),
        ({"width": 0}, "width of a stroke"),
        ({"count": 0}, "from 1 to"),
        ({"count": 2_000_000}, "from 1 to"),
        ({"path": []}, "from 1 to"),
        ({"path": [[0, 0]] * 6000}, "at most 5,000"),
        ({"path": [[0, float("inf")]]}, "numbers from"),
        ({"path": [[0, 0, 0]]}, "exactly 2"),
        ({"klass": -1}, "klass"),
        ({"more": 1}, "unknown key"),
    ],
)
def test_what_breaks_a_rule_is_refused_and_the_rest_is_taken(change: dict[str, Any], reason: str) -> None:
    bad, good = actions(letter({**STROKE, "path": PATH, **change}, {**STROKE, "path": PATH}), DRAFT, {})
    assert reason in bad.trouble and bad.mark is None
    assert not good.trouble and good.mark is not None


def test_a_class_that_was_deleted_meanwhile_is_refused() -> None:
    (action,) = actions(letter({**STROKE, "klass": 7, "path": PATH}), DRAFT, {})
    with pytest.raises(DataError, match="index 7"):
        drawn(Canvas(), action)


@pytest.mark.parametrize(
    "sent",
    [
        "text",
        {"pen": "abc"},
        {"pen": "../x", "draft": DRAFT, "actions": []},
        {"pen": "a", "draft": DRAFT, "actions": 3},
    ],
)
def test_what_is_no_letter_is_refused(sent: object) -> None:
    with pytest.raises(DataError):
        actions(sent, DRAFT, {})
