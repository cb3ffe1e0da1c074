"""Home: what this is, the three ways in, the newest comparison as a picture, and all studies at a glance."""

from pathlib import Path

import streamlit as st

from dashboard import messages, reading
from dashboard.age import ago
from dashboard.light_bars import light_bars
from dashboard.study_picker import KEY
from datasets.percent import percent_text
from reports.collapse import ONE_CLASS
from reports.section import section
from reports.sections.decomposition import answer
from tuners.path import winner
from tuners.record import StudyRecord, StudyState
from tuners.summary import StudySummary

TITLE = "Home"
ICON = ":material/home:"
SECTION = "Watch"
POSITION = 1

#: Studies shown at once; the others are a click away.
SHOWN = 6

#: What can be done here, by page: it needs no study.
DOING = {"start": "Start a search", "draw": "Draw data", "lesson": "Take the guided lesson"}

#: What each of them is, for somebody who has seen nothing yet.
FIRST_STEPS = {
    "start": "Set a tuner to work on a data set, and watch it here",
    "draw": "Draw classes of points, and see what classifiers make of them",
    "lesson": "Seven steps through what tuning can and cannot do",
}

#: How a person's own configurations are written down and trained; the door shows these very words.
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "hand_list.md"

#: The guide's command, which has to mean the store that is shown.
BY_HAND = "python tuners/run.py --dataset 10 --model mlp-a1 --tuner hand keras-random --configs my-settings.toml --max-trials 6"


def show_doors(studies: list[StudyRecord]) -> None:
    """Three cards, below each other on a phone."""
    watch, compare, by_hand = st.columns(3, border=True)
    with watch:
        show_watching(studies)
    with compare:
        show_comparing(studies)
    with by_hand:
        show_by_hand()


def show_watching(studies: list[StudyRecord]) -> None:
    st.markdown("**:material/sensors: Watch a search**")
    running = next((study for study in studies if study.state == StudyState.RUNNING), None)
    if running:
        st.markdown(
            f"**{messages.escaped(running.name)}** is running now: the best dev error so far, every trial, what failed."
        )
    else:
        st.markdown("No search is running. See how the newest one went, and who stood on its podium.")
    link("live", "Live race", running or studies[0])
    link("replay", "Replay how it came about", running or studies[0])


def show_comparing(studies: list[StudyRecord]) -> None:
    st.markdown("**:material/balance: Compare systems**")
    st.markdown("Who errs least, on which classes, and whether the difference is more than luck.")
    study = next((study for study in studies if study.state == StudyState.FINISHED), studies[0])
    link("errors", "Error table", study)
    link("comparison", "Tuners over repeated searches", study)
    link("surfaces", "Decision surfaces side by side", study)


def show_by_hand() -> None:
    st.markdown("**:material/tune: Tune by hand**")
    st.markdown("Your own ideas beside a tuner, on the same data and budget.")
    for page, label in DOING.items():
        link(page, label)
    show_guide()


def show_guide() -> None:
    with st.popover("Your own settings, from a file", icon=":material/terminal:"):
        guide = GUIDE.read_text(encoding="utf-8").replace(BY_HAND, BY_HAND + messages.store_option())
        heading, _, text = guide.partition("\n")
        st.markdown(f"**{heading.removeprefix('# ')}**\n{text}")


def show_first_steps() -> None:
    """Ways in that need no study."""
    for column, (page, label) in zip(st.columns(3, border=True), DOING.items(), strict=True):
        with column:
            st.markdown(f"**{FIRST_STEPS[page]}**")
            link(page, label)


def link(page: str, label: str, study: StudyRecord | None = None) -> None:
    st.page_link(
        f"views/{page}.py",
        label=label,
        icon=":material/arrow_forward:",
        query_params={KEY: study.name} if study else None,
    )


def show_newest(study: StudyRecord) -> None:
    """What errors are made of, where that is known: it says what tuning could save. Else the errors side by side."""
    st.header(f"Newest comparison: {messages.escaped(study.name)}", anchor=False)
    part, frame = section("decomposition"), reading.frame(study, "decomposition")
    if part.applies(frame):
        st.markdown(answer(frame))
    else:
        part, frame = section("gaps"), reading.frame(study, "gaps")
        st.markdown(part.lead)
    figure = part.figure(reading.store(), frame)
    if figure is None:
        st.caption("Nothing to draw yet.")
        return
    st.html(light_bars(figure, f"{part.alt(frame)}. {study.data.provenance} data"))
    st.markdown(messages.provenance(study))


def show_study(study: StudyRecord) -> None:
    with st.container(border=True, key=f"study-{study.name}"):
        summary = reading.summary(study.name)
        st.markdown(
            f"### {messages.escaped(study.name)} {messages.STATE_BADGES[study.state]}",
            anchors=False,
        )
        st.markdown(f"{messages.provenance(study)} · begun {ago(study.created)}")
        trials = sum(system.trials for system in summary.systems)
        label, dev, final = best_of(study, summary)
        with st.container(horizontal=True, gap="large"):  # side by side on a phone too
            st.metric("trials done", f"{trials:,}", width="content")
            st.metric("best dev error", text(dev), width="content")
            st.metric("its eval error", text(final) if final is not None else "closed", width="content")
        names = ", ".join(system.label for system in summary.systems)
        st.caption(f"Best on dev: {label}. Systems: {names}" if label else f"Systems: {names}")
        messages.resume(study)
        with st.container(horizontal=True):
            for page, name in (
                ("live", "Live"),
                ("errors", "Errors"),
                ("surfaces", "Surfaces"),
                ("report", "Report"),
            ):
                link(page, name, study)


def best_of(study: StudyRecord, summary: StudySummary) -> tuple[str, float | None, float | None]:
    """The system with the lowest dev error: its name, that error, and its eval error once there is one."""
    scored = [system for system in summary.systems if system.errors]
    if scored:
        first = min(scored, key=lambda system: system.errors["dev"])
        flat = f" ({ONE_CLASS})" if first.degenerate else ""
        return first.label + flat, first.errors["dev"], first.errors["eval"]
    trials = reading.trials(study.name)
    best = winner(trials)
    return ("", None, None) if best is None else (best.system, best.dev_error, None)


def text(error: float | None) -> str:
    return "–" if error is None else f"{percent_text(error)} %"


st.title("Handtune")
st.markdown(
    "Can an autotuner find a better small network than a person can? Every system here had the same data, seeds "
    "and budget; it was chosen by its **dev** error, and scored once on **eval**, which no tuner ever saw."
)
studies = reading.studies()
if not studies:
    show_first_steps()
    messages.empty_store()
    show_guide()
    st.stop()
show_doors(studies)
newest = next((study for study in studies if study.state == StudyState.FINISHED), None)
if newest is not None:
    show_newest(newest)
st.header("Studies", anchor=False)
for study in studies[:SHOWN]:
    show_study(study)
if studies[SHOWN:]:
    with st.expander(f"{len(studies) - SHOWN} older studies"):
        for study in studies[SHOWN:]:
            show_study(study)
