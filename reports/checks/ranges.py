"""Figures that can lie in a certain range only."""

from __future__ import annotations

import math

from reports.check import TOLERANCE, Check, Result
from tuners.store import Store


class Ranges(Check):
    name = "ranges"
    title = (
        "error rates, regrets and Bayes errors lie between 0 and 100 %, and intervals begin below their end"
    )

    def run(self, store: Store, study: str) -> Result:
        result = Result()

        def expect(value: float | None, what: str) -> None:
            if value is not None:
                result.expect(
                    math.isfinite(value) and -TOLERANCE <= value <= 1 + TOLERANCE,
                    f"{what} is {100 * value:.2f} %",
                )

        for trial in store.trials(study):
            expect(trial.dev_error, f"{trial.system}, trial {trial.title}: the dev error")
        for score in store.scores(study):
            who = f"{score.system}, final training {score.repeat + 1}"
            for split, value in score.errors.items():
                expect(value, f"{who}: the {split} error")
            for split, (mean, _) in score.regret.items():
                expect(mean, f"{who}: the regret on {split}")
        for record in store.bayes(study):
            who = f"{record.estimator} on {record.split}"
            for bound in (record.value, record.low, record.high):
                expect(bound, who)
            if record.low is not None and record.high is not None:
                result.expect(
                    record.low <= record.high, f"{who}: its interval runs from {record.low} to {record.high}"
                )
        return result
