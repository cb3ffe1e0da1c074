"""What a study says about its hyperparameters: which mattered, where the good trials were, where trials failed."""

from __future__ import annotations

import shlex
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard import deep_links, downloads, figures, jobs, messages, reading
from dashboard.study_picker import KEY, pick_study
from reports.palette import transparent
from reports.section import section
from reports.sections.importances import remarks
from reports.trial_frame import axes_of, drawn, enough, of_system
from tuners.record import HAND, StudyRecord, StudyState
from tuners.trials import FEWEST, IMPORTANCE

if TYPE_CHECKING:
    import plotly.graph_objects as go

TITLE = "Hyperparameters"
ICON = ":material/tune:"
SECTION = "Analyse"
POSITION = 28


#: Panels and axes side by side, where there is room for them.
MOST_COLUMNS, MOST_AXES, PHONE_AXES = 3, 8, 3

#: Parts of the page by their name in the address: all of them at once take a browser seconds to draw.
PARTS = {
    "importances": "What mattered",
    "lines": "Trials as lines",
    "slices": "One by one",
    "pair": "Two together",
    "failures": "Where trials failed",
}


def no_systems(study: StudyRecord) -> None:
    st.info(
        f"Study **{messages.escaped(study.name)}** has no autotuned system: a person's list says little about "
        "hyperparameters.",
        icon=":material/tune:",
    )
    st.markdown("A study that has one:")
    words = ["--dataset", study.data.name, "--tuner", "keras-random", "--max-trials", "30"]
    st.code(jobs.command(words), language="bash")
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
        words = ["--dataset", study.data.name, "--model", learner, "--tuner", tuner, "--max-trials", "30"]
        st.code(jobs.command(words), language="bash")


def draw(name: str, frame: pd.DataFrame, margin: int = 10) -> go.Figure | None:
    figure = section(name).figure(reading.store(), frame)
    if figure is not None:
        figure.update_layout(margin_t=margin)
        if name == "parallel":
            figure.update_annotations(bgcolor=transparent(figures.ground().background, 0.75))
    return figure


def show_importances(study: StudyRecord, system: str) -> None:
    part = section("importances")
    st.header(part.title, anchor=False)
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
    figures.show_kept(
        study, "importances", (system, str(stored)), partial(draw, "importances", own, 40), part.alt(own)
    )
    for remark in importance_remarks(own):
        st.caption(remark)
    offer(frame, f"{study.name}-importances")


def importance_remarks(frame: pd.DataFrame) -> list[str]:
    some = frame["importance"].notna() & frame["within"].fillna("").ne("")
    more = [
        f"\\* {messages.escaped(', '.join(part['parameter']))}: judged among trials with {messages.escaped(str(within))} alone."
        for within, part in frame.loc[some].groupby("within", sort=False)
    ]
    return [*remarks(frame), *more]


def show_lines(study: StudyRecord, frame: pd.DataFrame) -> None:
    part = section("parallel")
    st.header(part.title, anchor=False)
    st.markdown(part.lead)
    names = [axis.name for axis in axes_of(frame)]
    first = names[: PHONE_AXES if figures.phone() else MOST_AXES]
    frame.attrs["shown"] = deep_links.multiselect("Axes", names, key="axes", default=first)
    if not frame.attrs["shown"]:
        st.info("Choose at least one axis above.", icon=":material/arrow_upward:")
        return
    note_of(frame)
    choices = (frame.attrs["system"], *frame.attrs["shown"])
    figures.show_kept(study, "parallel", choices, partial(draw, "parallel", frame), part.alt(frame))


