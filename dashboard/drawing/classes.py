"""The classes of a drawing (names, colours, one more, one less) and the part of the plane that is shown."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import messages
from dashboard.drawing.colours import hex_of
from dashboard.drawing.distributions import free_name
from dashboard.drawing.drafts import Draft
from imld_synth.canvas import MOST_CLASSES, Canvas, add_class, delete_class, recolour_class, rename_class


def show(draft: Draft) -> None:
    """A row a class."""
    canvas = draft.canvas
    for label, (name, colour) in enumerate(zip(canvas.class_names, canvas.colours, strict=True)):
        # What names the widgets is what they show, so that they follow undo.
        own, called = f"{draft.token}-{label}-{name}-{colour}", messages.escaped(name)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.color_picker(
                f"Colour of {called}",
                hex_of(colour),
                key=f"colour-{own}",
                label_visibility="collapsed",
                on_change=_recolour,
                args=(draft, label, f"colour-{own}"),
            )
            st.text_input(
                f"Name of {called}",
                name,
                key=f"name-{own}",
                label_visibility="collapsed",
                max_chars=64,
                on_change=_rename,
                args=(draft, label, f"name-{own}"),
            )
            st.button(
                f"Delete {called}",
                key=f"delete-{own}",
                icon=":material/delete:",
                help="The class and its points, on all splits; undo brings them back",
                on_click=_delete,
                args=(draft, label, name),
                disabled=len(canvas.class_names) == 1,
            )
    st.button(
        "Add a class",
        key="add-class",
        icon=":material/add:",
        on_click=_add,
        args=(draft,),
        disabled=len(canvas.class_names) == MOST_CLASSES,
    )
    _show_limits(draft)


def _show_limits(draft: Draft) -> None:
    """Four numbers; points beyond them stay, and are not seen."""
    st.markdown("**Axes**")
    with st.container(horizontal=True):
        for place, (words, value) in enumerate(
            zip(("x from", "x to", "y from", "y to"), draft.canvas.limits, strict=True)
        ):
            key = f"limit-{draft.token}-{place}-{value}"
            st.number_input(
                words, value=value, key=key, width=145, step=0.5, on_change=_limit, args=(draft, place, key)
            )


def _limit(draft: Draft, place: int, key: str) -> None:
    value = float(st.session_state[key])

    def make(canvas: Canvas) -> Canvas:
        left, right, bottom, top = (value if at == place else old for at, old in enumerate(canvas.limits))
        return replace(canvas, limits=(left, right, bottom, top))

    draft.change(make, "Changed the axes")


def _add(draft: Draft) -> None:
    name = free_name(draft.canvas, len(draft.canvas.class_names))
    if draft.change(lambda canvas: add_class(canvas, name), f"Added {name}"):
        draft.choose(len(draft.canvas.class_names) - 1)


def _rename(draft: Draft, label: int, key: str) -> None:
    old, new = draft.canvas.class_names[label], str(st.session_state[key]).strip()
    draft.change(lambda canvas: rename_class(canvas, label, new), f"Renamed {old} to {new}")


def _recolour(draft: Draft, label: int, key: str) -> None:
    name, colour = draft.canvas.class_names[label], str(st.session_state[key])
    draft.change(lambda canvas: recolour_class(canvas, label, colour), f"Gave {name} another colour")


def _delete(draft: Draft, label: int, name: str) -> None:
    draft.change(lambda canvas: delete_class(canvas, label), f"Deleted {name}")
