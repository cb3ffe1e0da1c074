"""IMLD's distributions with all their parameters, and a single Gaussian, as a panel beside the canvas."""

from __future__ import annotations

import string
from dataclasses import replace

import pandas as pd
import streamlit as st

from dashboard.drawing.drafts import Draft
from imld_synth import imld
from imld_synth.canvas import COLOURS, Canvas, add, add_class, clear
from imld_synth.errors import DataError
from imld_synth.marks import Component, Distribution, gaussian, ring, yin_yang
from imld_synth.shapes import Gaussian, Ring, YinYang

#: What each is called; the keys are those of `imld.distributions`, and one of our own.
ONE = "one_gaussian"
TITLES = {
    ONE: "One Gaussian",
    "two_gaussian": "Two Gaussians",
    "four_gaussian": "Four Gaussians",
    "overlapping_gaussian": "Overlapping Gaussians",
    "two_ellipses": "Two ellipses",
    "four_ellipses": "Four ellipses",
    "rotated_ellipses": "Rotated ellipses",
    "toroidal": "Toroidal",
    "yin_yang": "Yin-yang",
}

#: Points a class at first: enough to see the shape, and trained on within seconds.
POINTS = 1_000

#: What IMLD draws, for the help.
HELP = "IMLD draws 10,000 a class: 2,000 of the ring, 5,000 of each half of the yin-yang"

#: Pixels of the table of Gaussians: seven columns.
TABLE = 640

Parameters = tuple[Component, ...]


def show(draft: Draft, split: str) -> None:
    """Draws the panel; a click adds the distribution to the split or puts it in place of everything there."""
    name = st.selectbox(
        "Distribution", list(TITLES), index=1, format_func=TITLES.__getitem__, key="distribution"
    )
    count = int(
        st.number_input(
            "Points a class", 1, 500_000, POINTS, 100, key=f"distribution-points-{name}", help=HELP
        )
    )
    try:
        with st.popover("Parameters", icon=":material/tune:"):
            parts = parameters(name, count, draft)
        trouble = ""
    except DataError as error:
        parts, trouble = (), str(error)
    if trouble:
        st.warning(trouble[:1].upper() + trouble[1:], icon=":material/error:")
    with st.container(horizontal=True):
        for words, only in ((f"Add to {split}", False), (f"Replace {split}", True)):
            st.button(
                words,
                key=f"distribution-{'replace' if only else 'add'}",
                type="secondary" if only else "primary",
                disabled=not parts,
                on_click=put,
                args=(draft, split, TITLES[name], parts, only),
            )


def put(draft: Draft, split: str, title: str, parts: Parameters, only: bool) -> None:
    """Adds a distribution to the split, with as many classes more as it needs."""
    total = sum(part.count for part in parts)
    words = f"{'Put' if only else 'Added'} {title.lower()} with {total:,} points {'in place of' if only else 'to'} {split}"
    draft.change(lambda canvas: placed(canvas, split, title, parts, only), words)


def placed(canvas: Canvas, split: str, title: str, parts: Parameters, only: bool) -> Canvas:
    for number in range(len(canvas.class_names), 1 + max(part.label for part in parts)):
        canvas = add_class(canvas, free_name(canvas, number))
    return add(clear(canvas, split) if only else canvas, split, Distribution(title, parts))


def free_name(canvas: Canvas, number: int) -> str:
    """A letter that no class is called, the one of the class with that index if it is free."""
    letters = string.ascii_uppercase[number:] + string.ascii_uppercase
    return next(letter for letter in letters if letter not in canvas.class_names)


def parameters(name: str, count: int, draft: Draft) -> Parameters:
    """The widgets of a distribution's parameters, with IMLD's at first. Raises DataError for impossible ones."""
    if name == ONE:
        return _gaussians(
            name, [(draft.chosen_label, Gaussian((0.0, 0.0), ((0.025, 0.0), (0.0, 0.025))), count)], draft
        )
    drawing = imld.distributions()[name]
    most = max(drawing.priors)
    shapes = [
        (label, shape, max(1, round(count * prior / most)))
        for label, (shape, prior) in enumerate(zip(drawing.classes, drawing.priors, strict=True))
    ]
    if name == "yin_yang":
        return _yin_yang(count)
    rings = tuple(_ring(label, shape, n) for label, shape, n in shapes if isinstance(shape, Ring))
    return rings + _gaussians(name, [one for one in shapes if isinstance(one[1], Gaussian)], draft)


def _gaussians(name: str, shapes: list[tuple[int, object, int]], draft: Draft) -> Parameters:
    """A table with a row a Gaussian; rows may be added and taken away."""
    names = list(draft.canvas.class_names)
    for label in range(len(names), 1 + max(label for label, _, _ in shapes)):
        names.append(
            free_name(replace(draft.canvas, class_names=tuple(names), colours=COLOURS[: len(names)]), label)
        )
    rows = [
        (names[label], count, *shape.mean, shape.cov[0][0], shape.cov[1][1], shape.cov[0][1])
        for label, shape, count in shapes
        if isinstance(shape, Gaussian)
    ]
    columns = ["class", "points", "mean x", "mean y", "var x", "var y", "cov"]
    st.markdown("**Gaussians**: a row each" if len(rows) > 1 else "**Gaussian**")
    table = st.data_editor(
        pd.DataFrame(rows, columns=columns),
        key=f"distribution-table-{name}-{rows[0][1]}-{'/'.join(names)}",
        width=TABLE,
        hide_index=True,
        num_rows="dynamic",
        column_config={
            "class": st.column_config.SelectboxColumn(options=names, required=True),
            "points": st.column_config.NumberColumn(min_value=1, step=1, format="%d"),
            **{one: st.column_config.NumberColumn(format="%.4f", step=0.0001) for one in columns[2:]},
        },
    )
    whole = table.dropna()
    return tuple(
        Component(
            names.index(row[0]), gaussian((row[2], row[3]), ((row[4], row[6]), (row[6], row[5]))), int(row[1])
        )
        for row in whole.itertuples(index=False)
    )


def _ring(label: int, shape: Ring, count: int) -> Component:
    st.markdown("**Ring**")
    with st.container(horizontal=True):
        x = _number("centre x", shape.center[0], "ring")
        y = _number("centre y", shape.center[1], "ring")
        inner, outer = (
            _number("inner radius", shape.inner, "ring"),
            _number("outer radius", shape.outer, "ring"),
        )
        points = int(st.number_input("points", 1, 500_000, count, key=f"ring-points-{count}", width=150))
    return Component(label, ring((x, y), inner, outer), points)


def _yin_yang(count: int) -> Parameters:
    shape = imld.yin_yang().classes[0]
    assert isinstance(shape, YinYang)
    with st.container(horizontal=True):
        x, y = _number("centre x", 0.0, "yin"), _number("centre y", 0.0, "yin")
        radius, spread = _number("radius", shape.radius, "yin"), _number("spread", shape.spread, "yin")
        overlap = _number("overlap", 0.0, "yin")
    st.caption("IMLD offers an overlap of 0 or 0.1. Its radius of 1.5 is the sign's diameter.")
    return tuple(
        Component(label, yin_yang((x, y), radius, spread, yang, overlap), count)
        for label, yang in enumerate((False, True))
    )


def _number(label: str, value: float, group: str) -> float:
    return float(
        st.number_input(label, value=value, step=0.05, format="%.3f", key=f"{group}-{label}", width=150)
    )
