"""The exact Bayes errors, integrated anew from the densities."""

from __future__ import annotations

from datasets.types import SPLIT_NAMES
from imld_synth import UnknownSetError, preset
from reports.check import TOLERANCE, Check, Result
from reports.tables import error
from tuners.record import EXACT
from tuners.store import Store


class ExactBayes(Check):
    name = "exact-bayes"
    title = "the exact Bayes errors are those of the densities, integrated anew"
    slow = True

    def run(self, store: Store, study: str) -> Result:
        result = Result()
        data = store.study(study).data
        records = {record.split: record for record in store.bayes(study) if record.estimator == EXACT}
        if data.provenance != "generated" or not records:
            return result
        try:
            density = preset(data.name)
        except UnknownSetError:
            return Result(left_out=[f"no density is known here of data set {data.name}"])
        for split in SPLIT_NAMES:
            if split not in records:
                continue
            record, again = records[split], getattr(density, split).bayes_error()
            result.expect(
                abs(record.value - again.value) <= max(record.bound, again.bound) + TOLERANCE,
                f"{split}: recorded {error(record.value)} %, integrated anew {error(again.value)} %",
            )
        return result
