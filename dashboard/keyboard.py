"""What Streamlit and plotly leave out for whoever has no mouse: wide tables that scroll, buttons in charts, and where the
focus goes when a click takes away what was clicked."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
import streamlit.components.v2  # `st.components.v2` is there only once it was imported

KEY = "keyboard"

_component = st.components.v2.component(
    "handtune-keyboard", js=(Path(__file__).parent / "keyboard.js").read_text(encoding="utf-8")
)


def help_out() -> None:
    """For all that the page shows now and later; draws nothing."""
    with st.container(key=KEY):  # taken out of the page's flow by the style sheet
        _component(key=f"{KEY}-helper")
