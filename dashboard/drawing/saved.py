"""Saving a drawing as a data set, and the ones that are saved: open, take away, delete."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import jobs, messages
from dashboard.drawing import drafts
from dashboard.drawing.drafts import Draft
from datasets import drawings
from datasets.errors import DataError, HandtuneError
from datasets.types import SPLIT_NAMES
from imld_synth.canvas import Canvas, copy_marks
from imld_synth.canvas_json import canvas_to_json

KEY = "drawing"


def like_train(canvas: Canvas, *, only_empty: bool) -> Canvas:
    """Dev and eval with fresh points from the marks of train. only_empty: where they have none."""
    for split in SPLIT_NAMES[1:]:
        if not (only_empty and canvas.marks(split)):
            canvas = copy_marks(canvas, "train", split)
    return canvas


def suggestion(draft: Draft) -> str:
    """A name for a drawing that has none: the first free one."""
    if draft.name:
        return draft.name
    taken, number = drawings.names(), 1
    while f"drawing-{number}" in taken:
        number += 1
    return f"drawing-{number}"


def save(draft: Draft, name: str, replace: bool = False) -> bool:
    """Saves the drawing under a name, with dev and eval drawn like train where they are empty.

    What somebody else saved under that name is replaced only if `replace`. False, and `trouble` says why, where it could not
    be saved.
    """
    with draft.lock:
        if not draft.known():
            return False
        try:
            canvas = like_train(draft.canvas, only_empty=True)
            if name != draft.name or not drawings.holds(name, canvas):
                drawings.save(name, canvas, replace=replace or not others(draft, name))
        except (DataError, HandtuneError) as error:
            draft.trouble = str(error)
            return False
        draft.name, draft.version = name, drawings.version(name)
        return draft.change(lambda _: canvas, f"Saved as the data set {name}")


def others(draft: Draft, name: str) -> bool:
    """Whether what is saved under that name is not what this draft was opened from or saved as."""
    return name in drawings.names() and (name != draft.name or drawings.version(name) != draft.version)


def _save(draft: Draft, name: str, replace: bool) -> None:
    save(draft, name, replace)


def chosen(draft: Draft) -> tuple[str, bool]:
    """The name in the panel, and whether a saved drawing of that name may be replaced."""
    name = str(st.session_state.get(f"save-as-{draft.token}-{draft.name}") or suggestion(draft)).strip()
    return name, bool(st.session_state.get(f"replace-{draft.token}-{name}"))


def panel(draft: Draft) -> None:
    """The name, the button, and what can be done with what was saved."""
    st.text_input(
        "Name of the data set", suggestion(draft), key=f"save-as-{draft.token}-{draft.name}", max_chars=60
    )
    name, replace = chosen(draft)
    if others(draft, name):
        if name == draft.name:
            st.caption(
                f"**{messages.escaped(name)}** was saved again elsewhere, in another browser tab perhaps, since you opened or "
                "saved it here. Choose another name to keep both."
            )
        replace = st.checkbox(f"Replace the saved drawing {name}", key=f"replace-{draft.token}-{name}")
    st.button(
        "Save as a data set",
        key="save-drawing",
        icon=":material/save:",
        on_click=_save,
        args=(draft, name, replace),
        disabled=draft.empty,
        help="Dev and eval are drawn like train where they are empty",
    )
    if draft.name in drawings.names() and not others(draft, draft.name):
        st.caption(f"Saved as **{messages.escaped(draft.name)}** in `{drawings.folder()}`. Search on it:")
        st.code(
            jobs.command(["--dataset", draft.name, "--tuner", "keras-random", "--baselines"]),
            language="bash",
            wrap_lines=True,
        )
        st.page_link(
            "views/start.py",
            label="Start a search with it",
            icon=":material/rocket_launch:",
            query_params={"dataset": draft.name},
        )
    st.caption(
        f"This draft keeps itself after every stroke, in `{drafts.path(draft.token)}`; its address brings it "
        f"back. A draft that nobody touches for {drafts.DAYS} days is deleted."
    )


def saved_list(current: str) -> None:
    """All saved drawings; nothing where there is none. current: the one that is open."""
    names = drawings.names()
    if not names:
        return
    with st.expander(f"Saved drawings ({len(names)})", icon=":material/folder_open:"):
        for name in names:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f"**{messages.escaped(name)}**{' · open here' if name == current else ''}")
                st.button(
                    "Open", key=f"open-{name}", on_click=open_saved, args=(name,), disabled=name == current
                )
                st.download_button(
                    "Drawing (JSON)",
                    partial(_text, name),
                    f"{name}.json",
                    "application/json",
                    key=f"take-{name}",
                    on_click="ignore",
                )
                with st.popover("Delete …"):
                    st.markdown(
                        "Its studies stay, but can neither be resumed nor checked against its points."
                    )
                    st.button(f"Delete {name}", key=f"remove-{name}", on_click=_delete, args=(name,))


def open_saved(name: str) -> None:
    """Opens a saved drawing as a new draft. A problem is said by the page."""
    try:
        version = drawings.version(name)  # first, so that what is saved meanwhile is not taken for it
        drafts.begin(drawings.read(name), name, version, f"Opened the drawing {name}")
    except (DataError, HandtuneError) as error:
        st.session_state["drawing_trouble"] = str(error)


def _text(name: str) -> str:
    return canvas_to_json(drawings.read(name))


def _delete(name: str) -> None:
    try:
        drawings.delete(name)
    except HandtuneError as error:
        st.session_state["drawing_trouble"] = str(error)
