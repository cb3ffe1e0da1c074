"""Which pages somebody may see: all of them, or while the dashboard is closed the participants' alone.

A page that is not for a viewer is not run, whatever the address, and a page is closed unless it is named here.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import reading
from dashboard.contest import identity
from dashboard.navigation import Declaration
from datasets.errors import DataError, HandtuneError
from tuners.contest.access import LOGIN_SECONDS, Access
from tuners.store import Store, location

#: Pages for participants.
PARTICIPANTS = ("join", "your_data", "leaderboard")

#: In the session: the page that is shown.
PAGE = "doors-page"

#: What a server between this one and the browser adds: then the sender's address says nothing about the viewer's machine.
RELAYED = ("X-Forwarded-For", "Forwarded", "Via", "X-Real-Ip")


def access() -> Access:
    """To ask; it cannot write."""
    return Access(reading.store())


def is_instructor() -> bool:
    """Whether this browser is logged in."""
    return access().is_login(identity.read(identity.INSTRUCTOR))


def shut() -> bool:
    """Whether this viewer has the participants' pages only.

    A store that cannot be read tells nothing: then it stays as it was when it was read last.
    """
    try:
        closed = _closed()[location(None)] = access().closed()
        return closed and not is_instructor()
    except (HandtuneError, DataError, SQLAlchemyError):
        return _closed().get(location(None), False)


def open_to_viewer(pages: Sequence[Declaration]) -> list[Declaration]:
    """The pages that this viewer may see."""
    return [page for page in pages if page.url_path in PARTICIPANTS] if shut() else list(pages)


def enter(page: Declaration) -> None:
    """Called by the entry file, which fragments run without: what page they belong to."""
    st.session_state[PAGE] = page.url_path


def knock() -> None:
    """For fragments, which rerun by themselves: runs the whole page once it has been closed to its viewer."""
    context = get_script_run_ctx()
    alone = context is not None and context.fragment_ids_this_run
    if alone and st.session_state.get(PAGE) not in PARTICIPANTS and shut():
        st.rerun()


def from_this_machine() -> bool:
    """Whether the viewer sits at the machine that serves the page, as far as a server can tell."""
    headers = st.context.headers
    return st.context.ip_address is None and not any(name in headers for name in RELAYED)


def whereabouts() -> str:
    """From where the viewer comes, for slowing down guesses: those of everybody behind a server between are no reason
    to keep out whoever sits at this machine."""
    return st.context.ip_address or ("" if from_this_machine() else "relayed")


def set_password(new: str, old: str | None = None) -> None:
    """Sets the first password or changes it, and logs this browser in. Raises UsageError where that is refused."""
    with closing(Store(location(None))) as store:
        desk = Access(store)
        desk.set_password(new, old, whereabouts())
        _remember(desk)


def log_in(password: str) -> bool:
    """Whether it was the password. Raises UsageError while guesses are slowed down."""
    with closing(Store(location(None))) as store:
        desk = Access(store)
        if not desk.check(password, whereabouts()):
            return False
        _remember(desk)
        return True


def log_out() -> None:
    with closing(Store(location(None))) as store:
        Access(store).logout(identity.read(identity.INSTRUCTOR))
    identity.forget(identity.INSTRUCTOR)


def close(closed: bool) -> None:
    """Closes the other pages, or opens them to everybody."""
    with closing(Store(location(None))) as store:
        Access(store).close(closed)


def _remember(desk: Access) -> None:
    identity.remember(identity.INSTRUCTOR, desk.login(), LOGIN_SECONDS)


@st.cache_resource(show_spinner=False)
def _closed() -> dict[str, bool]:
    """By store, whether it was closed when it was read last."""
    return {}
