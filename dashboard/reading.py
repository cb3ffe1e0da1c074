"""What the pages read from the store: read-only, and one read for all viewers of the same second.

Trials and epochs are shared as they are (`SharedStore`), for sections too, which read through `store()`. What is
computed of them is remembered for as long as the study stands as it does (`frame`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.shared_store import FRESH as FRESH
from dashboard.shared_store import SharedStore
from reports.section import section
from tuners.record import EpochRecord, StudyRecord, SystemRecord, TrialRecord
from tuners.store import Store, location
from tuners.summary import StudySummary, summarize

if TYPE_CHECKING:
    import pandas as pd

#: Sections that look at other studies too: how this one stands does not say whether they change.
ACROSS_STUDIES = ("regret",)

Source = tuple[str, int | None]


def store() -> SharedStore:
    """The store of HANDTUNE_STORE, else the default one. Raises UsageError and DataError in plain words."""
    return _open(source())


def source() -> Source:
    """Names the store's file as it is now; a file that was made, or made anew, is another source."""
    address = location(None)
    try:
        return address, None if "://" in address else Path(address).expanduser().stat().st_ino
    except OSError:
        return address, None


def studies(named: str | None = None) -> list[StudyRecord]:
    """named: the study of an address; it may be younger than what was read last, and then all are read again."""
    found = _studies(source())
    if named is None or any(study.name == named for study in found):
        return found
    _studies.clear(source())
    return _studies(source())


def summary(study: str) -> StudySummary:
    return _summary(source(), study)


def systems(study: str) -> list[SystemRecord]:
    return _systems(source(), study)


def trials(study: str) -> list[TrialRecord]:
    return store().trials(study)


def epochs(study: str) -> list[EpochRecord]:
    return store().epochs(study)


def frame(study: StudyRecord, name: str) -> pd.DataFrame:
    """The frame of a section, computed once for all viewers as long as the study stands as it does.

    It is the caller's own: pages write their choices into its `attrs`.
    """
    if name in ACROSS_STUDIES:
        return section(name).frame(store(), study.name)
    return _frame(source(), study.name, stage(study), name)


def stage(study: StudyRecord) -> tuple[str, ...]:
    """Names the state of a study; in another state its figures are others."""
    return (study.created, study.state.value, *_counts(source(), study.name))


# A store that a study is only beginning to make is looked at again, not remembered as empty.
@st.cache_resource(
    max_entries=4, show_spinner=False, on_release=Store.close, validate=lambda store: not store.missing
)
def _open(source: Source) -> SharedStore:
    return SharedStore(source[0])


@st.cache_data(ttl=FRESH, show_spinner=False)
def _studies(source: Source) -> list[StudyRecord]:
    return _open(source).studies()


@st.cache_data(ttl=FRESH, show_spinner=False)
def _summary(source: Source, study: str) -> StudySummary:
    return summarize(_open(source), study)


@st.cache_data(ttl=FRESH, show_spinner=False)
def _systems(source: Source, study: str) -> list[SystemRecord]:
    return _open(source).systems(study)


@st.cache_data(ttl=FRESH, show_spinner=False)
def _counts(source: Source, study: str) -> tuple[str, ...]:
    """Trials that have ended, scores, Bayes errors and insights, as text.

    Frames are remembered by them, so no trial that was read before them may serve for a frame after them.
    """
    store = _open(source)
    ended = sum(trials - running for trials, running in store.search_counts(study).values())
    counts = tuple(str(count) for count in (ended, *store.result_counts(study)))
    store.look_again(study)
    return counts


@st.cache_data(max_entries=48, show_spinner="Reading the trials …")
def _frame(source: Source, study: str, stage: tuple[str, ...], name: str) -> pd.DataFrame:
    return section(name).frame(_open(source), study)
