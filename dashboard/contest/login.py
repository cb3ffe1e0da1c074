"""The instructor's way in: the first password, logging in, and changing the password."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from dashboard import jobs, messages
from dashboard.contest import doors
from tuners.contest.access import LONGEST, SHORTEST

#: The command for those who forgot it.
RESET = "python -m tuners.contest password"


def show(title: str) -> None:
    """The form, under a title, for somebody who is not logged in."""
    st.title(title, anchor=False)
    if doors.shut():
        st.page_link("views/join.py", label="I am a participant: take part", icon=":material/groups:")
    if doors.access().password_is_set():
        _log_in()
    elif doors.from_this_machine():
        _first()
    else:
        st.info(
            "No instructor's password is set yet. It is set on the machine that serves this page: at "
            f"`http://localhost` there, or with `{RESET}`.",
            icon=":material/lock:",
        )


def show_controls() -> None:
    """For who is logged in: out again, and another password."""
    with st.container(horizontal=True):
        if st.button("Log out", icon=":material/logout:", key="log-out"):
            _do(doors.log_out)
        with st.popover("Change the password", icon=":material/password:"), st.form("change-password"):
            old = _field("Present password", "old-password", "current-password")
            new = _field("New password", "new-password", "new-password")
            st.caption("Whoever is logged in elsewhere has to log in again.")
            if st.form_submit_button("Change it"):
                _do(lambda: doors.set_password(new, old))


def _log_in() -> None:
    with st.form("log-in", width=480):
        password = _field("Instructor's password", "password", "current-password")
        if st.form_submit_button("Log in", type="primary", icon=":material/login:"):
            _do(lambda: doors.log_in(password), refused="That is not the password.")
    if doors.from_this_machine():
        st.caption(f"Forgotten? In a terminal: `{RESET}`")


def _first() -> None:
    st.markdown(
        "A contest is run by one person, who needs a password: classmates sit at the same address. "
        "Nobody else can set it, as you are at the machine that serves this page."
    )
    with st.form("first-password", width=480):
        password = _field(
            "Choose the instructor's password",
            "first",
            "new-password",
            help=f"{SHORTEST} to {LONGEST} letters",
        )
        if st.form_submit_button("Set it and go on", type="primary", icon=":material/key:"):
            _do(lambda: doors.set_password(password))


def _field(label: str, key: str, autocomplete: str, help: str | None = None) -> str:
    value: str = st.text_input(
        label, type="password", key=f"login-{key}", autocomplete=autocomplete, help=help, max_chars=LONGEST
    )
    return value.strip()


def _do(action: Callable[[], object], refused: str = "") -> None:
    """Does it and shows the page anew, or says why not; an answer of False is a refusal."""
    answers: list[object] = []
    trouble = jobs.attempt(lambda: answers.append(action()))
    if trouble or answers == [False]:
        st.error(messages.escaped(trouble[:1].upper() + trouble[1:] if trouble else refused))
    else:
        st.rerun()