def show_slices(study: StudyRecord, frame: pd.DataFrame) -> None:
    part = section("slices")
    st.header(part.title, anchor=False)
    st.markdown(part.lead)
    numbers = [str(number) for number in range(1, MOST_COLUMNS + 1)]
    default = numbers[0] if figures.phone() else numbers[-1]
    frame.attrs["columns"] = int(
        deep_links.segmented("Panels a row", numbers, key="columns", default=default)
    )
    note_of(frame)
    choices = (frame.attrs["system"], frame.attrs["columns"])
    if not figures.show_kept(
        study, "slices", choices, partial(draw, "slices", frame, 30), part.alt(frame), zoom=True
    ):
        st.caption("No trial has a dev error yet.")


def show_pair(study: StudyRecord, frame: pd.DataFrame) -> None:
    part = section("contour")
    names = [axis.name for axis in axes_of(frame)]
    st.header(part.title, anchor=False)
    if len(names) < 2:
        st.caption("This system has a single hyperparameter: no two can be looked at together.")
        return
    st.markdown(part.lead)
    left, right = st.columns(2)
    with left:
        x = deep_links.selectbox("Across", names, key="x", default=names[0])
    with right:
        others = [name for name in names if name != x]
        y = deep_links.selectbox("Upwards", others, key="y", default=others[0])
    frame.attrs["pair"] = (x, y)
    note_of(frame)
    choices = (frame.attrs["system"], x, y)
    if not figures.show_kept(study, "contour", choices, partial(draw, "contour", frame), part.alt(frame)):
        st.caption("No trial with a dev error has both.")


def show_edges(study: StudyRecord, system: str) -> None:
    part = section("boundaries")
    st.header(part.title, anchor=False)
    st.markdown(part.lead)
    frame = reading.frame(study, "boundaries")
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
    st.header(part.title, anchor=False)
    frame = reading.frame(study, "failure-map")
    frame.attrs["system"] = system
    if not figures.show_kept(
        study, "failure-map", system, partial(draw, "failure-map", frame), part.alt(frame)
    ):
        st.caption(f"No trial of {messages.escaped(system)} failed or answers one class.")
        return
    st.markdown(part.lead)
    own = frame[frame["system"] == system]
    own.attrs = frame.attrs
    st.markdown(part.markdown(own))
    offer(frame, f"{study.name}-failures")


def show_part(part: str, study: StudyRecord, system: str, frame: pd.DataFrame) -> None:
    """part: one of PARTS."""
    if part == "importances":
        show_importances(study, system)
        show_edges(study, system)
    elif part == "lines":
        show_lines(study, frame)
    elif part == "slices":
        show_slices(study, frame)
    elif part == "pair":
        show_pair(study, frame)
    else:
        show_failures(study, system)


def note_of(frame: pd.DataFrame) -> None:
    """Says where a figure shows a sample; the figure's own caption would be cut on phones."""
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
frame = reading.frame(study, "slices")
system = deep_links.selectbox("System", labels, key="system", default=frame.attrs["system"] or labels[0])
frame.attrs["system"] = system
st.markdown(messages.provenance(study))
if study.state != StudyState.FINISHED and enough(frame):
    st.info(f"Study {messages.escaped(study.name)} is {study.state.value}: this is what there is so far.")
count = frame.attrs["judged"][system]
if count < FEWEST:
    few_trials(study, system, count)
    st.stop()
part = deep_links.segmented(
    "Part", list(PARTS), key="part", default="importances", format_func=PARTS.__getitem__, wrap=True
)
show_part(part, study, system, frame)
st.header("All trials", anchor=False)
st.caption(
    f"{len(of_system(frame)):,} trained trials of {messages.escaped(system)}, one column a hyperparameter. For all "
    "systems, with epochs and scores, and for other programs:"
)
st.page_link(
    "views/trials.py",
    label="Search in them, open one, compare two",
    icon=":material/table_rows:",
    query_params={KEY: study.name, "system": system},
)
st.code(
    f"python -m tuners.export {shlex.quote(study.name)} --to csv --out {shlex.quote(study.name)}-tables"
    f"{messages.store_option()}",
    language="bash",
)
offer(frame[frame["system"] == system], f"{study.name}-trials")
