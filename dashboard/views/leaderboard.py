"""For the projector and for participants: who leads on dev while a contest runs, and how everybody did on eval after it."""

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import deep_links, messages, projector, viewers
from dashboard.contest import board, desk, doors, parts, serving, way_in
from dashboard.contest.moment import Moment, moment
from dashboard.ticker import ticker
from tuners.contest import clock
from tuners.contest.record import ClockKind, Contest, ContestState, Person

TITLE = "Leaderboard"
ICON = ":material/social_leaderboard:"
SECTION = "Contest"
POSITION = 61

#: Seconds between two looks: of a few viewers and of a full class room, and once all is scored.
PACE, RESTS = 2.0, 10.0

#: Rows beside the picture, on a projector and on a desk.
PROJECTED, SHOWN = 8, 15


def pace(contest: Contest) -> float:
    return RESTS if contest.state == ContestState.SCORED else max(PACE, viewers.seconds_between())


def choose() -> Contest | None:
    """The contest of the address, else the viewer's own, else the newest; None, with the reason, where there is none."""
    person = desk.person()
    found = desk.contests()
    if doors.shut():  # of other contests it is nobody's business here
        found = [one for one in found if person is not None and one.id == person.contest]
        if not found:
            st.info("Join a contest first; then its leaderboard is here.", icon=":material/groups:")
            st.page_link("views/join.py", label="Take part", icon=":material/arrow_forward:")
            return None
    if not found:
        st.info("There is no contest yet.", icon=":material/inbox:")
        st.page_link("views/contest.py", label="Create one", icon=":material/arrow_forward:")
        return None
    titles = {one.id: one.title for one in found}
    own = person.contest if person is not None and person.contest in titles else found[0].id
    if len(titles) == 1 or projector.on():
        chosen = deep_links.followed("contest") or next(iter(deep_links.written("contest")), own)
        chosen = chosen if chosen in titles else own
        deep_links.write("contest", [chosen])
    else:
        chosen = deep_links.selectbox(
            "Contest", list(titles), key="contest", default=own, format_func=titles.__getitem__
        )
    return next(one for one in found if one.id == chosen)


def show(id: str, state: ContestState, simulated: bool, you: str) -> None:
    with messages.plain_words():  # a fragment reruns without the entry file and its care
        viewers.here()
        contest = desk.contest(id)
        if contest is None or contest.state != state:
            st.rerun()  # another state has another page and another pace
        trouble = serving.wake()  # this page alone may be open while everybody waits for the scores
        if trouble and not doors.shut():
            st.error(messages.escaped(trouble), icon=":material/error:")
        now = moment(contest)
        if now.simulated != simulated:
            st.rerun()  # the title says so
        draw(now, you)


def draw(now: Moment, you: str) -> None:
    match now.contest.state:
        case ContestState.LOBBY:
            way_in.show(now.contest, len(now.people))
        case ContestState.OPEN:
            show_race(now, you)
        case ContestState.ENDED:
            show_scoring(now, you)
        case ContestState.SCORED:
            show_end(now, you)


def show_race(now: Moment, you: str) -> None:
    show_clock(now.contest, next((one for one in now.people if one.id == you), None))
    show_dev(now, you)


def show_clock(contest: Contest, person: Person | None) -> None:
    left = clock.left(contest, person, time.time())
    if left is not None:
        with st.container(key="board-clock"):
            parts.countdown(left, 60 * (contest.terms.minutes + contest.extended), key="board-countdown")
    elif contest.terms.clock == ClockKind.EACH:
        st.caption(f"Everybody has {contest.terms.minutes:g} minutes from their first look at the task.")


