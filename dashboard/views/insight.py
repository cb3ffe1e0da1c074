"""What a study says about its hyperparameters: which mattered, where the good trials were, where trials failed."""

import shlex

import pandas as pd
import streamlit as st

from dashboard import deep_links, downloads, figures, messages, reading
from dashboard.study_picker import pick_study
from reports.section import section
from reports.trial_frame import axes_of, enough, of_system, trial_frame
from tuners.record import HAND, StudyRecord, StudyState
from tuners.trials import FEWEST, IMPORTANCE

TITLE = "Hyperparameters"
ICON = ":material/tune:"
SECTION = "Analyse"
POSITION = 5


def no_systems(study: StudyRecord) -> None:
    st.info(
        f"Study **{messages.escaped(study.name)}** has no autotuned system: a person's list says little about "
        "hyperparameters.",
        icon=":material/tune:",
    )
    st.markdown("A study that has one:")
    words = (
        f"python tuners/run.py --dataset {shlex.quote(study.data.name)} --tuner keras-random --max-trials 30"
    )
    st.code(words + messages.store_option(), language="bash")
    st.stop()


def few_trials(study: StudyRecord, system: str, count: int) -> None:
    st.info(
        f"**{messages.escaped(system)}** has {count} completed trials. From {FEWEST} on, this page shows what "
        "they say about its hyperparameters.",
        icon=":material/hourglass_top:",
    )
    if study.state == StudyState.RUNNING:
        st.page_link("views/live.py", label="Watch its search", query_params={"study": study.name})
        return
    messages.resume(study)
    if study.state == StudyState.FINISHED:
        st.markdown("A longer search is a new study:")
        learner, tuner = next((s.learner, s.tuner) for s in study.spec.systems if s.label == system)
        words = f"--dataset {shlex.quote(study.data.name)} --model {learner} --tuner {tuner} --max-trials 30"
        st.code(f"python tuners/run.py {words}{messages.store_option()}", language="bash")


def show_importances(study: StudyRecord, system: str) -> None:
    part = section("importances")
    st.subheader(part.title, anchor=False)
    stored = reading.store().insights(study.name, IMPORTANCE)
    frame = part.frame(reading.store(), study.name)
    own = frame[frame["system"] == system]
    own.attrs = frame.attrs
    if system not in stored:
        st.markdown("The importances of this study are not computed yet: a study does so when it ends. Now:")
        command = f"python -m tuners.insight {shlex.quote(study.name)}{messages.store_option()}"
        st.code(command, language="bash")
        return
    st.markdown(part.lead)
    figure = part.figure(reading.store(), own)
    if figure is not None:
        figures.show_figure(figure, "importances", part.alt(own), study)
    for remark in importance_remarks(own):
        st.caption(remark)
    offer(frame, f"{study.name}-importances")


def importance_remarks(frame: pd.DataFrame) -> list[str]:
    from reports.sections.importances import remarks

    some = frame["importance"].notna() & frame["within"].fillna("").ne("")
    conditions = dict.fromkeys(frame.loc[some, "within"])
    more = [f"\\* judged among trials with {messages.escaped(text)} alone." for text in conditions]
    return [*remarks(frame), *more]


def show_trials(study: StudyRecord, frame: pd.DataFrame) -> None:
    for name in ("parallel", "slices"):
        part = section(name)
        st.subheader(part.title, anchor=False)
        st.markdown(part.lead)
        figure = part.figure(reading.store(), frame)
        if figure is None:
            st.caption("No trial has a dev error yet.")
            continue
        note_of(frame)
        figures.show_figure(figure, name, part.alt(frame), study, zoom=name == "slices")


def show_pair(study: StudyRecord, frame: pd.DataFrame) -> None:
    part = section("contour")
    names = [axis.name for axis in axes_of(frame)]
    if len(names) < 2:
        return
    st.subheader(part.title, anchor=False)
    st.markdown(part.lead)
    left, right = st.columns(2)
    with left:
        x = deep_links.selectbox("Across", names, key="x", default=names[0])
    with right:
        others = [name for name in names if name != x]
        y = deep_links.selectbox("Upwards", others, key="y", default=others[0])
    frame.attrs["pair"] = (x, y)
    figure = part.figure(reading.store(), frame)
    if figure is None:
        st.caption("No trial with a dev error has both.")
        return
    note_of(frame)
    figures.show_figure(figure, "contour", part.alt(frame), study)


def show_edges(study: StudyRecord, system: str) -> None:
    part = section("boundaries")
    st.subheader(part.title, anchor=False)
    st.markdown(part.lead)
    frame = part.frame(reading.store(), study.name)
    own = frame[frame["system"] == system]
    own.attrs = frame.attrs | {
        "repeats": {name: pair for name, pair in frame.attrs["repeats"].items() if name == system},
        "unknown": [name for name in frame.attrs["unknown"] if name == system],
        "axes": {system: frame.attrs["axes"][system]},
    }
    st.markdown(part.markdown(own))
    if not frame.empty:
        offer(frame, f"{study.name}-edges")


def show_failures(study: StudyRecord, system: str) -> None:
    part = section("failure-map")
    st.subheader(part.title, anchor=False)
    frame = part.frame(reading.store(), study.name)
    frame.attrs["system"] = system
    figure = part.figure(reading.store(), frame)
    if figure is None:
        st.caption(f"No trial of {messages.escaped(system)} failed or answers one class.")
        return
    st.markdown(part.lead)
    figures.show_figure(figure, "failure-map", part.alt(frame), study)
    own = frame[frame["system"] == system]
    own.attrs = frame.attrs
    st.markdown(part.markdown(own))
    offer(frame, f"{study.name}-failures")


def note_of(frame: pd.DataFrame) -> None:
    """Says where a figure shows a sample; the figure's own caption would be cut on phones."""
    from reports.trial_frame import drawn

    note = drawn(of_system(frame))[1]
    if note:
        st.caption(note)


def offer(frame: pd.DataFrame, name: str) -> None:
    st.download_button("CSV", downloads.csv(frame), f"{name}.csv", "text/csv", on_click="ignore", key=name)


st.title("Hyperparameters")
study = pick_study()
labels = [system.label for system in study.spec.systems if system.tuner != HAND]
if not labels:
    no_systems(study)
frame = trial_frame(reading.store(), study.name)
system = deep_links.selectbox("System", labels, key="system", default=frame.attrs["system"] or labels[0])
frame.attrs["system"] = system
st.markdown(messages.provenance(study))
if study.state != StudyState.FINISHED and enough(frame):
    st.info(f"Study {messages.escaped(study.name)} is {study.state.value}: this is what there is so far.")
count = frame.attrs["judged"][system]
if count < FEWEST:
    few_trials(study, system, count)
    st.stop()
show_importances(study, system)
show_edges(study, system)
show_trials(study, frame)
show_pair(study, frame)
show_failures(study, system)
st.subheader("All trials", anchor=False)
st.caption(
    f"{len(of_system(frame)):,} trained trials of {messages.escaped(system)}, one column a hyperparameter. For all "
    "systems, with epochs and scores, and for other programs:"
)
st.code(
    f"python -m tuners.export {shlex.quote(study.name)} --to csv --out {shlex.quote(study.name)}-tables"
    f"{messages.store_option()}",
    language="bash",
)
offer(frame[frame["system"] == system], f"{study.name}-trials")
