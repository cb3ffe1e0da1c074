"""The report of a study as it would be written to a folder, and all of it to take away."""

import shlex

import streamlit as st

from dashboard import messages, reading
from dashboard.report_preview import Picture, blocks, report_of, zipped
from dashboard.study_picker import pick_study
from tuners.record import StudyState

TITLE = "Report"
ICON = ":material/description:"
SECTION = "Reports"
POSITION = 5

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
st.download_button(
    "Download the report (zip)",
    zipped(report, study.name),
    f"{study.name}-report.zip",
    "application/zip",
    icon=":material/download:",
    on_click="ignore",
)
st.markdown("The same files from the command line:")
st.code(f"python -m reports {shlex.quote(study.name)} --out report{messages.store_option()}", language="bash")
with st.container(border=True):
    for block in blocks(report):
        if isinstance(block, Picture):
            st.image(block.content, width="stretch", alt=block.alt)
        elif block:
            st.markdown(block)