def show_dev(now: Moment, you: str) -> None:
    picture, ranks = st.columns([0.56, 0.44], gap="medium")
    with picture:
        strip = board.strip(now.rows)
        if strip:
            st.html(strip)
        else:
            st.caption("The first trainings are on their way.")
        st.header("What just happened", anchor=False)
        show_happened(now)
    with ranks:
        most = PROJECTED if projector.on() else SHOWN
        if any(row.place for row in now.rows):
            st.html(board.ranking(now.rows, most, you))
            st.caption(late(now.contest))


def late(contest: Contest) -> str:
    """What the ranks are by, and what comes next: how to join while it is open, eval after that."""
    if contest.state == ContestState.ENDED:
        return "Best dev accuracy. Eval follows as soon as everybody has a first training."
    text = "Best dev accuracy so far; eval stays closed until the end."
    if contest.state == ContestState.OPEN:
        text += f" Late? `{way_in.base()}/join`, code **{contest.join_code}**"
    return text


def show_happened(now: Moment) -> None:
    if not now.happened:
        st.caption("Nothing yet.")
        return
    shown = now.happened[: 4 if projector.on() else None]
    marks = {event.system: board.mark(kind) for event, kind in shown}
    st.html(ticker([event for event, _ in shown], {}, marks))


def says() -> DeltaGenerator:
    """What stands above the podium: as high while scoring goes on as in the end, so that nothing jumps."""
    return st.container(key="board-says")


def show_scoring(now: Moment, you: str) -> None:
    found = now.scoring
    first = any(row.mean is not None for row in now.results)
    with says():
        st.progress(
            found.done / found.total if found.total else 0.0,
            text=f"**Provisional, {now.provisional} each.** {now.progress}"
            if first
            else "Time is over. Each final configuration is trained "
            f"{now.contest.terms.final_seeds} times on train and dev and scored on eval: {now.progress}.",
        )
    if not first:
        show_dev(now, you)
        return
    show_ranks(now, you, now.provisional)
    interval = ", with Student's 95 % interval of that mean" if found.rounds > 1 else ""
    st.caption(
        f"Eval accuracy so far: the mean over the trainings that are over for everybody who has one here, the same seeds for "
        f"all{interval}. Places may change until all are over."
    )


def show_ranks(now: Moment, you: str, provisional: str = "") -> None:
    """Podium and table; beside each other on a projector, so that nobody has to scroll in front of a class."""
    first, second = (
        st.columns([0.43, 0.57], gap="small") if projector.on() else (st.container(), st.container())
    )
    first.html(board.podium(now.results, you, provisional))
    second.html(board.final_table(now.results, you, provisional=bool(provisional)))


def show_end(now: Moment, you: str) -> None:
    if not any(row.mean is not None for row in now.results):
        st.warning("The contest is over, and nobody has a score: no training had a result.")
        return
    with says():
        st.markdown(board.verdict(now.results))
    show_ranks(now, you)
    st.caption(
        f"Eval accuracy: the mean of {now.contest.terms.final_seeds} trainings on train and dev, the same seeds for all, with "
        "Student's 95 % interval of that mean; it holds the luck of seeds, not that of people. Two things move a configuration from dev to eval: it was "
        "chosen by dev, which flatters, and dev is learnt from in the end, which helps."
    )
    if not doors.shut():
        st.page_link(
            "views/people.py",
            label="Is the difference shown? People and tuners",
            icon=":material/arrow_forward:",
            query_params={"contest": now.contest.id},
        )


st.html(way_in.LOOK)
contest = choose()
if contest is None:
    st.title(TITLE, anchor=False)
else:
    simulated = moment(contest).simulated
    badge = f" :orange-badge[:material/smart_toy: {board.SIMULATED}]" if simulated else ""
    if contest.state == ContestState.ENDED:
        badge += " :blue-badge[:material/hourglass_top: being scored]"
    st.title(f"{messages.escaped(contest.title)}{badge}", anchor=False)
    person = desk.person()
    you = person.id if person is not None and person.contest == contest.id else ""
    st.fragment(show, run_every=pace(contest))(contest.id, contest.state, simulated, you)
