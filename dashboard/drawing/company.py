"""A drawing that is open in several browser tabs: what that means is said, and each shows what the others do."""

from __future__ import annotations

import streamlit as st

from dashboard.drawing import drafts
from dashboard.drawing.drafts import Draft

#: Seconds after which what another tab has done is shown.
EVERY = 3.0


def note(draft: Draft) -> None:
    """What two tabs on one drawing do to each other, and a way out; nothing where there is one tab."""
    if draft.elsewhere:
        st.info(
            "This drawing is open in another browser tab too. What is drawn in either stays and shows up in both; "
            "Undo takes back the last step of either.",
            icon=":material/tab:",
        )
        st.button(
            "Draw on a copy", key="copy-draft", icon=":material/content_copy:", on_click=_copy, args=(draft,)
        )
    _watch(draft, draft.elsewhere)


def _copy(draft: Draft) -> None:
    drafts.begin(draft.canvas, "", "", "Went on with a copy")


@st.fragment(run_every=EVERY)
def _watch(draft: Draft, said: bool) -> None:
    """said: the page says that there is another tab."""
    draft.here()
    if draft.stale or draft.elsewhere != said:
        st.rerun()
