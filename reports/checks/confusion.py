"""Error rates against the confusion tables that they were counted with."""

from __future__ import annotations

from reports.check import Check, Result, same
from reports.tables import error
from tuners.store import Store


class Confusion(Check):
    name = "confusion"
    title = "every error rate follows from its confusion table"

    def run(self, store: Store, study: str) -> Result:
        result = Result()
        sizes = store.study(study).data.sizes
        for score in store.scores(study):
            who = f"{score.system}, final training {score.repeat + 1}"
            for split, value in score.errors.items():
                table = score.confusion.get(split)
                if table is None:
                    result.expect(False, f"{who}: no confusion table of {split}")
                    continue
                total = sum(map(sum, table))
                wrong = total - sum(table[place][place] for place in range(len(table)))
                result.expect(
                    total > 0 and same(value, wrong / total),
                    f"{who}: the {split} error is {error(value)} %, and its table has {wrong:,} of {total:,} wrong",
                )
                result.expect(
                    total == sizes.get(split),
                    f"{who}: the table of {split} counts {total:,} samples of {sizes.get(split, 0):,}",
                )
            for split, rows in score.patients.items():
                samples, mistakes = sum(row[1] for row in rows), sum(row[2] for row in rows)
                result.expect(
                    samples > 0 and same(score.errors[split], mistakes / samples),
                    f"{who}: the patients of {split} have {mistakes:,} of {samples:,} wrong, "
                    f"and its error is {error(score.errors[split])} %",
                )
        return result
