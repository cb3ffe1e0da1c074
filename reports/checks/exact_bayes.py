"""The exact Bayes errors, integrated anew from the densities."""

from __future__ import annotations

from datasets.types import SPLIT_NAMES
from reports.check import TOLERANCE, Check, Result
from reports.known_truth import densities_of_study
from reports.tables import error
from tuners.record import EXACT
from tuners.store import Store


class ExactBayes(Check):
    name = "exact-bayes"
    title = "the exact Bayes errors are those of the densities, integrated anew"
    slow = True

    def run(self, store: Store, study: str) -> Result:
        result = Result()
        of = store.study(study)
        records = {record.split: record for record in store.bayes(study) if record.estimator == EXACT}
        if not records:
            return result
        densities = densities_of_study(of)
        if densities is None:
            return Result(left_out=[f"no density is known here of data set {of.data.name}"])
        for split in SPLIT_NAMES:
            if split not in records:
                continue
            record, again = records[split], densities[split].bayes_error()
            result.expect(
                abs(record.value - again.value) <= max(record.bound, again.bound) + TOLERANCE,
                f"{split}: recorded {error(record.value)} %, integrated anew {error(again.value)} %",
            )
        return result
