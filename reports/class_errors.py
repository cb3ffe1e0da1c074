"""Which classes each system gets wrong."""

from __future__ import annotations

import math
import statistics

import pandas as pd

from tuners.summary import StudySummary

COLUMNS = ["system", "degenerate", "repeats", "class", "samples", "error"]


def class_errors(summary: StudySummary, split: str = "eval") -> pd.DataFrame:
    """One row a scored system and class: the share of the class's samples that is answered wrong.

    error: mean over the final trainings, a fraction; NaN for a class without samples in the split.
    """
    rows = []
    for system in summary.systems:
        for place, name in enumerate(summary.study.data.class_names):
            counts = [score.confusion[split][place] for score in system.scores]
            if counts:
                samples = sum(counts[0])  # every training answers the same samples
                wrong = [1 - row[place] / samples if samples else math.nan for row in counts]
                values = (
                    system.label,
                    system.degenerate,
                    len(counts),
                    name,
                    samples,
                    statistics.fmean(wrong),
                )
                rows.append(dict(zip(COLUMNS, values, strict=True)))
    return pd.DataFrame(rows, columns=COLUMNS)
