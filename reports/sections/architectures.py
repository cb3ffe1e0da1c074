"""What the winners look like."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.section import NOTHING, Section, describe
from tuners.record import ScoreRecord
from tuners.store import Store
from tuners.summary import SystemSummary, summarize


class Architectures(Section):
    name = "architectures"
    title = "Selected architectures"
    lead = (
        "The configuration of each system with the lowest dev error, in all its searches, and the network that it makes: inputs, "
        "hidden layers and outputs, joined by dashes. A dash alone: not scored, or nothing to count."
    )
    position = 40

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a system; `config` is a mapping, `parameters` the number of trained weights."""
        summary = summarize(store, study_name)
        rows = [
            {
                "system": row.label,
                "architecture": row.architecture,
                "parameters": next((score.parameters for score in _of_winner(row)), None),
                "trial": row.selected.number,
                "best_epoch": next((score.best_epoch or None for score in _of_winner(row)), None),
                "config": dict(row.config),
            }
            for row in summary.systems
            if row.selected is not None
        ]
        columns = ["system", "architecture", "parameters", "trial", "best_epoch", "config"]
        frame = pd.DataFrame(rows, columns=columns)
        whole = {name: "Int64" for name in ("parameters", "trial", "best_epoch")}
        return describe(frame.astype(whole), summary.study)

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        numbers = ["parameters", "trial", "best epoch"]
        rows = [
            [
                tables.escape(row["system"]),
                tables.escape(row["architecture"]) or tables.DASH,
                *(tables.count(row[name]) for name in ("parameters", "trial", "best_epoch")),
                tables.code(tables.config(row["config"])),
            ]
            for _, row in frame.iterrows()
        ]
        return tables.table(["system", "architecture", *numbers, "configuration"], rows, right=numbers)


def _of_winner(row: SystemSummary) -> list[ScoreRecord]:
    """The final training of the selected configuration; empty while it is not scored."""
    return [score for score in row.scores if row.selected and score.repeat == row.selected.repeat]
