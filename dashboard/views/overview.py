"""All studies at a glance, and the newest comparison as a picture."""

import streamlit as st

from dashboard import figures, messages, reading
from dashboard.age import ago
from datasets.percent import percent_text
from reports.collapse import ONE_CLASS
from tuners.path import winner
from tuners.record import StudyRecord, StudyState
from tuners.summary import StudySummary

TITLE = "Overview"
ICON = ":material/home:"
SECTION = "Watch"
POSITION = 1

#: Studies shown at once; the others are a click away.
SHOWN = 6


def show_study(study: StudyRecord) -> None:
    with st.container(border=True, key=f"study-{study.name}"):
        summary = reading.summary(study.name)
        st.markdown(
            f"#### {messages.escaped(study.name)} {messages.STATE_BADGES[study.state]}",
            anchors=False,
        )
        st.markdown(f"{messages.provenance(study)} · begun {ago(study.created)}")
        done, best, at_eval = st.columns(3)
        trials = sum(system.trials for system in summary.systems)
        done.metric("trials done", f"{trials:,}")
        label, dev, final = best_of(study, summary)
        best.metric("best dev error", text(dev))
        at_eval.metric("its eval error", text(final) if final is not None else "closed")
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
                st.page_link(f"views/{page}.py", label=name, query_params={"study": study.name})


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
    messages.empty_store()
    st.stop()

newest = next((study for study in studies if study.state == StudyState.FINISHED), None)
if newest is not None:
    st.subheader(f"Newest comparison: {messages.escaped(newest.name)}", anchor=False)
    figures.show_section("gaps", newest)
st.subheader("Studies", anchor=False)
for study in studies[:SHOWN]:
    show_study(study)
if studies[SHOWN:]:
    with st.expander(f"{len(studies) - SHOWN} older studies"):
        for study in studies[SHOWN:]:
            show_study(study)
