"""Tuners side by side: what their searches found, what it is worth on eval, and what that allows to say."""

import pandas as pd
import streamlit as st

from dashboard import downloads, figures, messages, reading
from dashboard.study_picker import pick_study
from reports.section import section
from tuners.record import StudyRecord

TITLE = "Comparison"
ICON = ":material/balance:"
SECTION = "Analyse"
POSITION = 22

#: A comparison that would show something, to copy.
COMMAND = "python tuners/run.py --dataset 10 --tuner optuna-tpe pso bohb --max-trials 12 --repeats 7"


def show_empty() -> None:
    st.info(
        "This study has fewer than two tuners with results, so there is nothing to compare. "
        "Tuners are compared over repeated searches from paired seeds; random search takes part by itself:",
        icon=":material/balance:",
    )
    st.code(COMMAND, language="bash")


def show_ranks(study: StudyRecord) -> None:
    frame = reading.frame(study, "final")
    if frame.attrs["verdict"]:
        st.info(messages.escaped(frame.attrs["verdict"]), icon=":material/gavel:")
    figures.show_section("final", study)
    frame.attrs["verdict"] = ""  # it stands above already
    st.markdown(section("final").markdown(frame))
    st.download_button(
        "CSV",
        downloads.csv(frame.drop(columns="tuned")),
        f"{study.name}-comparison.csv",
        "text/csv",
        on_click="ignore",
    )
    if frame.attrs["pairs"]:
        st.download_button(
            "CSV of the pairs",
            downloads.csv(pd.DataFrame(frame.attrs["pairs"])),
            f"{study.name}-pairs.csv",
            "text/csv",
            on_click="ignore",
        )


def show(name: str, study: StudyRecord) -> None:
    """Figure and table of a section, where such data have it."""
    part = section(name)
    frame = reading.frame(study, name)
    if not part.applies(frame):
        return
    st.header(part.title, anchor=False)
    figures.show_section(name, study)
    st.markdown(part.markdown(frame))


st.title("Comparison")
study = pick_study()
messages.resume(study)
frame = reading.frame(study, "race")
if not section("race").applies(frame):
    show_empty()
    for name in ("selection", "regret"):
        show(name, study)
    st.stop()
st.header("Which tuner found more", anchor=False)
show_ranks(study)
st.header("Best so far", anchor=False)
figures.show_section("race", study)
for name in ("selection", "optimism", "regret"):
    show(name, study)
