"""The error table beside the study's own figures, the gaps between splits, and who is mistaken for whom."""

import streamlit as st

from dashboard import deep_links, downloads, figures, messages, reading
from dashboard.confusion import confusion_table
from dashboard.error_table import error_table
from dashboard.set_picker import link_to_samples
from dashboard.study_picker import pick_study
from datasets.types import SPLIT_NAMES
from reports.section import section
from tuners.record import StudyRecord, StudyState
from tuners.summary import StudySummary

TITLE = "Errors"
ICON = ":material/table_chart:"
SECTION = "Analyse"
POSITION = 3

ABOUT_BER = """
The row **BER** is the *closed-loop* error: a classifier is trained on a split and tested on the very same
points. That is how the study estimated the Bayes error rate, so the figures can be compared with it.

It is **not** a bound on what a classifier can reach. A model that learns its points by heart (KNN with one
neighbour) gets 0 % on any data, and train, dev and eval each get a figure of their own because the points
differ. The **Bayes error** proper is the error of the best possible rule for the distribution. It is known
only where the density is: for generated sets the row **BER (exact)** is computed from that density.
"""


def show_table(study: StudyRecord, summary: StudySummary) -> None:
    frame = section("errors").frame(reading.store(), study.name)
    st.markdown(messages.provenance(study))
    st.html(error_table(frame, summary.systems))
    st.caption(
        "Error rates in %. Upright: this run. *In italics, marked “study”: the figures that the study printed.* "
        "★ marks the lowest of our systems in a column."
        + (" Shaded rows are no classifiers." if (frame["kind"] != "system").any() else "")
    )
    for note in frame.attrs["footnotes"]:
        st.caption(note)
    with st.container(horizontal=True):
        name = f"{study.name}-errors"
        st.download_button("CSV", downloads.csv(frame), f"{name}.csv", "text/csv", on_click="ignore")
        st.download_button(
            "Markdown", downloads.markdown(frame), f"{name}.md", "text/markdown", on_click="ignore"
        )
        st.download_button("LaTeX", downloads.latex(frame), f"{name}.tex", "text/plain", on_click="ignore")
    if (frame["kind"] != "system").any():
        with st.expander("What the BER rows are, and what they are not", icon=":material/help:"):
            st.markdown(ABOUT_BER)


def show_classes(study: StudyRecord, summary: StudySummary) -> None:
    st.subheader("Classes", anchor=False)
    scored = {system.label: system for system in summary.systems if system.scores}
    label = deep_links.selectbox("System", list(scored), key="system", default=next(iter(scored)))
    scores = scored[label].scores
    repeat = "1"
    if len(scores) > 1:
        numbers = [str(score.repeat + 1) for score in scores]
        repeat = deep_links.segmented("Final training", numbers, key="repeat", default=numbers[0])
    score = next(score for score in scores if str(score.repeat + 1) == repeat)
    st.caption(f"{label}: {score.architecture}" if score.architecture else label)
    longest = max(map(len, study.data.class_names))
    with st.container(horizontal=True):  # side by side as far as the names of the classes leave room
        for split in SPLIT_NAMES:
            with st.container(width=max(260, 190 + 17 * longest)):
                st.markdown(f"**{split}**")
                st.html(confusion_table(score.confusion[split], study.data.class_names))
    st.caption(
        "Rows: true class. Columns: predicted class. The stronger the colour, the larger the share of the true class."
    )
    st.markdown(messages.provenance(study))


def show_patients(study: StudyRecord) -> None:
    part = section("patients")
    frame = part.frame(reading.store(), study.name)
    if not part.applies(frame):
        return
    st.subheader(part.title, anchor=False)
    frame.attrs["split"] = deep_links.segmented("Split", SPLIT_NAMES, key="split", default="eval")
    st.markdown(part.lead)
    figure = part.figure(reading.store(), frame)
    if figure is not None:
        figures.show_figure(figure, "patients", part.alt(frame), study)
    st.markdown(part.markdown(frame))
    st.download_button(
        "CSV of all patients",
        downloads.csv(frame),
        f"{study.name}-patients.csv",
        "text/csv",
        on_click="ignore",
    )


st.title("Errors")
study = pick_study()
summary = reading.summary(study.name)
if not any(system.scores for system in summary.systems):
    messages.no_scores(study)
    st.stop()
if study.state != StudyState.FINISHED:
    st.info(f"Study {study.name} is {study.state.value}: systems without figures are not scored yet.")
    messages.resume(study)
show_table(study, summary)
st.subheader("Train, dev and eval", anchor=False)
figures.show_section("gaps", study)
show_classes(study, summary)
show_patients(study)
link_to_samples(study)
