"""What the algorithms made of a drawing: its newest study, while it runs and when it is over."""

from __future__ import annotations

from typing import cast

import streamlit as st

from dashboard import deep_links, figures, jobs, messages, reading
from dashboard.confusion import confusion_table
from dashboard.drawing import log
from dashboard.drawing.apply import jobs_of
from dashboard.drawing.drafts import Draft
from dashboard.error_table import error_table
from dashboard.metrics_table import metrics_table
from dashboard.study_picker import KEY
from datasets import drawings
from datasets.errors import DataError, HandtuneError
from datasets.types import SPLIT_NAMES, SplitName
from reports.metrics import metrics
from reports.section import section
from reports.surfaces import load_surface, surface_figure
from tuners.jobs.record import OPEN, JobState
from tuners.record import StudyRecord, StudyState
from tuners.summary import StudySummary, SystemSummary

#: The splits whose confusion matrices and metrics are shown, as IMLD shows them.
SHOWN: tuple[SplitName, ...] = ("train", "eval")

ON, OF = "points", "of"


def newest_study(drawing: str) -> StudyRecord | None:
    """The newest study of a saved drawing."""
    return next((one for one in reading.studies() if drawing and one.data.name == drawing), None)


def show(draft: Draft) -> None:
    """The job, the results and the log; nothing for a drawing that no algorithm was applied to."""
    asked, study = jobs_of(draft.name), newest_study(draft.name)
    if study is None and not asked:
        return
    st.header("Results", anchor=False)
    waiting = [job for job in asked if job.state in OPEN]
    if waiting:
        jobs.show(waiting[-1])  # the one that is at work, or whose turn is next
    elif asked and asked[0].state != JobState.DONE:
        jobs.show(asked[0])
    if study is not None:
        st.fragment(show_study)(draft, study.name)


def show_study(draft: Draft, name: str) -> None:
    """A part of the page by itself, as choices in it leave the canvas alone."""
    with messages.plain_words():  # a fragment reruns without the entry file and its care
        _show_study(draft, reading.summary(name))


def _show_study(draft: Draft, summary: StudySummary) -> None:
    study = summary.study
    st.markdown(f"Study **{messages.escaped(study.name)}** {messages.STATE_BADGES[study.state]}")
    if study.state != StudyState.RUNNING and changed(draft, study):
        st.warning(
            "The drawing was changed since: these results belong to the earlier version. Train and evaluate again "
            "for those of the present one.",
            icon=":material/history:",
        )
    scored = [system for system in summary.systems if system.scores]
    if scored:
        show_surfaces(study, scored)
        show_errors(study, summary)
        show_confusion(study, scored)
    with st.expander("Process log", icon=":material/receipt_long:", expanded=not scored):
        st.code("\n".join(log.lines(draft, study, summary)), language=None, wrap_lines=True)


def changed(draft: Draft, study: StudyRecord) -> bool:
    """Whether the study's points are others than those of the canvas."""
    try:
        return drawings.read(draft.name) != draft.canvas or saved_hash(draft.name) != study.data.content_hash
    except (DataError, HandtuneError, OSError):
        return True


def saved_hash(name: str) -> str:
    """The content hash of a saved drawing, read again where its files were written anew."""
    return _hash(name, (drawings.folder() / name / drawings.SUMS).stat().st_mtime_ns)


@st.cache_data(max_entries=32, show_spinner=False)
def _hash(name: str, written: int) -> str:
    return drawings.load_drawing(drawings.folder() / name, name).provenance.content_hash


def show_surfaces(study: StudyRecord, scored: list[SystemSummary]) -> None:
    """What every system answers where, side by side."""
    surfaces = []
    for system in scored:
        try:
            surfaces.append(load_surface(reading.store(), system.scores[0]))
        except DataError as error:
            st.caption(messages.escaped(str(error)))
    if not surfaces:
        return
    split = cast(SplitName, deep_links.segmented("Points of", SPLIT_NAMES, key=ON, default="eval"))
    samples = figures.points(study, split)
    errors = {system.label: system.errors[split] for system in scored}
    figure = surface_figure(
        surfaces,
        samples,
        study.data.class_names,
        split,
        caption=f"Data set {study.data.name}",
        errors=errors,
        columns=1 if figures.phone() else min(3, max(2, len(surfaces))),
    )
    figures.stand_out(figure)
    names = ", ".join(surface.system for surface in surfaces)
    figures.show_figure(
        figure, "drawing-surfaces", f"Decision surfaces of {names} under points of {split}", study, zoom=True
    )


def show_errors(study: StudyRecord, summary: StudySummary) -> None:
    """Errors of all systems, the Bayes error rows below them."""
    st.html(error_table(section("errors").frame(reading.store(), study.name), summary.systems))
    with st.container(horizontal=True):
        for page, label in (
            ("errors", "All about its errors"),
            ("surfaces", "Compare surfaces"),
            ("report", "Report"),
        ):
            st.page_link(
                f"views/{page}.py",
                label=label,
                icon=":material/arrow_forward:",
                query_params={KEY: study.name},
            )


def show_confusion(study: StudyRecord, scored: list[SystemSummary]) -> None:
    """Who is mistaken for whom, and the metrics, of one system."""
    by_label = {system.label: system for system in scored}
    label = deep_links.selectbox("Confusion and metrics of", list(by_label), key=OF, default=scored[0].label)
    score, names = by_label[label].scores[0], study.data.class_names
    for split, column in zip(SHOWN, st.columns(len(SHOWN)), strict=True):
        with column:
            st.markdown(f"**{messages.escaped(label)} on {split}**")
            st.html(confusion_table(score.confusion[split], names))
            st.html(metrics_table(metrics(score.confusion[split]), names))
    st.caption(
        "Percent; a class against all others. Sensitivity: of its points, those answered so. Specificity: of all "
        "other points, those not answered so. Precision: of the answers, the right ones. All: accuracy and "
        "error of all points, means over the classes of the rest."
    )
