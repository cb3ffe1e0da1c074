"""Projector mode: large type, no menu and no bars, on every page while the address says `?projector=yes`.

It is kept from page to page as the study is. A small control at the upper edge goes to the page before and
after in the order of the menu, and leaves the mode; its keys are those of presenters: N, P and X.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from dashboard import deep_links
from dashboard.navigation import Declaration

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

KEY = "projector"
YES = "yes"

#: How much larger type and charts are than on a desk; the style sheet has the same figure for all text.
LARGER = 1.35

LOOK = Path(__file__).parent / "projector.css"


def settle() -> None:
    """Reads the mode from an address that was followed, and keeps it in the address from then on."""
    asked = deep_links.followed(KEY)
    if asked is not None:
        st.session_state[KEY] = asked == YES
    if on():
        deep_links.write(KEY, [YES])
    else:
        deep_links.forget(KEY)


def on() -> bool:
    return bool(st.session_state.get(KEY, False))


def scale() -> float:
    """By how much type in charts is larger than on a desk."""
    return LARGER if on() else 1.0


def show(pages: Sequence[Declaration], current: Page) -> None:
    """In the mode: its look and its control. Outside it: the way in, below the menu."""
    if not on():
        st.sidebar.button(
            "Projector mode",
            icon=":material/slideshow:",
            on_click=_turn,
            args=(True,),
            help="Large type and nothing but the page; a link with ?projector=yes opens it so. F11 gives it the whole screen.",
        )
        return
    st.html(LOOK)
    place = next(number for number, page in enumerate(pages) if page.title == current.title)
    with st.container(key="projector", horizontal=True, gap="xsmall"):
        for word, key, step in (("Previous", "P", -1), ("Next", "N", 1)):
            other = pages[(place + step) % len(pages)]
            if st.button(word, shortcut=key, key=f"projector_{word}", help=f"{word} page: {other.title}"):
                st.switch_page(other.file)
        st.button(
            "Leave",
            shortcut="X",
            key="projector_leave",
            on_click=_turn,
            args=(False,),
            help="Leave projector mode",
        )


def _turn(mode: bool) -> None:
    st.session_state[KEY] = mode
    if mode:
        deep_links.write(KEY, [YES])
    else:
        deep_links.forget(KEY)
