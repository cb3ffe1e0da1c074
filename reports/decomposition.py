"""An error rate on a set with known densities, split into parts that mean something.

error = Bayes error + mismatch + excess, on each split:
Bayes error  what no classifier can avoid.
mismatch     the error of the rule that is optimal for train, less the Bayes error: what the split differs from
             train by, and nothing in train tells. 0 on train.
excess       the rest: what the model did worse than that rule, and the chance of the points that were drawn.

The excess is parted in turn: `model` is the mean over the same points of P(rule's answer|x) - P(model's answer|x)
(`ScoreRecord.excess`), which no drawn label takes part in, and `chance` is what is left.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from datasets.percent import percent
from datasets.types import SPLIT_NAMES
from reports.statistics import LEVEL, normal_quantile
from tuners.record import EXACT, TRAIN_RULE, BayesRecord
from tuners.store import Store
from tuners.summary import StudySummary

COLUMNS = [
    *("system", "split", "repeats", "degenerate", "error", "ber", "mismatch", "excess"),
    *("regret", "regret_error", "model", "model_error", "chance"),
]


@dataclass(frozen=True)
class Known:
    """Of one split, as printed: fractions rounded to hundredths of a percentage point.

    rule: the error of the rule that is optimal for train. bound: of the numerical error of both.
    """

    ber: float
    rule: float
    bound: float

    @property
    def mismatch(self) -> float:
        return shown(self.rule - self.ber)


def known(records: Sequence[BayesRecord]) -> dict[str, Known]:
    """By split what the densities say; splits of which too little is recorded are left out."""
    by_name = {(record.split, record.estimator): record for record in records}
    found: dict[str, Known] = {}
    for split in SPLIT_NAMES:
        exact = by_name.get((split, EXACT))
        rule = exact if split == "train" else by_name.get((split, TRAIN_RULE))
        if exact is not None and rule is not None:
            found[split] = Known(shown(exact.value), shown(rule.value), max(exact.bound, rule.bound))
    return found


def decompose(store: Store, summary: StudySummary) -> pd.DataFrame:
    """One row a scored system and split, means over the repeats, all of `COLUMNS`.

    Values are rounded as they are printed, so that rows add up exactly: error = ber + mismatch + excess, and
    excess = model + chance. regret_error and model_error: standard errors of one training's means, as all
    trainings answer the same points; None where a study of an earlier version has no regret.
    """
    parts = known(store.bayes(summary.study.name))
    rows = []
    for split, of in parts.items():
        for system in summary.systems:
            if not system.scores:
                continue
            error = shown(system.errors[split])
            excess = shown(error - of.ber - of.mismatch)
            regret, regret_error = _mean([score.regret for score in system.scores], split)
            model, model_error = _mean([score.excess for score in system.scores], split)
            chance = None if model is None else shown(excess - model)
            values = (system.label, split, len(system.scores), system.degenerate, error, of.ber)
            parted = (of.mismatch, excess, regret, regret_error, model, model_error, chance)
            rows.append(dict(zip(COLUMNS, values + parted, strict=True)))
    frame = pd.DataFrame(rows, columns=COLUMNS)
    numbers = COLUMNS[COLUMNS.index("error") :]
    return frame.astype(dict.fromkeys(numbers, float))


@dataclass(frozen=True)
class Behind:
    """How much more a system loses on eval than the one that loses least, fractions.

    gap: the difference of their regrets over the same points. luck: what the drawn points leave of it open (95 %,
    corrected for the number of systems). Their standard errors are added: a paired difference has no larger one.
    """

    system: str
    gap: float
    luck: float

    @property
    def shown(self) -> bool:
        """Whether the gap is more than the luck of the points."""
        return self.gap > self.luck


def behind(frame: pd.DataFrame) -> tuple[str, list[Behind]]:
    """The system with the lowest regret on eval, and how far the others are behind it, the nearest first.

    frame: of `decompose`. The list is empty where regrets are not known or there is nobody to compare with.
    Differences of regret are those of the model's part, as both are means over the same points.
    """
    own = frame[(frame["split"] == "eval")].sort_values("model", kind="stable")
    if own.empty or own["model"].isna().any():
        return "", []
    (_, best), *others = own.iterrows()
    quantile = normal_quantile(1 - (1 - LEVEL) / (2 * max(1, len(others))))
    return str(best["system"]), [
        Behind(
            str(row["system"]),
            shown(row["model"] - best["model"]),
            quantile * float(row["model_error"] + best["model_error"]),
        )
        for _, row in others
    ]


def _mean(
    found: Sequence[Mapping[str, tuple[float, float]]], split: str
) -> tuple[float | None, float | None]:
    if not all(split in one for one in found):
        return None, None
    values, errors = zip(*(one[split] for one in found), strict=True)
    return shown(statistics.fmean(values)), statistics.fmean(errors)


def shown(fraction: float) -> float:
    """A fraction as it is printed."""
    return round(percent(fraction) / 100, 4)
