"""The page on which somebody tunes: clock, form, the training as it runs, their tries."""

from __future__ import annotations

import time
from collections.abc import Mapping

import streamlit as st

from dashboard import messages
from dashboard.contest import desk, history, parts, serving, settings_form, task_text, watching
from dashboard.contest.joining import SAID
from manual.learner import Config
from tuners.contest import clock
from tuners.contest.charges import ledger
from tuners.contest.record import ClockKind, Contest, Draft, Person, Reason, Try, TryState
from tuners.contest.task import ContestTask, task

PREFIX = "try"

#: What another tab, the server or the instructor may change: the page is drawn anew then.
Stand = tuple[object, ...]


def show(contest: Contest, person: Person) -> None:
    chosen = task(contest.terms.task)
    tries = desk.book().tries(contest.id, person.id)
    running = watching.open_one(tries)
    bell(contest, person, watching.news(tries))
    unseen = (
        contest.terms.clock == ClockKind.EACH and not tries
    )  # their clock began with the click that led here
    with st.expander("The task and the rules", icon=":material/menu_book:", expanded=unseen):
        task_text.show(contest, chosen)
    left, right = st.columns([0.46, 0.54], gap="large")
    with left:
        st.header("Your next try", anchor=False)
        _budget(contest, tries)
        st.fragment(_form)(contest, person, chosen, tries[-1] if tries else None, running is not None)
    with right:
        stand = _stand(contest, person, tries)
        st.fragment(_watch, run_every=watching.pace(tries))(contest.id, person.id, stand)
        history.show(contest, person, tries, chosen, PREFIX)
        _finish(contest, person, running)


def bell(contest: Contest, person: Person | None, news: str = "") -> None:
    """The countdown; it stays in sight. news: what a screen reader says when it changes."""
    if clock.left(contest, person, time.time()) is not None:
        with st.container(key="part-clock"):
            st.fragment(_count_down)(contest, person, news)


def _count_down(contest: Contest, person: Person | None, news: str) -> None:
    """By itself, as the browser asks for the time of the server. At the end the whole page is another one."""
    left = clock.left(contest, person, time.time()) or 0.0
    if left == 0:
        st.rerun()
    parts.countdown(left, 60 * (contest.terms.minutes + contest.extended), key="part-countdown", news=news)


def _budget(contest: Contest, tries: list[Try]) -> None:
    terms, spent = contest.terms, ledger(contest.terms, tries)
    told = []
    if terms.max_trials is not None:
        told.append(f"{max(0, terms.max_trials - spent.trials)} of {terms.max_trials} tries left")
    if terms.total_epochs is not None:
        told.append(f"{max(0, terms.total_epochs - spent.epochs):,} of {terms.total_epochs:,} epochs left")
    if told:
        st.caption(" · ".join(told))


def _form(contest: Contest, person: Person, chosen: ContestTask, last: Try | None, locked: bool) -> None:
    def send(config: Config, reasons: Mapping[str, Reason], comment: str) -> str:
        return desk.attempt(lambda book: book.submit(contest.id, person.id, config, reasons, comment))

    def keep(draft: Draft) -> str:
        return desk.keep(lambda book: book.keep_draft(contest.id, person.id, draft))

    def begin() -> Draft:
        found = desk.book().draft(contest.id, person.id)
        return found or (settings_form.draft_of(last, chosen) if last else Draft())

    label = "Wait until your try has ended" if locked else "Train with these settings"
    with messages.plain_words():
        settings_form.show(PREFIX, chosen, person.id, begin, send, keep=keep, locked=locked, label=label)


def _stand(contest: Contest, person: Person | None, tries: list[Try]) -> Stand:
    if person is None:
        return ()
    newest = (tries[-1].number, tries[-1].state) if tries else ()
    return (contest.state, contest.extended, contest.pauses, person.finished, person.final, newest)


def _watch(id: str, mine: str, stand: Stand) -> None:
    """How the newest try stands. What needs the whole page, its end or the contest's, draws that anew."""
    with messages.plain_words():  # a fragment reruns without the entry file and its care
        contest, person = desk.contest(id), desk.person()
        if contest is None or person is None or person.id != mine:
            st.rerun()
        tries = desk.book().tries(id, mine)
        if _stand(contest, person, tries) != stand:
            st.rerun()
        if any(one.state == TryState.QUEUED for one in tries):
            trouble = serving.wake()
            if trouble:
                st.error(messages.escaped(trouble), icon=":material/error:")
        watching.show(contest, mine, tries)


def _finish(contest: Contest, person: Person, running: Try | None) -> None:
    with st.popover("I am finished …", icon=":material/flag:"):
        st.markdown("Your time ends now, for good, and your final settings are fixed.")
        if running is not None:
            st.markdown(f"**Try {running.number} has not ended: it is cancelled.**")
        st.button(
            "Yes, I am finished",
            type="primary",
            on_click=_end,
            args=(contest.id, person.id),
            key="part-finish",
        )


def _end(contest: str, person: str) -> None:
    st.session_state[SAID] = desk.attempt(lambda book: book.finish(contest, person))
