"""The report of a study as it would be written to a folder, and all of it to take away."""

import shlex
from functools import partial

import streamlit as st

from dashboard import messages, reading
from dashboard.report_preview import Picture, blocks, file_of, pieces
from dashboard.study_picker import pick_study
from tuners.record import StudyState

TITLE = "Report"
ICON = ":material/description:"
SECTION = "Reports"
POSITION = 70

#: Formats: name, label, MIME type, what is in it.
FILES = (
    ("zip", "Download the report (zip)", "application/zip", "Markdown with its pictures"),
    ("html", "Download as HTML", "text/html", "One file, pictures inside"),
    ("pdf", "Download as PDF", "application/pdf", "One file, pictures inside"),
)

st.title("Report")
study = pick_study()
summary = reading.summary(study.name)
if not any(system.scores for system in summary.systems):
    messages.no_scores(study)
    st.stop()
if study.state != StudyState.FINISHED:
    st.info(f"Study {study.name} is {study.state.value}: this is a report of what there is so far.")
st.markdown(messages.provenance(study))
with st.container(horizontal=True):
    for name, title, mime, about in FILES:
        st.download_button(
            title,
            partial(file_of, summary, name),  # made when it is asked for
            f"{study.name}-report.{name}",
            mime,
            icon=":material/download:",
            help=about,
            on_click="ignore",
        )
quoted, option = shlex.quote(study.name), messages.store_option()
st.markdown(
    "The same files from the command line; and the way in which whoever gets one finds out whether every figure in it "
    "is what the store gives (markdown and HTML):"
)
st.code(
    f"python -m reports {quoted} --out report --format md html pdf{option}\n"
    f"python -m reports verify report/{quoted}/report.md{option}",
    language="bash",
)
note = st.empty()
with st.container(border=True):
    for title, piece in pieces(summary):
        for block in blocks(piece):
            if isinstance(block, Picture):
                st.image(block.content, width="stretch", alt=block.alt)
            elif block:
                st.markdown(block)
        note.caption(f":material/hourglass_top: The report is being written. Done: {title}")
note.empty()
