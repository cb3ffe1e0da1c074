"""The error table beside the study's own figures, what the errors are made of, and who is mistaken for whom."""

from collections.abc import Sequence

import streamlit as st

from dashboard import deep_links, downloads, figures, messages, reading
from dashboard.class_table import class_table
from dashboard.confusion import confusion_table
from dashboard.error_table import ORDERS, error_table, ordered
from dashboard.set_picker import link_to_samples
from dashboard.study_picker import KEY, pick_study
from datasets.types import SPLIT_NAMES
from reports.class_errors import class_errors
from reports.section import section
from reports.sections.decomposition import answer
from tuners.record import StudyRecord, StudyState
from tuners.summary import StudySummary

TITLE = "Errors"
ICON = ":material/table_chart:"
SECTION = "Analyse"
POSITION = 21

ABOUT_BER = """
The row **BER** is the *closed-loop* error: a classifier is trained on a split and tested on the very same
points. That is how the study estimated the Bayes error rate, so the figures can be compared with it.

It is **not** a bound on what a classifier can reach. A model that learns its points by heart (KNN with one
neighbour) gets 0 % on any data, and train, dev and eval each get a figure of their own because the points
differ. The **Bayes error** proper is the error of the best possible rule for the distribution. It is known
only where the density is: for generated sets the row **BER (exact)** is computed from that density.
"""

#: The figures below the table, in their order, and what the button for the file is called.
PNG_OF = {
    "decomposition": "PNG of the parts",
    "gaps": "PNG of the splits",
    "optimism": "PNG of the optimism",
}


def show_table(study: StudyRecord, summary: StudySummary) -> None:
    frame = reading.frame(study, "errors")
    by = deep_links.segmented(
        "Sort by",
        ORDERS,
        key="sort",
        default=ORDERS[0],
        format_func=lambda order: "study's order" if order == ORDERS[0] else order,
    )
    frame = ordered(frame, by)
    st.markdown(messages.provenance(study))
    st.html(error_table(frame, summary.systems, by))
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
        downloads.picture_button("PNG", study.name, "errors")
    if (frame["kind"] != "system").any():
        with st.expander("What the BER rows are, and what they are not", icon=":material/help:"):
            st.markdown(ABOUT_BER)


def show_part(name: str, study: StudyRecord) -> None:
    """The figure of a section where such data have it, and the same as the report draws it to take away."""
    part, store = section(name), reading.store()
    frame = reading.frame(study, name)
    figure = part.figure(store, frame) if part.applies(frame) else None
    if figure is None:
        return
    st.header(part.title, anchor=False)
    st.markdown(answer(frame) if name == "decomposition" else part.lead)
    figure.update_layout(margin_t=10)
    figures.show_figure(figure, name, part.alt(frame), study)
    with st.container(horizontal=True, vertical_alignment="center"):
        downloads.picture_button(PNG_OF[name], study.name, name)
        if name == "decomposition":
            st.page_link(
                "views/bayes.py",
                label="All parts, on every split",
                icon=":material/vertical_align_bottom:",
                query_params={KEY: study.name},
            )


def show_classes(study: StudyRecord, summary: StudySummary) -> None:
    st.header("Classes", anchor=False)
    frame = class_errors(summary)
    st.markdown(
        "Error rate of every true class on eval, in %: where a system errs, and whether others err there too."
    )
    st.html(class_table(frame))
    st.caption(
        "The stronger the colour, the larger the share of the class that is answered wrong."
        + (" Means over the final trainings." if (frame["repeats"] > 1).any() else "")
    )
    st.markdown(messages.provenance(study))
    st.download_button(
        "CSV of the classes",
        downloads.csv(frame),
        f"{study.name}-classes.csv",
        "text/csv",
        on_click="ignore",
    )
    show_confusion(study, summary)


def show_confusion(study: StudyRecord, summary: StudySummary) -> None:
    """Who is mistaken for whom, of one system."""
    st.header("Confusion matrices", anchor=False)
    scored = {system.label: system for system in summary.systems if system.scores}
    label = deep_links.selectbox("System", list(scored), key="system", default=next(iter(scored)))
    scores = scored[label].scores
    repeat = "1"
    if len(scores) > 1:
        numbers = [str(score.repeat + 1) for score in scores]
        repeat = deep_links.segmented("Final training", numbers, key="repeat", default=numbers[0])
    score = next(score for score in scores if str(score.repeat + 1) == repeat)
    st.caption(f"{label}: {score.architecture}" if score.architecture else label)
    st.page_link(
        "views/trials.py",
        label="The trial that it comes from: settings, learning curve, what others differ in",
        icon=":material/table_rows:",
        query_params={KEY: study.name, "trial": f"{label}/{score.repeat + 1}/{score.trial}"},
    )
    names = study.data.class_names
    with st.container(horizontal=True):  # side by side as far as the classes leave room
        for split in SPLIT_NAMES:
            with st.container(width=confusion_width(score.confusion[split], names)):
                st.markdown(f"**{split}**")
                st.html(confusion_table(score.confusion[split], names))
    st.caption(
        "Rows: true class. Columns: predicted class. The stronger the colour, the larger the share of the true class."
    )
    st.markdown(messages.provenance(study))


def confusion_width(matrix: Sequence[Sequence[int]], names: Sequence[str]) -> int:
    """Pixels for a confusion matrix: those of two classes, and a column for every further one."""
    longest = max(map(len, names))
    digits = max(len(f"{count:,}") for row in matrix for count in row)
    return max(260, 190 + 17 * longest) + (len(names) - 2) * (12 + max(22 + 8 * longest, 8 * digits))


def show_patients(study: StudyRecord) -> None:
    part = section("patients")
    frame = reading.frame(study, "patients")
    if not part.applies(frame):
        return
    st.header(part.title, anchor=False)
    frame.attrs["split"] = deep_links.segmented("Split", SPLIT_NAMES, key="split", default="eval")
    st.markdown(part.lead)
    figure = part.figure(reading.store(), frame)
    if figure is not None:
        figures.show_figure(figure, "patients", part.alt(frame), study)
    st.markdown(part.markdown(frame))
    with st.container(horizontal=True):
        st.download_button(
            "CSV of all patients",
            downloads.csv(frame),
            f"{study.name}-patients.csv",
            "text/csv",
            on_click="ignore",
        )
        if figure is not None:
            downloads.picture_button("PNG of the patients", study.name, "patients", frame.attrs["split"])


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
for name in PNG_OF:
    show_part(name, study)
show_classes(study, summary)
show_patients(study)
link_to_samples(study)
