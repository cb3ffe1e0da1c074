"""Drawings to begin with: an empty canvas offers them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard.drawing.distributions import TITLES, placed
from dashboard.drawing.drafts import Draft
from datasets.types import SPLIT_NAMES
from imld_synth import imld, preset
from imld_synth.canvas import Canvas, add
from imld_synth.marks import Component, Distribution
from imld_synth.shapes import Strokes

#: Points a class of train, dev and eval.
COUNTS = {"train": 1_000, "dev": 500, "eval": 500}

#: Spread of the noisy copies of set 10's strokes, and how the pen itself is drawn here: half of the points each.
NOISE, PEN = 0.1, 0.01


def of_imld(name: str) -> Canvas:
    """One of IMLD's distributions on all splits."""
    canvas = Canvas(title=TITLES[name])
    for split in SPLIT_NAMES:
        parts = tuple(
            Component(label, shape, COUNTS[split])  # type: ignore[arg-type]  # IMLD's are no mixtures
            for label, shape in enumerate(imld.distributions()[name].classes)
        )
        canvas = placed(canvas, split, TITLES[name], parts, only=False)
    return canvas


def of_set_10() -> Canvas:
    """The pen strokes of set 10: dev is drawn much like train, eval is not."""
    canvas = Canvas(title="The strokes of set 10", limits=(-1.25, 1.25, -1.25, 1.25))
    for split in SPLIT_NAMES:
        parts = []
        for label, shape in enumerate(preset("10").drawing(split).classes):
            for leaf in (leaf for _, leaf in shape.leaves() if isinstance(leaf, Strokes)):
                for noise in (PEN, NOISE):
                    parts.append(Component(label, Strokes(leaf.lines, noise), COUNTS[split] // 2))
        canvas = add(canvas, split, Distribution("strokes of set 10", tuple(parts)))
    return canvas


EXAMPLES: dict[str, Callable[[], Canvas]] = {
    "Two Gaussians": lambda: of_imld("two_gaussian"),
    "Overlapping": lambda: of_imld("overlapping_gaussian"),
    "Yin-yang": lambda: of_imld("yin_yang"),
    "Set 10's strokes": of_set_10,
}


def show(draft: Draft) -> None:
    """The examples as a row of buttons."""
    st.markdown("**Begin** with one of these, on train, dev and eval, or just draw on the canvas:")
    with st.container(horizontal=True):
        for name in EXAMPLES:
            st.button(name, key=f"example-{name}", on_click=_begin, args=(draft, name))


def _begin(draft: Draft, name: str) -> None:
    draft.change(lambda _: EXAMPLES[name](), f"Began with {name}")
