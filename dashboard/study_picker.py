"""The study that a page shows: one choice for all pages, in the address as `?study=NAME`."""

from __future__ import annotations

import difflib
from contextlib import nullcontext
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import deep_links, messages, reading
from tuners.record import StudyRecord

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

KEY = "study"


def pick_study(place: DeltaGenerator | None = None) -> StudyRecord:
    """Draws the picker and returns the study; ends the run with advice where there is none.

    place: where the picker stands, for pages that have it beside other choices; advice takes the page's whole width.
    """
    asked = deep_links.followed(KEY)
    studies = {study.name: study for study in reading.studies(asked)}
    if not studies:
        messages.empty_store()
        st.page_link("views/start.py", label="Start a search here", icon=":material/arrow_forward:")
        st.stop()
    names = list(studies)
    if asked is not None and asked not in studies:
        _unknown(asked, names)
        st.stop()
    with place or nullcontext():
        name = deep_links.selectbox(
            "Study", names, key=KEY, default=names[0], format_func=lambda name: _title(studies[name])
        )
    return studies[name]


def _title(study: StudyRecord) -> str:
    return f"{study.name} · set {study.data.name} · {study.state.value}"


def _unknown(asked: str, names: list[str]) -> None:
    """Says so, offers the nearest, and leaves the address alone until something is chosen."""
    near = difflib.get_close_matches(asked, names, n=1, cutoff=0.0)[0]
    st.warning(
        f"There is no study called **{messages.escaped(asked)}** in this store. "
        f"Did you mean **{messages.escaped(near)}**?",
        icon=":material/search_off:",
    )
    st.button(f"Show {near}", on_click=deep_links.follow, args=(KEY, near))
    st.selectbox("Or choose one", names, index=None, key="study_instead", on_change=_take_instead)


def _take_instead() -> None:
    deep_links.follow(KEY, st.session_state["study_instead"])
