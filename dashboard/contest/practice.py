"""Practice: the form and the training as in the contest, of nobody and for nothing. It is deleted soon after."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard import messages
from dashboard.contest import desk, serving, settings_form, watching
from manual.learner import Config
from tuners.contest.book_people import JOINABLE
from tuners.contest.codes import new_id
from tuners.contest.record import Contest, Draft, Reason, Try, TryState
from tuners.contest.task import ContestTask, task

PREFIX = "practice"

#: In the session: the contest that somebody practises for, and who they are meanwhile.
FOR, WHO = "practice-for", "practice-id"


def offer(contest: Contest) -> None:
    """The way in."""
    st.button(
        "Practise first",
        icon=":material/fitness_center:",
        on_click=st.session_state.__setitem__,
        args=(FOR, contest.id),
        key="practice-begin",
        help="The same form and the same curves; nothing of it is kept",
    )


def wanted() -> Contest | None:
    """The contest that somebody practises for now, as long as that is possible."""
    found = st.session_state.get(FOR)
    contest = desk.contest(found) if isinstance(found, str) else None
    return contest if contest is not None and contest.state in JOINABLE else None


def leave() -> None:
    st.session_state.pop(FOR, None)


def show(contest: Contest) -> None:
    who: str = st.session_state.setdefault(WHO, new_id())
    st.header("Practice", anchor=False)
    st.info(
        "Nothing of this is kept, counts, or is compared with anybody. The dev accuracy is told in the contest only.",
        icon=":material/fitness_center:",
    )
    st.button("Leave practice", icon=":material/arrow_back:", on_click=leave, key="practice-leave")
    chosen = task(contest.terms.task)
    tries = desk.book().practice(contest.id, who)
    running = watching.open_one(tries)
    left, right = st.columns([0.46, 0.54], gap="large")
    with left:
        st.fragment(_form)(contest, who, chosen, running is not None)
    with right:
        st.fragment(_watch, run_every=watching.pace(tries))(contest.id, who, _stand(contest, tries))


def _form(contest: Contest, who: str, chosen: ContestTask, locked: bool) -> None:
    def send(config: Config, reasons: Mapping[str, Reason], comment: str) -> str:
        return desk.attempt(lambda book: book.practise(contest.id, who, config))

    label = "Wait until this one has ended" if locked else "Train with these settings"
    with messages.plain_words():
        settings_form.show(PREFIX, chosen, who, Draft, send, keep=None, locked=locked, label=label)


def _stand(contest: Contest | None, tries: list[Try]) -> tuple[object, ...]:
    return (contest and contest.state, tries[-1].number if tries else 0, tries[-1].state if tries else "")


def _watch(id: str, who: str, stand: tuple[object, ...]) -> None:
    with messages.plain_words():
        contest = desk.contest(id)
        tries = desk.book().practice(id, who)
        if contest is None or _stand(contest, tries) != stand:
            st.rerun()
        if any(one.state == TryState.QUEUED for one in tries):
            trouble = serving.wake()
            if trouble:
                st.error(messages.escaped(trouble), icon=":material/error:")
        watching.show(contest, who, tries, scored=False)
