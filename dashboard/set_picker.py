"""What the pages of samples share: the choice of a prepared set, where it came from, what was skipped."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard import deep_links, messages, reading
from dashboard.prepared import Prepared, prepared_sets
from datasets.cache import is_prepared
from datasets.corpus_source import cache_root
from datasets.errors import DataError, HandtuneError
from reports.section import units
from tuners.record import StudyRecord

KEY = "set"

#: Commands that prepare a set of a kind: the whole comparison, a corpus at hand, a stand-in alone.
COMMANDS = {
    "eeg": (
        "python tuners/run.py --preset poster --dataset 12",
        "python -m datasets prepare eeg --data-root DIR",
        "python -m datasets make-standin eeg --out DIR",
    ),
    "patches": (
        "python tuners/run.py --preset poster --dataset 11",
        "python -m datasets prepare pathology --data-root DIR",
        "python -m datasets make-standin pathology --out DIR",
    ),
}

CORPORA = {"eeg": "TUSZ", "patches": "TUDP"}


def pick_set(kind: str) -> Prepared:
    """Draws the picker and returns the set; ends the run with advice where there is none."""
    sets = {one.key: one for one in prepared_sets(kind, _studies(), cache_root())}
    if not sets:
        nothing_prepared(kind)
        st.stop()
    asked = deep_links.followed(KEY)
    if asked is not None and asked not in sets:
        st.warning(f"There is no prepared set **{messages.escaped(asked)}** here; this is another one.")
    keys = list(sets)
    key = deep_links.selectbox(
        "Prepared set", keys, key=KEY, default=keys[0], format_func=lambda key: _title(sets[key])
    )
    return sets[key]


def badge(prepared: Prepared) -> str:
    """The label that stands beside every figure of the set."""
    return messages.data_badge(prepared.name, prepared.kind, prepared.provenance, prepared.sizes)


def show_origin(prepared: Prepared) -> None:
    """The badge, the sentence about the corpus, and how many files were used and skipped, with reasons."""
    st.markdown(badge(prepared))
    text = f"Source: {messages.escaped(prepared.source)}."
    if prepared.provenance == "stand-in":
        text += f" **It is made up: nothing here was recorded from a person**, and nothing here is of {CORPORA[prepared.kind]}."
    st.markdown(text)
    skipped = sum(prepared.skipped.values())
    if prepared.files is None:
        st.caption(
            f"A copy with train cut to {prepared.sizes['train']:,}: it keeps neither file names nor raw data."
            if prepared.train_limit is not None
            else "This folder does not say which files its samples came from."
        )
    elif not skipped:
        st.caption(f"Files of the corpus: {prepared.files:,}. None was skipped.")
    else:
        with st.expander(f"Files of the corpus: {prepared.files:,}, of which {skipped:,} were skipped"):
            rows = [f"| {messages.escaped(why)} | {count:,} |" for why, count in prepared.skipped.items()]
            st.markdown("\n".join(["| reason | files |", "| --- | ---: |", *rows]))
            st.caption(f"One by one in `{prepared.folder / 'skipped.csv'}`.")


def nothing_prepared(kind: str) -> None:
    """No set of the kind: the commands that make one."""
    run, prepare, standin = COMMANDS[kind]
    st.info(
        f"No set of this kind is prepared on this machine yet (looked in `{cache_root()}`).",
        icon=":material/inbox:",
    )
    st.markdown(f"The whole comparison; without the corpus it makes a stand-in for {CORPORA[kind]} first:")
    st.code(f"{run}{messages.store_option()}", language="bash")
    st.markdown(f"Or prepare a corpus, {CORPORA[kind]} or a stand-in in its format, without training:")
    st.code(f"{prepare}\n{standin}     # writes a stand-in, to be prepared as above", language="bash")
    st.caption("HANDTUNE_CACHE names another folder for prepared sets; the dashboard reads it too.")


def link_to_samples(study: StudyRecord) -> None:
    """The way to the samples of a study, where their kind has a page; it is named like the kind."""
    kind, folder = study.data.kind, Path(study.data.folder)
    if kind in COMMANDS and is_prepared(folder):
        st.page_link(f"views/{kind}.py", label=f"Look at its {units(kind)}", query_params={KEY: folder.name})


def _studies() -> list[StudyRecord]:
    """Studies of the store; none where it cannot be read, as prepared sets can be looked at without one."""
    try:
        return reading.studies()
    except (HandtuneError, DataError, SQLAlchemyError):
        return []


def _title(prepared: Prepared) -> str:
    cut = "" if prepared.train_limit is None else ", train cut"
    used = f" · {', '.join(prepared.studies)}" if prepared.studies else ""
    return f"set {prepared.name} · {prepared.provenance}{cut} · {prepared.key}{used}"
