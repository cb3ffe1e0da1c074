"""All that the live race shows of a study at one moment: worked out once for all viewers of the same second."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import reading
from dashboard.progress import Against, Curve, Lane, SystemProgress, curves, lanes, progress, troubles
from dashboard.ticker import Event, events
from tuners.record import StudyState, TrialRecord

#: Learning curves of ended trials that stay in the picture.
RECENT = 4

#: Failures shown at once.
SHOWN = 10

#: Lines of the ticker: as many as stand beside the chart.
LINES = 7


@dataclass(frozen=True)
class Race:
    """happened: the latest events. failures: the latest trials without a usable result; failed: how many there are."""

    lanes: list[Lane]
    happened: list[Event]
    rows: list[SystemProgress]
    curves: list[Curve]
    failures: list[TrialRecord]
    failed: int


@st.cache_data(ttl=reading.FRESH, max_entries=32, show_spinner=False)
def race(source: reading.Source, name: str, against: Against, chosen: tuple[str, ...]) -> Race:
    """The race of the chosen systems as the store has it now. source: `reading.source()`, which names the store."""
    study = reading.store().study(name)
    systems = [system for system in reading.systems(name) if system.label in chosen]
    trials = [trial for trial in reading.trials(name) if trial.system in chosen]
    epochs = [epoch for epoch in reading.epochs(name) if epoch.system in chosen]
    failures = troubles(trials)
    return Race(
        lanes(trials, epochs, systems, against),
        events(trials, systems)[:LINES],
        progress(study, systems, trials, epochs),
        curves(trials, epochs, RECENT, alive=study.state == StudyState.RUNNING),
        failures[:SHOWN],
        len(failures),
    )
