"""A contest that has ended: people and tuners side by side, and what their numbers allow to say."""

import shlex
from functools import partial

import streamlit as st

from dashboard import deep_links, downloads, figures, messages
from dashboard.contest import analysis, desk, doors
from reports.contest_data import SHOWN
from reports.people_part import RULE, SIMULATED, PeoplePart, beside, parts
from tuners.contest.record import Contest, ContestState

TITLE = "People and tuners"
ICON = ":material/groups:"
SECTION = "Analyse"
POSITION = 30

#: In place of another study's random search.
OWN = "this contest"


def choose() -> Contest | None:
    """The contest of the address, else the newest that has ended; None, with what to do next, where there is none."""
    contests = desk.contests()
    if not contests:
        st.info("There is no contest yet.", icon=":material/inbox:")
        st.markdown("In a contest people tune a network by hand, and autotuners do so on the same terms.")
        st.page_link("views/contest.py", label="Create one", icon=":material/arrow_forward:")
        return None
    titles = {one.id: f"{one.title} · {one.state}" for one in contests}
    first = next((one for one in contests if one.state in SHOWN), contests[0])
    chosen = deep_links.selectbox(
        "Contest", list(titles), key="contest", default=first.id, format_func=titles.__getitem__
    )
    contest = next(one for one in contests if one.id == chosen)
    if contest.state in SHOWN:
        return contest
    st.info(
        f"**{messages.escaped(contest.title)}** is {contest.state.value}. Its analysis is here once it has ended: before, it would "
        "tell participants what others have found.",
        icon=":material/hourglass_top:",
    )
    st.page_link(
        "views/contest.py",
        label="Watch or end it",
        icon=":material/arrow_forward:",
        query_params={"contest": contest.id},
    )
    return None


def show_random_choice() -> str | None:
    """Whose random search is shown; None for the contest's own."""
    studies = analysis.searched_at_random()
    if not studies:
        return None
    chosen = deep_links.selectbox("Random search of", [OWN, *studies], key="random", default=OWN)
    return None if chosen == OWN else chosen


def show_part(part: PeoplePart, contest: Contest, public: bool) -> None:
    st.header(part.title, anchor=False)
    st.markdown(part.lead)
    random_study = show_random_choice() if part.name == "random_search" else None
    with messages.plain_words():
        show_numbers(part, contest, public, random_study)


def show_numbers(part: PeoplePart, contest: Contest, public: bool, random_study: str | None) -> None:
    frame = analysis.frame(contest, part.name, public, random_study)
    if frame.empty:
        st.info(messages.escaped(str(frame.attrs["nothing"])), icon=":material/inbox:")
        return
    if frame.attrs.get("says"):
        with st.container(border=True):
            st.markdown("\n".join(f"- {messages.escaped(text)}" for text in frame.attrs["says"]))
    figure = analysis.figure(contest, part.name, public, random_study)
    if figure is not None:
        st.plotly_chart(figure, key=part.name, config=figures.config(), alt=part.alt(frame))
    label = str(frame.attrs["caption"])
    st.caption(f"{label[:1].upper()}{label[1:]}.")
    table = part.table(frame)
    if table and figure is None:
        st.markdown(table)
    elif table:
        with st.expander("Table", icon=":material/table_rows:"):
            st.markdown(table)
    study = beside(part.study, frame.attrs.get("ours", {}))
    if study:
        with st.expander("The study’s own figures, and what to know of them", icon=":material/menu_book:"):
            st.markdown(study)
    with st.container(horizontal=True):
        name = f"{contest.id}-{part.name}"
        labelled = frame.assign(whose=label)  # whoever opens the file later sees whether these are people
        st.download_button(
            "CSV",
            downloads.csv(labelled),
            f"{name}.csv",
            "text/csv",
            on_click="ignore",
            key=f"csv-{part.name}",
        )
        if figure is not None:
            st.download_button(
                "PNG",
                partial(analysis.picture, contest, part.name, public, random_study),
                f"{name}.png",
                "image/png",
                key=f"png-{part.name}",
                help="As the report draws it",
                on_click="ignore",
            )


def show_report(contest: Contest) -> None:
    st.header("As a report", anchor=False)
    st.markdown(
        "Everything of all chapters in one file to pass on, without aliases, and whether it is what the store gives:"
    )
    option = messages.store_option()
    quoted = shlex.quote(contest.id)
    st.code(
        f"python -m reports people {quoted} --out report --format md html pdf{option}\n"
        f"python -m reports verify report/people-{quoted}/report.md{option}",
        language="bash",
    )


st.title("People and tuners")
contest = choose()
if contest is not None:
    public = not doors.is_instructor()
    chapters = list(dict.fromkeys(part.chapter for part in parts()))
    chapter = deep_links.segmented("Chapter", chapters, key="chapter", default=chapters[0])
    if contest.state != ContestState.SCORED:
        st.info(
            "Final configurations are still being scored: whatever is said of eval is **provisional**, over the trainings that all "
            "who are compared have behind them, with the same seeds. Captions say how many.",
            icon=":material/hourglass_top:",
        )
    flow = analysis.frame(contest, "flow", public, None)
    if flow.attrs["simulated"]:
        st.warning(
            f"**{SIMULATED[:1].upper()}{SIMULATED[1:]}.** Nobody took part: programs stood in for people, to show what such an "
            "analysis looks like. Nothing here says anything of people.",
            icon=":material/smart_toy:",
        )
    st.caption(
        "People are P1, P2, … in an order that says nothing. "
        + (
            "Shown as in the report: no figure by group is of fewer than five people, and nobody’s months are. Who runs the "
            "contest sees more after logging in on the page Contest."
            if public
            else "You are logged in: single months and small groups are shown, which a report leaves out. Mind who sees the screen."
        )
    )
    with st.expander("When a number counts", icon=":material/help:"):
        st.markdown(RULE)
    for part in parts():
        if part.chapter == chapter:
            show_part(part, contest, public)
    show_report(contest)
