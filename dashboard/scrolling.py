"""Lets the keyboard scroll what is wider than its place: tables and commands on a phone."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
import streamlit.components.v2  # `st.components.v2` is there only once it was imported

KEY = "scrolling"

_component = st.components.v2.component(
    "handtune-scrolling", js=(Path(__file__).parent / "scrolling.js").read_text(encoding="utf-8")
)


def by_keyboard() -> None:
    """For all that the page shows now and later; draws nothing."""
    with st.container(key=KEY):  # taken out of the page's flow by the style sheet
        _component(key=f"{KEY}-watch")
