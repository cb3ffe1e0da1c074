"""Regret against what it estimates: the error on eval less the Bayes error there."""

from __future__ import annotations

import math

from reports.check import Check, Result
from reports.tables import error
from tuners.record import EXACT
from tuners.store import Store

#: Standard errors apart from which on two figures contradict each other: chance does that once in 500 million cases.
APART = 6


class Regret(Check):
    name = "regret"
    title = (
        "the regret on eval is the error there less the exact Bayes error, as near as so many samples tell"
    )

    def run(self, store: Store, study: str) -> Result:
        result = Result()
        samples = store.study(study).data.sizes["eval"]
        exact = [r for r in store.bayes(study) if (r.split, r.estimator) == ("eval", EXACT)]
        for score in store.scores(study) if exact else ():
            if "eval" not in score.regret:
                continue
            (regret, own), counted = score.regret["eval"], score.errors["eval"]
            scatter = math.hypot(own, math.sqrt(max(counted * (1 - counted), 1 / samples) / samples))
            gap = counted - exact[0].value
            result.expect(
                abs(gap - regret) <= APART * scatter + exact[0].bound,
                f"{score.system}, final training {score.repeat + 1}: the regret is {error(regret)} points, "
                f"and its error less the Bayes error {error(gap)}",
            )
        return result
