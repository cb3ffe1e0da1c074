"""How often a live page refreshes, by the number of its viewers.

Streamlit falls behind when many pages rerun every second (it drops updates rather than slowing down),
so those who come late to a full class room refresh more slowly.
"""

from __future__ import annotations

import time

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

#: Up to so many viewers refresh every second: ten of them see a trial 0.7 s after it ended, on two cores with much else
#: to do; of twenty, some waited for 3 s (`benchmarks/dashboard_speed.py`).
FAST_VIEWERS = 12
FAST, SLOW = 1.0, 3.0

#: A viewer that was not seen for so long has left.
GONE = 15.0


@st.cache_resource(show_spinner=False)
def _seen() -> dict[str, float]:
    return {}


def here() -> None:
    """Counts this viewer as present."""
    context = get_script_run_ctx()
    if context is not None:
        _seen()[context.session_id] = time.monotonic()


def seconds_between() -> float:
    """The pace of a viewer who opens the page now."""
    now = time.monotonic()
    for viewer, moment in list(_seen().items()):
        if now - moment > GONE:
            _seen().pop(viewer, None)
    return FAST if len(_seen()) <= FAST_VIEWERS else SLOW
