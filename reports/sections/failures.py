"""Trials without a usable result, and why."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.collapse import EXPLAINED
from reports.section import Section, describe
from tuners.record import TrialState
from tuners.store import Store

#: Rows of the report; a page shows all of them.
SHOWN = 50

TROUBLED = (TrialState.FAILED, TrialState.CANCELLED, TrialState.DEGENERATE)


class Failures(Section):
    name = "failures"
    title = "Failed and degenerate trials"
    lead = (
        "Trials that gave no usable network, with the reason and the configuration that led there. They count "
        "against the budget of their search like every other trial."
    )
    position = 60

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a trial that failed, was cancelled or predicts one class; told-again results are left out."""
        study = store.study(study_name)
        order = {spec.label: place for place, spec in enumerate(study.spec.systems)}
        trials = [t for t in store.trials(study_name) if t.state in TROUBLED and t.repeat_of is None]
        rows = [
            {
                "system": trial.system,
                "search": trial.repeat + 1,
                "trial": trial.number,
                "state": trial.state.value,
                "reason": trial.reason,
                "epochs": trial.epochs,
                "config": dict(trial.config),
            }
            for trial in sorted(trials, key=lambda t: (order.get(t.system, len(order)), t.repeat, t.number))
        ]
        columns = ["system", "search", "trial", "state", "reason", "epochs", "config"]
        return describe(pd.DataFrame(rows, columns=columns), study)

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return "No trial failed."
        several = frame["search"].max() > 1
        rows = [
            [
                tables.escape(row["system"]),
                *([str(row["search"])] if several else []),
                str(row["trial"]),
                row["state"],
                tables.escape(row["reason"]) or "no reason on record",
                tables.code(tables.config(row["config"])),
            ]
            for _, row in frame.head(SHOWN).iterrows()
        ]
        numbers = ["search", "trial"] if several else ["trial"]
        text = tables.table(["system", *numbers, "state", "reason", "configuration"], rows, right=numbers)
        if (frame["state"] == TrialState.DEGENERATE).any():
            text += f"\n\n{EXPLAINED}"
        if len(frame) > SHOWN:
            text += f"\n\n… and {len(frame) - SHOWN:,} more; the dashboard lists all of them."
        return text
