"""Before and after: the lobby, the first look at the task, and the closing page."""

from __future__ import annotations

import time

import streamlit as st

from dashboard import messages
from dashboard.contest import board, desk, history, joining, practice, serving, task_text, tuning
from dashboard.contest.moment import moment
from tuners.contest.closing import best
from tuners.contest.form import fields
from tuners.contest.record import ClockKind, Contest, ContestState, Person
from tuners.contest.task import task

#: Seconds between two looks at whether the contest has begun, and whether its scores are there.
LOBBY, SCORES = 2.0, 5.0


def lobby(contest: Contest, person: Person) -> None:
    """The clock stands; the page goes on by itself."""
    joining.steps(4)
    st.header(messages.escaped(contest.title), anchor=False)
    st.info(
        "The contest begins when the instructor opens it. This page goes on by itself: just leave it open.",
        icon=":material/hourglass_top:",
    )
    st.markdown(f"You are **{messages.escaped(person.alias)}**. What to expect:")
    st.markdown("\n".join(f"- {rule}" for rule in task_text.rules(contest, task(contest.terms.task))))
    practice.offer(contest)
    look(contest, LOBBY)


def look(contest: Contest, every: float) -> None:
    """Runs the page again when something about the contest has changed: its state, or how long it lasts."""
    st.fragment(_look, run_every=every)(contest)


def _look(contest: Contest) -> None:
    with messages.plain_words():
        if desk.contest(contest.id) != contest:
            st.rerun()
        serving.wake()  # so that the first try does not wait for libraries; what is wrong is said where a try waits


def first_look(contest: Contest, person: Person) -> None:
    """The task, and the button that begins."""
    joining.steps(4)
    chosen = task(contest.terms.task)
    if contest.terms.clock == ClockKind.TOGETHER:
        tuning.bell(contest, person, "The contest has begun.")
        st.header("The task", anchor=False)
        task_text.show(contest, chosen)
        label = "Start tuning"
    else:
        st.header(messages.escaped(contest.title), anchor=False)
        st.markdown("\n".join(f"- {rule}" for rule in task_text.rules(contest, chosen)))
        st.markdown(f"Your **{contest.terms.minutes + contest.extended:g} minutes** begin with this button.")
        label = "Show me the task and start my clock"
    st.button(
        label,
        type="primary",
        icon=":material/play_arrow:",
        on_click=_begin,
        args=(contest.id, person.id),
        key="part-begin",
    )
    look(contest, SCORES)


def _begin(contest: str, person: str) -> None:
    st.session_state[joining.SAID] = desk.attempt(lambda book: book.begin(contest, person))


def closing(contest: Contest, person: Person) -> None:
    """What was taken as final, thanks, and the way on."""
    tries = desk.book().tries(contest.id, person.id)
    entries = fields(task(contest.terms.task))
    st.header(f"Thank you, {messages.escaped(person.alias)}", anchor=False)
    ending = f" ({person.ending})" if person.ending else ""
    st.markdown(f"Your part in **{messages.escaped(contest.title)}** is over{messages.escaped(ending)}.")
    top = best(tries)
    taken = next((one for one in tries if one.number == person.final), top)
    if taken is None:
        st.info(
            "None of your tries has a dev accuracy, so there is nothing to score.", icon=":material/info:"
        )
    else:
        why = "as you marked it" if person.final is not None else "your best one on dev"
        with st.container(border=True):
            st.markdown(
                f"**Taken as final: try {taken.number}** ({why}), dev accuracy **{history.accuracy(taken)}**"
            )
            st.markdown(messages.escaped(history.settings(taken.config, entries)))
    if contest.state in (ContestState.ENDED, ContestState.SCORED):
        every = SCORES if contest.state == ContestState.ENDED else None
        st.fragment(_score, run_every=every)(contest.id, contest.state, person.id)
    else:
        st.markdown("Scores follow when it has ended for all; the leaderboard shows them.")
        look(contest, SCORES)
    joining.leaderboard(contest)
    if tries:
        with st.expander("Your tries", icon=":material/list:"):
            st.html(history.table(tries, entries, top, person.final))
            history.download(tries, entries)
    st.caption(
        f"You may withdraw {until(contest)}, with your personal code: everything that is stored of you is deleted."
    )
    st.page_link("views/your_data.py", label="Your data", icon=":material/shield:")


def _score(id: str, state: ContestState, person: str) -> None:
    """How they do on eval, as the leaderboard says it."""
    with messages.plain_words():
        contest = desk.contest(id)
        if contest is None or contest.state != state:
            st.rerun()
        now = moment(contest)
        own = board.own_score(now.results, person, now.provisional)
        if own:
            st.markdown(own)
        if state == ContestState.ENDED:
            serving.wake()
            st.caption(
                f"Final settings are being scored on eval, the samples that nobody had seen: {now.progress}."
            )
        elif not own:
            st.markdown("All final settings are scored on eval, the samples that nobody had seen.")


def until(contest: Contest) -> str:
    """Until when somebody can withdraw."""
    if contest.freeze is None:
        return f"until {contest.consent.freeze_days:g} days after the contest has ended"
    return f"until {time.strftime('%d %B %Y, %H:%M', time.localtime(contest.freeze))}"
