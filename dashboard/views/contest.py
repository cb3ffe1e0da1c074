"""The instructor's desk: creates a contest, lets people in, starts it, watches it, ends it, passes its data on."""

import time

import streamlit as st

from dashboard import deep_links, jobs, messages, viewers
from dashboard.age import lasting
from dashboard.contest import controls, creating, desk, doors, login, overlook, parts, serving, way_in
from dashboard.contest.board import SIMULATED
from dashboard.contest.moment import Moment, moment
from tuners.contest import clock
from tuners.contest.record import ClockKind, Contest, ContestState, EntrantKind

TITLE = "Contest"
ICON = ":material/emoji_events:"
SECTION = "Contest"
POSITION = 63

STATES = {
    ContestState.LOBBY: ":blue-badge[:material/meeting_room: lobby]",
    ContestState.OPEN: ":green-badge[:material/play_arrow: open]",
    ContestState.ENDED: ":orange-badge[:material/hourglass_top: being scored]",
    ContestState.SCORED: ":gray-badge[:material/flag: scored]",
}

#: Seconds between two looks, while something goes on and after it.
PACE, RESTS = 2.0, 10.0


def show_doors() -> None:
    """Who may see the other pages, and the way out."""
    with st.container(horizontal=True, vertical_alignment="center"):
        closed = doors.access().closed()
        wanted = st.toggle(
            "Closed: others see the participants' pages only",
            value=closed,
            key=f"closed-{closed}",
            help="Take part, Your data and Leaderboard. Other pages show store, studies, queue, and data by name",
        )
        if wanted != closed:
            trouble = jobs.attempt(lambda: doors.close(wanted))
            if trouble:
                st.error(messages.escaped(trouble))
            else:
                st.rerun()
    login.show_controls()


def choose(contests: list[Contest]) -> Contest | None:
    """The contest that the page is about; None: the form for a new one."""
    titles = {one.id: f"{one.title} · {one.state} · {one.join_code}" for one in contests}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = deep_links.selectbox(
            "Contest", list(titles), key="contest", default=contests[0].id, format_func=titles.__getitem__
        )
        if st.session_state.get(creating.NEW):
            st.button(
                "Back to it", icon=":material/arrow_back:", on_click=_new, args=(False,), key="no-new-contest"
            )
            return None
        st.button("New contest", icon=":material/add:", on_click=_new, args=(True,), key="new-contest")
    return next(one for one in contests if one.id == chosen)


def _new(wanted: bool) -> None:
    st.session_state[creating.NEW] = wanted


def show_contest(contest: Contest) -> None:
    st.header(f"{messages.escaped(contest.title)} {STATES[contest.state]}", anchor=False)
    terms = contest.terms
    limits = [f"{terms.minutes + contest.extended:g} minutes"]
    limits += [f"{terms.max_trials} tries"] if terms.max_trials else []
    limits += [f"{terms.total_epochs:,} epochs"] if terms.total_epochs else []
    joined = ", ".join(terms.tuners) or "no tuner"
    st.caption(
        f"Task {messages.escaped(terms.task)} · {' · '.join(limits)} · {messages.escaped(joined)}, {terms.searches} runs each · "
        f"seed {terms.seed} · join code {contest.join_code}"
    )
    if contest.state == ContestState.LOBBY:
        controls.lobby(contest)
    elif contest.state == ContestState.OPEN:
        controls.running(contest)
    controls.say()
    every = RESTS if contest.state == ContestState.SCORED else max(PACE, viewers.seconds_between())
    st.fragment(watch, run_every=every)(contest.id, contest.state)
    with st.container(horizontal=True):
        question = {"contest": contest.id}
        st.page_link(
            "views/leaderboard.py",
            label="Leaderboard",
            icon=":material/social_leaderboard:",
            query_params=question,
        )
        st.page_link(
            "views/leaderboard.py",
            label="Leaderboard for the projector",
            icon=":material/slideshow:",
            query_params=question | {"projector": "yes"},
        )
        if contest.state == ContestState.SCORED:
            st.page_link(
                "views/people.py",
                label="People and tuners",
                icon=":material/analytics:",
                query_params=question,
            )
    if contest.state != ContestState.OPEN:
        controls.over(contest)


def watch(id: str, state: ContestState) -> None:
    with messages.plain_words():  # a fragment reruns without the entry file and its care
        viewers.here()
        if not doors.is_instructor():
            st.rerun()  # the login has ended
        contest = desk.contest(id)
        if contest is None or contest.state != state:
            st.rerun()  # other things can be done now
        trouble = serving.wake()
        if trouble:
            st.error(messages.escaped(trouble), icon=":material/error:")
        draw(moment(contest))


def draw(now: Moment) -> None:
    contest = now.contest
    if now.simulated:
        st.badge(SIMULATED, color="orange", icon=":material/smart_toy:")
    if contest.state == ContestState.LOBBY:
        way_in.show(contest, len(now.people))
    elif contest.state == ContestState.OPEN:
        show_open(now)
    elif contest.state == ContestState.ENDED:
        show_scoring(now)
    st.subheader(f"Participants ({len(now.people)})", anchor=False)
    if now.people:
        st.html(overlook.people_table(now, desk.places(contest.id)))
    else:
        st.caption("Nobody yet. Show them the address and the code.")
    st.subheader("Tuners", anchor=False)
    if any(row.kind != EntrantKind.PERSON for row in now.rows):
        st.html(overlook.machines_table(now))
    elif contest.terms.tuners:
        st.caption(
            "Nothing yet. People come first; tuners use what they leave idle, and finish after the end."
        )
    else:
        st.caption("None takes part.")


def show_open(now: Moment) -> None:
    left = clock.left(now.contest, None, time.time())
    clocks, code = st.columns([0.5, 0.5], vertical_alignment="center")
    with clocks:
        if left is not None:
            parts.countdown(
                left, 60 * (now.contest.terms.minutes + now.contest.extended), key="desk-countdown"
            )
        elif now.contest.terms.clock == ClockKind.EACH:
            st.caption("Everybody has a clock of their own; the contest is open until you end it.")
        if now.contest.pauses:
            last = now.contest.pauses[-1]
            st.caption(
                f"This machine slept for {lasting(last.seconds)} from {time.strftime('%H:%M', time.localtime(last.at))} on; "
                "clocks stood still meanwhile. Keep it awake, as nobody's page answers then."
            )
    with (
        code,
        st.popover(f"Late? Join code {now.contest.join_code}", icon=":material/qr_code_2:", key="late"),
    ):
        way_in.show(now.contest, len(now.people))


def show_scoring(now: Moment) -> None:
    found = now.scoring
    st.progress(found.done / found.total if found.total else 0.0, text=f"Scoring: {now.progress}")


st.html(way_in.LOOK)
if not doors.is_instructor():
    login.show(TITLE)
else:
    st.title(TITLE, anchor=False)
    contests = desk.contests()
    contest = choose(contests) if contests else None
    if contest is None:
        if not contests:
            st.markdown(
                "People tune by hand, autotuners tune beside them, on the same task, budget and seeds. With the defaults below a "
                "class needs a quarter of an hour."
            )
        controls.say()
        creating.show()
    else:
        show_contest(contest)
    st.divider()
    show_doors()
