"""What error is possible: the Bayes error of generated and drawn sets, and a study's errors in parts."""

import pandas as pd
import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard import deep_links, downloads, figures, known_sets, messages, reading
from dashboard.study_picker import KEY, pick_study
from datasets import drawings
from datasets.errors import DataError, HandtuneError
from datasets.types import SPLIT_NAMES
from reports import tables
from reports.section import section, units
from reports.sections.decomposition import signed, spread
from reports.surfaces import surface_figure
from tuners.record import StudyRecord

TITLE = "Bayes error"
ICON = ":material/vertical_align_bottom:"
SECTION = "Analyse"
POSITION = 23

#: A study whose errors can be split into parts, to copy.
COMMAND = "python tuners/run.py --preset demo --dataset 10"

#: What the page shows where no study says otherwise.
DEFAULT_SET = "10"


def default_set(names: list[str]) -> str:
    """The set of the study that was asked for or looked at, else the one of the demo."""
    try:
        asked = st.query_params.get(KEY) or st.session_state.get(KEY)
        used = [study.data.name for study in reading.studies() if asked in (None, study.name)]
    except (HandtuneError, DataError, SQLAlchemyError):
        used = []  # the sets can be looked at without a store
    return next((name for name in used if name in names), DEFAULT_SET)


def show_rules(name: str, split: str, version: str) -> None:
    """The best answers for the split and for train, under points of the split."""
    surfaces = known_sets.best_answers(name, split, version)
    columns = 1 if figures.phone() else 2
    figure = surface_figure(
        surfaces if split != "train" else surfaces[-1:],
        known_sets.drawn_points(name, split, version=version),
        known_sets.known_set(name, version).class_names,
        split,
        caption=f"Data set {name}",
        columns=columns if split != "train" else 1,
    )
    figures.stand_out(figure)
    figures.show_plain(
        figure,
        "rules",
        f"Best answers for {split} and for train, data set {name}, {'drawn' if version else 'generated'} data",
        zoom=True,
    )
    st.caption(
        f"Ground: the likeliest class, stronger where it is surer. Points: at most {known_sets.POINTS:,} of {split}, coloured by "
        "their class. A point on the ground of another class is an error that the rule makes. Drag to zoom."
    )


def show_truth(frame: pd.DataFrame) -> None:
    columns = ["Bayes error", "numerical bound", "by drawn points", "rule optimal for train", "mismatch"]
    rows = [
        [
            row["split"],
            f"**{tables.error(row['ber'])}**",
            f"± {100 * row['ber_bound']:.3f}",
            spread(row["monte_carlo"], row["monte_carlo_error"]),
            tables.error(row["train_rule"]),
            signed(row["mismatch"]),
        ]
        for _, row in frame.iterrows()
    ]
    st.markdown(tables.table(["split", *columns], rows, right=columns))
    st.caption(
        "Percent; the mismatch in points. The Bayes error is integrated over the densities; the bound holds with "
        f"probability 0.999. The check averages 1 − the largest posterior over {frame['monte_carlo_points'].iloc[0]:,} "
        "drawn points, ± its standard error. The rule that is optimal for train is what a perfect learner of train would "
        "be; what it loses over the Bayes error of another split is the mismatch, which nothing in train says how to win back."
    )


def why_not(study: StudyRecord) -> None:
    """No decomposition: the reason, and the way to one."""
    if study.data.provenance == "drawn":
        st.info(
            f"In the drawing **{messages.escaped(study.data.name)}** points were imported or erased, so that its density is "
            "not known and an error cannot be split into parts. Draw them with strokes and distributions instead.",
            icon=":material/help:",
        )
        return
    if study.data.provenance == "generated":
        st.info(
            f"Study **{messages.escaped(study.name)}** holds nothing of its densities: it was made by an earlier version. "
            "Resuming adds it, and trains nothing again:",
            icon=":material/update:",
        )
        st.code(f"python tuners/run.py --resume {study.name}{messages.store_option()}", language="bash")
        return
    st.info(
        f"The density of these {units(study.data.kind)} is not known, so an error cannot be split into what no "
        "classifier avoids, what train does not tell, and the rest. A study of a generated set can:",
        icon=":material/help:",
    )
    st.code(COMMAND + messages.store_option(), language="bash")


def show_study() -> None:
    study = pick_study()
    if not reading.summary(study.name).systems or not reading.store().scores(study.name):
        messages.no_scores(study)
        return
    part = section("decomposition")
    frame = part.frame(reading.store(), study.name)
    if not part.applies(frame):
        why_not(study)
        return
    figures.show_section("decomposition", study)
    st.markdown(part.markdown(frame))
    st.download_button(
        "CSV of the parts",
        downloads.csv(frame),
        f"{study.name}-parts.csv",
        "text/csv",
        on_click="ignore",
    )


st.title("Bayes error")
st.markdown(
    "The lowest error rate that any classifier can have. Generated sets, and drawings in which nothing was erased or "
    "imported, follow known densities, so it is computed here, not estimated."
)
titles = known_sets.titles()
first, second = st.columns([0.65, 0.35])
with first:
    name = deep_links.selectbox(
        "Generated or drawn set",
        list(titles),
        key="truth",
        default=default_set(list(titles)),
        format_func=lambda name: titles[name],
    )
version = drawings.version(name)
with second:
    split = deep_links.segmented("Split", SPLIT_NAMES, key="split", default="eval")
show_rules(name, split, version)
frame = known_sets.truth(name, version)
show_truth(frame)
st.download_button(
    "CSV of the Bayes errors",
    downloads.csv(frame),
    f"set-{name}-bayes-error.csv",
    "text/csv",
    on_click="ignore",
)
st.header("A study's eval error in parts", anchor=False)
show_study()
