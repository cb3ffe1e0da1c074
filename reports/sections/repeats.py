"""Every final training with its seed and errors."""

from __future__ import annotations

import pandas as pd

from datasets.types import SPLIT_NAMES
from reports import tables
from reports.collapse import ONE_CLASS
from reports.section import NOTHING, Section, describe
from tuners.store import Store
from tuners.summary import summarize


class Repeats(Section):
    name = "repeats"
    title = "Final trainings"
    lead = (
        "The configuration that a search selected is trained anew with a seed of its own, and only these networks "
        "are scored on eval. A dev error far from that of the same configuration in the search was luck of "
        "one of the two trainings. Errors in percent."
    )
    position = 30

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a final training."""
        summary = summarize(store, study_name)
        rows = [
            {
                "system": row.label,
                "repeat": score.repeat + 1,
                "seed": score.seed,
                "trial": score.trial,
                "search_dev": row.winners[score.repeat].dev_error if score.repeat in row.winners else None,
                "epochs": score.epochs,
                "best_epoch": score.best_epoch,
                "degenerate": score.degenerate,
                "note": score.reason,
            }
            | {split: score.errors[split] for split in SPLIT_NAMES}
            for row in summary.systems
            for score in row.scores
        ]
        columns = ["system", "repeat", "seed", "trial", "epochs", "best_epoch", "search_dev", *SPLIT_NAMES]
        columns += ["degenerate", "note"]
        return describe(pd.DataFrame(rows, columns=columns), summary.study)

    def markdown(self, frame: pd.DataFrame) -> str:
        if frame.empty:
            return NOTHING
        numbers = [
            "search",
            "seed",
            "from trial",
            "epochs",
            "kept epoch",
            "dev in the search",
            *SPLIT_NAMES,
        ]
        rows = []
        for _, row in frame.iterrows():
            note = ONE_CLASS if row["degenerate"] else str(row["note"])
            rows.append(
                [
                    tables.escape(row["system"]),
                    *(str(row[name]) for name in ("repeat", "seed", "trial", "epochs")),
                    # A classifier that is fitted at once has no epoch to keep.
                    str(row["best_epoch"]) if row["best_epoch"] else tables.DASH,
                    *(tables.error(row[name]) for name in ("search_dev", *SPLIT_NAMES)),
                    tables.escape(note),
                ]
            )
        return tables.table(["system", *numbers, "remark"], rows, right=numbers)
