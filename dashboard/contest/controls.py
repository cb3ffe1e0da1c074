"""What the instructor does with a contest: start it, add minutes, end it, pass its data on, delete it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard import messages
from dashboard.contest import desk, doors, identity
from datasets.errors import UsageError
from tuners.contest.book import Book
from tuners.contest.export import early, export, refusal
from tuners.contest.record import Contest, ContestState

#: In the session: what came of the last click, "" where all went well.
SAID = "contest-said"

#: Minutes that are added by one click.
MORE = (1, 2, 5)


def say() -> None:
    """Why the last click did nothing, once."""
    trouble = st.session_state.pop(SAID, "")
    if trouble:
        st.error(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")


def lobby(contest: Contest) -> None:
    st.button(
        "Start the contest",
        type="primary",
        icon=":material/play_arrow:",
        key="start-contest",
        help="Everybody sees the task now, and the clock runs. Who comes later may still join",
        on_click=_do,
        args=(lambda book: book.open(contest.id),),
    )


def running(contest: Contest) -> None:
    """More minutes, and the end."""
    with st.container(horizontal=True, vertical_alignment="center"):
        for minutes in MORE:
            st.button(
                f"+ {minutes} min",
                key=f"extend-{minutes}",
                help=f"{minutes} more minutes for everybody",
                on_click=_do,
                args=(lambda book, minutes=minutes: book.extend(contest.id, minutes),),
            )
        _end(contest)


def _end(contest: Contest) -> None:
    with st.popover("End it now …", icon=":material/flag:", key="end-contest"):
        st.markdown(
            "Time is over for everybody at once. Each final configuration is fixed then: the one that was marked, else the "
            "best on dev. This cannot be taken back."
        )
        st.button(
            "End it for everybody",
            type="primary",
            key="end-contest-now",
            on_click=_do,
            args=(lambda book: book.end(contest.id),),
        )


def over(contest: Contest) -> None:
    """The export and the deletion."""
    st.header("Data of this contest", anchor=False)
    if contest.state != ContestState.LOBBY:
        _export(contest)
    _delete(contest)


def _export(contest: Contest) -> None:
    why = refusal(desk.book(), contest.id)
    if why:
        st.info(f"There is no export: {messages.escaped(why)}.", icon=":material/inventory_2:")
        return
    provisional = early(desk.book(), contest.id)
    if provisional:
        st.caption(
            "People may still withdraw, and what was passed on cannot be taken back: an export of today is marked as "
            "provisional. Make it again after that date, and publish only that one."
        )
    st.download_button(
        "Export as zip",
        partial(_exported, contest, identity.read(identity.INSTRUCTOR)),
        f"contest-{contest.id}.zip",
        "application/zip",
        icon=":material/download:",
        on_click="ignore",
        key="export-contest",
        help="Those who agreed to it, with new ids, coarse answers, and no comments; README.txt tells what is in it",
    )


def _exported(contest: Contest, login: str | None) -> bytes:
    """Called with the click, outside of the session, perhaps after its login has ended."""
    if not doors.access().is_login(login):
        raise UsageError("your login has ended; log in again on the page Contest")
    return export(desk.book(), contest.id, before_freeze=True)


def _delete(contest: Contest) -> None:
    if contest.state == ContestState.OPEN:
        return
    # Keys of its own: the next contest may have the same title, and nothing typed or clicked here is meant for it.
    with st.popover("Delete …", icon=":material/delete:", key=f"erase-{contest.id}"):
        st.markdown(
            "Deletes the contest with everything of everybody: consents, answers, tries, results. The tuners' study stays. "
            f"This cannot be taken back. Type its title to confirm: **{messages.escaped(contest.title)}**"
        )
        typed = st.text_input("Title of the contest", key=f"erase-typed-{contest.id}", autocomplete="off")
        st.button(
            "Delete it with everything",
            type="primary",
            disabled=typed.strip() != contest.title,
            key=f"erase-now-{contest.id}",
            on_click=_do,
            args=(lambda book: _erase(book, contest.id),),
        )


def _erase(book: Book, id: str) -> None:
    """Of two quick clicks the second finds nothing any more, which is no trouble."""
    if any(one.id == id for one in book.contests()):
        book.delete(id)


def _do(action: Callable[[Book], object]) -> None:
    """Called once for each click, before the page runs: so it asks itself whether the login has ended meanwhile."""
    if doors.is_instructor():
        st.session_state[SAID] = desk.attempt(action)
