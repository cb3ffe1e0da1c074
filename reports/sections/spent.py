"""What every system was allowed and what it spent."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.section import NOTHING, Section, describe
from tuners.record import HAND, TrialState
from tuners.store import Store

COLUMNS = [
    "system",
    "searches",
    "trials",
    "allowed",
    "epochs",
    "epochs_allowed",
    "failed",
    "final",
    "final_epochs",
]


class Spent(Section):
    name = "spent"
    title = "Budget allowed and spent"
    lead = (
        "Trials and epochs over all searches of a system, beside the most that the study allowed it; a list by hand is "
        "its own limit. Failed and pruned trials are counted, repeated ones cost nothing. Seconds, the tuner's own "
        "among them, stand under Times."
    )
    position = 102

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a system; None where there was no limit."""
        study = store.study(study_name)
        budget = study.spec.budget
        trials, scores = store.trials(study_name), store.scores(study_name)
        hand = {spec.label: len(spec.configs) for spec in study.spec.systems if spec.tuner == HAND}
        rows = []
        for system in store.systems(study_name):
            mine = [t for t in trials if t.system == system.label and t.repeat_of is None]
            final = [score for score in scores if score.system == system.label]
            count = len(system.searches)
            each = hand.get(system.label, budget.max_trials)
            total = None if system.label in hand else budget.total_epochs
            rows.append(
                (
                    system.label,
                    count,
                    len(mine),
                    None if each is None else each * count,
                    sum(trial.epochs for trial in mine),
                    None if total is None else total * count,
                    sum(trial.state == TrialState.FAILED for trial in mine),
                    len(final),
                    sum(score.epochs for score in final),
                )
            )
        return describe(pd.DataFrame(rows, columns=COLUMNS), study)

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        columns = [
            "system",
            "searches",
            "trials",
            "of at most",
            "failed",
            "epochs",
            "of at most",
            "final trainings",
            "their epochs",
        ]
        rows = [
            [
                tables.escape(row["system"]),
                tables.count(row["searches"]),
                tables.count(row["trials"]),
                _limit(row["allowed"]),
                tables.count(row["failed"]),
                tables.count(row["epochs"]),
                _limit(row["epochs_allowed"]),
                tables.count(row["final"]),
                tables.count(row["final_epochs"]),
            ]
            for _, row in frame.iterrows()
        ]
        return tables.table(columns, rows, right=columns[1:])


def _limit(value: float | None) -> str:
    return "no limit" if pd.isna(value) else tables.count(value)
