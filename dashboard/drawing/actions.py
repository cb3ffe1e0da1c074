"""What the canvas in the browser sends: checked, and done to the drawing once each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from imld_synth import strict_json as strict
from imld_synth.canvas import Canvas, add
from imld_synth.errors import DataError
from imld_synth.marks import MOST_CORNERS, Brush, Eraser, Mark, Stroke, count_of
from imld_synth.marks_path import Path
from imld_synth.preset import SPLITS

#: Actions in one letter, and letters of the name of a canvas.
MOST_ACTIONS, LONGEST_NAME = 1_000, 20

KINDS = ("stroke", "undo", "redo", "clear")
TOOLS = ("spray", "brush", "line", "eraser")


@dataclass(frozen=True)
class Action:
    """One thing that somebody did on the canvas `pen`, as number `number`.

    mark: of a stroke, before it has a seed. trouble: why it cannot be done; it counts as taken all the same, as the
    canvas would send it for ever.
    """

    pen: str
    number: int
    kind: str = ""
    split: str = ""
    mark: Mark | None = None
    trouble: str = ""


def actions(letter: object, draft: str, taken: Mapping[str, int]) -> list[Action]:
    """The actions of a letter about this draft that were not taken before, in their order.

    taken: by canvas, the number of the last action that was taken. Raises DataError for what is no letter.
    """
    if letter is None:
        return []
    found = strict.record(letter, ("pen", "draft", "actions"), "the letter of the canvas")
    if found["draft"] != draft:
        return []  # of a drawing that was on this canvas before
    pen = strict.string(found["pen"], "pen")
    if not pen.isalnum() or len(pen) > LONGEST_NAME:
        raise DataError(f"a canvas has a name of 1 to {LONGEST_NAME} letters and digits")
    read = []
    for value in strict.items(found["actions"], "actions", MOST_ACTIONS):
        number = strict.whole(value.get("id") if isinstance(value, dict) else None, "id")
        if number <= taken.get(pen, 0):
            continue
        try:
            read.append(_action(pen, number, value))
        except DataError as error:
            read.append(Action(pen, number, trouble=str(error)))
    return read


def _action(pen: str, number: int, value: object) -> Action:
    keys = ["id", "kind", "split"]
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == "stroke":
        keys += ["tool", "width", "klass", "count", "path"]
    found = strict.record(value, keys, "an action")
    split = strict.string(found["split"], "split")
    if kind not in KINDS or split not in SPLITS:
        raise DataError(f"an action is one of {', '.join(KINDS)} on {', '.join(SPLITS)}")
    return Action(pen, number, str(kind), split, _mark(found) if kind == "stroke" else None)


def _mark(found: Mapping[str, object]) -> Mark:
    """The mark of a stroke. width: standard deviation, of the eraser its radius; count: of the brush, of each dab."""
    tool, label = strict.string(found["tool"], "tool"), strict.whole(found["klass"], "klass")
    width, count = strict.number(found["width"], "width"), strict.whole(found["count"], "count")
    path = _path(found["path"])
    if tool == "eraser":
        return Eraser(path, width)
    if tool == "brush":
        return Brush(label, path, width * width, count)
    if tool not in TOOLS:
        raise DataError(f"a tool is one of {', '.join(TOOLS)}, not {tool[:20]!r}")
    return Stroke(label, path, width, count)


def _path(value: object) -> Path:
    places = [
        strict.items(place, "a place of the path", 2, 2)
        for place in strict.items(value, "path", MOST_CORNERS)
    ]
    return tuple((strict.number(x, "x"), strict.number(y, "y")) for x, y in places)


def drawn(canvas: Canvas, action: Action) -> tuple[Canvas, str]:
    """The canvas with the mark of a stroke, and what happened in words. Raises DataError where a rule forbids it."""
    mark = action.mark
    assert mark is not None
    before = sum(canvas.counts(action.split)) if isinstance(mark, Eraser) else 0
    after = add(canvas, action.split, mark)
    if isinstance(mark, Eraser):
        gone = before - sum(after.counts(action.split))
        return after, f"Erased {gone:,} point{'' if gone == 1 else 's'} of {action.split}"
    label = mark.label if isinstance(mark, Stroke | Brush) else 0
    count = count_of(mark)
    return (
        after,
        f"Drew {count:,} point{'' if count == 1 else 's'} of {canvas.class_names[label]} on {action.split}",
    )
