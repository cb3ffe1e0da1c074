"""Every look at the eval samples."""

from __future__ import annotations

import pandas as pd

from reports import tables
from reports.reproducibility import looks
from reports.section import Section, describe
from tuners.store import Store

COLUMNS = ["study", "scored", "estimates", "same", "own"]


class Looks(Section):
    name = "looks"
    title = "Every look at eval"
    lead = (
        "How often anything was measured on these eval samples: by this study, and by those of the same store that "
        "began before it. Who chooses a study's systems or budget after such a look has learnt something from eval."
    )
    position = 106

    def frame(self, store: Store, study_name: str) -> pd.DataFrame:
        """One row a study, this one last."""
        study = store.study(study_name)
        rows = [
            (look.study, look.scored, look.estimates, look.same, look.study == study_name)
            for look in looks(store, study)
        ]
        return describe(pd.DataFrame(rows, columns=COLUMNS), study)

    def markdown(self, frame: pd.DataFrame) -> str:
        rows = [
            [
                "this study" if row["own"] else tables.escape(row["study"]),
                tables.count(row["scored"]),
                tables.count(row["estimates"]),
                "" if row["same"] else "the same eval samples beside another cut of train",
            ]
            for _, row in frame.iterrows()
        ]
        columns = ["study", "networks scored", "estimates of the Bayes error", "remark"]
        earlier = frame[~frame["own"]]
        total = int(frame["scored"].sum())
        text = (
            f"{total:,} network{'s' * (total != 1)} scored in all, {int(earlier['scored'].sum()):,} of them before "
            "this study began. Each one was chosen by its dev error before it met eval. Looks from other stores are "
            "not known here."
        )
        return f"{tables.table(columns, rows, right=columns[1:3])}\n\n{text}"
