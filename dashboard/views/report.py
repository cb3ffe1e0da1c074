"""The report of a study as it would be written to a folder, and all of it to take away."""

import shlex
from functools import partial

import streamlit as st

from dashboard import messages, reading
from dashboard.report_preview import Picture, blocks, file_of, report_of, zipped
from dashboard.study_picker import pick_study
from tuners.record import StudyState

TITLE = "Report"
ICON = ":material/description:"
SECTION = "Reports"
POSITION = 60

st.title("Report")
study = pick_study()
summary = reading.summary(study.name)
if not any(system.scores for system in summary.systems):
    messages.no_scores(study)
    st.stop()
if study.state != StudyState.FINISHED:
    st.info(f"Study {study.name} is {study.state.value}: this is a report of what there is so far.")
st.markdown(messages.provenance(study))
report = report_of(summary)
with st.container(horizontal=True):
    st.download_button(
        "Download the report (zip)",
        zipped(report, study.name),
        f"{study.name}-report.zip",
        "application/zip",
        icon=":material/download:",
        help="Markdown with its pictures",
        on_click="ignore",
    )
    for name, title, mime in (("html", "HTML", "text/html"), ("pdf", "PDF", "application/pdf")):
        st.download_button(
            f"Download as {title}",
            partial(file_of, summary, name),  # made when it is asked for
            f"{study.name}-report.{name}",
            mime,
            icon=":material/download:",
            help="One file, pictures inside",
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
with st.container(border=True):
    for block in blocks(report):
        if isinstance(block, Picture):
            st.image(block.content, width="stretch", alt=block.alt)
        elif block:
            st.markdown(block)
