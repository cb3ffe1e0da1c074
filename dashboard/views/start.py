"""Searches started from the browser: what to compare, within which limits; and how the started ones stand."""

import hashlib

import streamlit as st

from dashboard import jobs, messages, reading
from dashboard.age import ago
from dashboard.deep_values import text
from dashboard.job_card import show_jobs
from dashboard.start_form import choose, choose_data
from dashboard.start_request import Request, amount, suggested_name
from datasets.errors import UsageError
from tuners.jobs.arguments import check
from tuners.jobs.queue import new_token
from tuners.jobs.record import OPEN
from tuners.record import REFERENCE, StudyRecord, StudyState

TITLE = "Start a search"
ICON = ":material/rocket_launch:"
SECTION = "Do"
POSITION = 40

#: Studies that were cut off and are shown.
MOST_CUT_OFF = 6

#: In the session: the token of the next start, and what the last one asked for and came to.
TOKEN, LAST, SAID = "start-token", "start-last", "start-said"


def taken_names() -> set[str]:
    names = {study.name for study in reading.studies()}
    return names | {job.study for job in jobs.jobs() if job.state in OPEN}


def choose_name(request: Request) -> str:
    taken = taken_names()
    suggestion = suggested_name(request, taken)
    name = text(
        "Name of the study",
        key="start-name",
        parameter="name",
        placeholder=suggestion,
        help="Letters without accents, digits, '-', '_' and '.'; left empty, it is called as shown in grey",
    )
    if name in taken:
        st.error(
            f"There is a study or a search called **{messages.escaped(name)}** already: choose another name, "
            f"or leave the field empty for **{messages.escaped(suggestion)}**.",
            icon=":material/error:",
        )
        return ""
    return name or suggestion


def start(name: str, arguments: tuple[str, ...], token: str) -> None:
    """Called once for each click, before the page runs; the token makes the second of a double click harmless."""
    trouble = jobs.attempt(lambda: jobs.start(name, arguments, token))
    st.session_state[SAID] = (name, trouble)
    if not trouble and arguments:
        st.session_state[LAST] = arguments
        st.session_state[TOKEN] = new_token()
        st.session_state["start-name"] = ""


def show_start(request: Request, name: str) -> None:
    """What is going to be run, and the button."""
    arguments = request.arguments()
    plan = request.plan()
    st.markdown(f"**It compares** {messages.escaped(', '.join(one.label for one in plan))}.")
    if request.reference_joins:
        st.caption(
            f"{REFERENCE} takes part as well: a tuner that does not beat random search has found nothing."
        )
    st.markdown(amount(plan, request.seconds))
    st.code(jobs.command(arguments, name), language="bash")
    token = st.session_state.setdefault(TOKEN, new_token())
    if arguments == st.session_state.get(LAST):
        st.caption(
            "This very search was just started. The same seed gives the same results, so change something."
        )
        with st.popover("Start it once more …", icon=":material/replay:"):
            st.button("Start it once more", on_click=start, args=(name, arguments, token), key="start-again")
        return
    st.button(
        "Start the search",
        type="primary",
        icon=":material/rocket_launch:",
        on_click=start,
        args=(name, arguments, token),
        key="start-now",
    )


def show_said() -> None:
    said = st.session_state.pop(SAID, None)
    if said is None:
        return
    name, trouble = said
    if trouble:
        st.error(messages.escaped(trouble[:1].upper() + trouble[1:]), icon=":material/error:")
    else:
        st.success(f"**{messages.escaped(name)}** is in the queue; it stands below.", icon=":material/check:")


def cut_off() -> list[StudyRecord]:
    """Studies that were cut off and that no job stands for, newest first."""
    known = {job.study for job in jobs.jobs() if job.state in OPEN or job.resumable}
    return [
        study
        for study in reading.studies()
        if study.state == StudyState.INTERRUPTED and study.name not in known
    ]


def show_cut_off(studies: list[StudyRecord]) -> None:
    st.header("Studies that were cut off", anchor=False)
    st.caption("Nothing that was finished is lost; what was under way begins anew.")
    for study in studies[:MOST_CUT_OFF]:
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown(f"**{messages.escaped(study.name)}** begun {ago(study.created)}")
            st.button(
                "Resume",
                icon=":material/play_arrow:",
                key=f"resume-{study.name}",
                help=jobs.command((), study.name),
                on_click=start,
                args=(study.name, (), interruption(study)),
            )


def interruption(study: StudyRecord) -> str:
    """A token that is the same for everybody who resumes the study from here."""
    return hashlib.sha1(f"{study.name} {study.heartbeat}".encode(), usedforsecurity=False).hexdigest()


st.title("Start a search")
st.markdown(
    "Tuners and hand-tuned systems on the same data, seeds and budget. What is started here runs on the machine that "
    "serves this page, one search after the other; this page may be closed meanwhile."
)
data = choose_data()
if data is not None:
    request = choose(data)
    st.header("Start", anchor=False)
    name = choose_name(request)
    problem = request.problem()
    if problem is not None:
        st.info(problem, icon=":material/checklist:")
    elif name:
        try:
            check(name, request.arguments())
        except UsageError as error:
            st.error(messages.escaped(str(error)), icon=":material/error:")
        else:
            show_start(request, name)
show_said()
st.header("Searches started here", anchor=False)
if jobs.jobs():
    show_jobs()
else:
    st.info("None yet. Choose above, and start one.", icon=":material/inbox:")
cut = cut_off()
if cut:
    show_cut_off(cut)
