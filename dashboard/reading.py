"""What the pages read from the store: read-only, and one read for all viewers of the same second."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from tuners.record import EpochRecord, StudyRecord, SystemRecord, TrialRecord
from tuners.store import Store, location
from tuners.summary import StudySummary, summarize

#: Just below the second at which the live page refreshes, so that no viewer sees a second old twice.
FRESH = 0.9

Source = tuple[str, int | None]


def store() -> Store:
    """The store of HANDTUNE_STORE, else the default one. Raises UsageError and DataError in plain words."""
    return _open(source())


def source() -> Source:
    """Names the store's file as it is now; a file that was made, or made anew, is another source."""
    address = location(None)
    try:
        return address, None if "://" in address else Path(address).expanduser().stat().st_ino
    except OSError:
        return address, None


def studies() -> list[StudyRecord]:
    return _studies(source())


def trial_counts() -> dict[str, int]:
    return _trial_counts(source())


def summary(study: str) -> StudySummary:
    return _summary(source(), study)


def systems(study: str) -> list[SystemRecord]:
    return _systems(source(), study)


def trials(study: str) -> list[TrialRecord]:
    return _trials(source(), study)


def epochs(study: str) -> list[EpochRecord]:
    return _epochs(source(), study)


# A store that a study is only beginning to make is looked at again, not remembered as empty.
@st.cache_resource(
    max_entries=4, show_spinner=False, on_release=Store.close, validate=lambda store: not store.missing
)
def _open(source: Source) -> Store:
    return Store(source[0], readonly=True)


@st.cache_data(ttl=FRESH, show_spinner=False)
def _studies(source: Source) -> list[StudyRecord]:
    return _open(source).studies()


@st.cache_data(ttl=FRESH, show_spinner=False)
def _trial_counts(source: Source) -> dict[str, int]:
    return _open(source).trial_counts()


@st.cache_data(ttl=FRESH, show_spinner=False)
def _summary(source: Source, study: str) -> StudySummary:
    return summarize(_open(source), study)


@st.cache_data(ttl=FRESH, show_spinner=False)
def _systems(source: Source, study: str) -> list[SystemRecord]:
    return _open(source).systems(study)


@st.cache_data(ttl=FRESH, show_spinner=False)
def _trials(source: Source, study: str) -> list[TrialRecord]:
    return _open(source).trials(study)


@st.cache_data(ttl=FRESH, show_spinner=False)
def _epochs(source: Source, study: str) -> list[EpochRecord]:
    return _open(source).epochs(study)
