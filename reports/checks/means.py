"""The means that tables print, counted anew from the confusion tables."""

from __future__ import annotations

from reports.check import TOLERANCE, Check, Result
from reports.tables import error
from tuners.store import Store
from tuners.summary import summarize


class Means(Check):
    name = "means"
    title = "the error of a system is the mean over its final trainings, counted from their confusion tables"

    def run(self, store: Store, study: str) -> Result:
        result = Result()
        for row in summarize(store, study).systems:
            for split, mean in row.errors.items():
                counted = [_error(score.confusion[split]) for score in row.scores if split in score.confusion]
                again = sum(counted) / len(counted) if counted else float("nan")
                result.expect(
                    abs(again - mean) <= TOLERANCE,
                    f"{row.label}: the mean {split} error is {error(mean)} %, counted from its tables {error(again)} %",
                )
        return result


def _error(table: list[list[int]]) -> float:
    total = sum(map(sum, table))
    return 1 - sum(table[place][place] for place in range(len(table))) / total if total else float("nan")
