"""The canvas that points are drawn on: tools, pen and preview in the browser, no library and no network.

What is drawn comes to Python as actions with increasing numbers. The component keeps an action until Python has
said that it took it, so that a rerun neither loses nor doubles one (see `dashboard.drawing.actions`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v2  # `st.components.v2` is there only once it was imported

from imld_synth.canvas import Limits

_HERE = Path(__file__).parent

#: Joined into one module, as inline components have one.
_SCRIPTS = ("plane.js", "pen.js", "canvas.js")


@dataclass(frozen=True)
class Overlay:
    """A line over the points in data coordinates. colour: None for that of the text; dash: pixels on and off."""

    points: Sequence[tuple[float, float]]
    colour: str | None = None
    dash: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What the canvas shows of one split of the drawing `draft`.

    classes: (name, colour, points) of each. picture: address of an image that fills the limits. undo, redo: whether
    there is something to undo and to redo. chosen: the class to draw with; it is taken over when `choice` changes.
    said: for screen readers, what happened last. taken: by canvas, the number of the last action that was taken.
    """

    draft: str
    split: str
    limits: Limits
    classes: Sequence[tuple[str, str, int]]
    picture: str
    undo: bool
    redo: bool
    chosen: int
    choice: str
    said: str
    taken: Mapping[str, int]
    overlays: Sequence[Overlay] = field(default=())

    def as_data(self) -> dict[str, Any]:
        """The same as JSON takes it."""
        return {
            "draft": self.draft,
            "split": self.split,
            "limits": list(self.limits),
            "classes": [{"name": name, "colour": colour, "count": n} for name, colour, n in self.classes],
            "count": sum(count for _, _, count in self.classes),
            "picture": self.picture,
            "undo": self.undo,
            "redo": self.redo,
            "chosen": self.chosen,
            "choice": self.choice,
            "said": self.said,
            "taken": dict(self.taken),
            "overlays": [
                {"points": [list(p) for p in one.points], "colour": one.colour, "dash": list(one.dash)}
                for one in self.overlays
            ],
        }


_component = st.components.v2.component(
    "handtune-canvas",
    html=(_HERE / "canvas.html").read_text(encoding="utf-8"),
    css=(_HERE / "canvas.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in _SCRIPTS),
)


def letter(key: str) -> object:
    """What the canvas of this key has sent, whether it was taken before or not; None where nothing was."""
    state = st.session_state.get(key)
    return None if state is None else state.get("actions")


def show(scene: Scene, key: str) -> None:
    """Draws the canvas."""
    _component(key=key, data=scene.as_data(), default={"actions": None}, on_actions_change=_nothing)


def _nothing() -> None:
    """A value of the component is read at the beginning of a run; nothing else has to happen."""
