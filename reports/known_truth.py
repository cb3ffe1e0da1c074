"""What the densities of a set say of each of its splits, and how those of a study's set are found."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from datasets.densities import densities_of
from datasets.types import SPLIT_NAMES, SplitName
from imld_synth import Drawing
from reports.decomposition import shown
from tuners.record import StudyRecord

#: Points of the Monte Carlo check, and which draw of them: any would do, and the same one gives the same figure.
CHECK_POINTS, SEED = 50_000, 0


def densities_of_study(study: StudyRecord) -> Mapping[SplitName, Drawing] | None:
    """The densities that a study's points were drawn from, None where they are not known here (any more)."""
    data = study.data
    return densities_of(data.name, data.provenance, data.content_hash, study.spec.train_limit)


def known_truth(densities: Mapping[SplitName, Drawing]) -> pd.DataFrame:
    """One row a split: the Bayes error with its bound, the Monte Carlo check with its standard error, the error of the
    rule that is optimal for train with its bound, and the mismatch. Errors and mismatch are fractions rounded as
    they are printed, so that they add up."""
    rows = []
    for split in SPLIT_NAMES:
        drawing = densities[split]
        exact = drawing.bayes_error()
        rule = exact if split == "train" else drawing.error_of(densities["train"])
        check = drawing.monte_carlo_bayes_error(CHECK_POINTS, SEED)
        ber, error = shown(exact.value), shown(rule.value)
        values = {
            "split": split,
            "ber": ber,
            "ber_bound": exact.bound,
            "monte_carlo": check.value,
            "monte_carlo_error": check.standard_error,
            "monte_carlo_points": check.n,
            "train_rule": error,
            "train_rule_bound": rule.bound,
            "mismatch": shown(error - ber),
        }
        rows.append(values)
    return pd.DataFrame(rows)
