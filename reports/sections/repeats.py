"""Every final training with its seed and errors."""

from __future__ import annotations

import pandas as pd

from datasets.types import SPLIT_NAMES
from reports import tables
from reports.collapse import ONE_CLASS
from reports.section import NOTHING, Section, describe
from reports.statistics import wilson
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
        """One row a final training; `attrs["noise"]` is a sentence on how far their errors are chance."""
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
        frame = describe(pd.DataFrame(rows, columns=columns), summary.study)
        frame.attrs["noise"] = _noise(frame, summary.study.data.sizes["eval"])
        return frame

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
        table = tables.table(["system", *numbers, "remark"], rows, right=numbers)
        return f"{table}\n\n{frame.attrs['noise']}"


def _noise(frame: pd.DataFrame, samples: int) -> str:
    """How far eval errors scatter between trainings of a system, beside the luck of the samples of one of them."""
    if frame.empty:
        return ""
    worst = float(frame["eval"].max())
    low, high = wilson(worst * samples, samples)
    text = (
        f"The luck of {samples:,} eval samples, taken for independent, leaves the eval error of one training uncertain: the "
        f"highest, {tables.error(worst)}, from {tables.error(low)} to {tables.error(high)} (95 %, Wilson)."
    )
    spreads = frame.groupby("system", sort=False)["eval"].std().dropna()
    if spreads.empty:
        return f"{text} How far trainings of one system scatter is not known, as each was trained once."
    return (
        f"{text} Trainings of one system, which share these samples, scatter with a standard deviation of up to "
        f"{tables.error(spreads.max())} points ({tables.escape(spreads.idxmax())})."
    )
