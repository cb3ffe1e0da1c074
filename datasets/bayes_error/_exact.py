"""The Bayes error itself where the density is known, else an estimate that is called one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from datasets.bayes_error._estimator import ESTIMATORS, Estimator
from datasets.errors import UsageError
from datasets.plugins import find
from datasets.types import Dataset, SplitName
from imld_synth import BayesError

#: What stands in for the exact value where there are points but no density.
PLUGIN = "kde-plugin"


@dataclass(frozen=True)
class Truth:
    """The best that is known of the Bayes error of a split; value, low and high are fractions.

    kind: "exact" (integrated over parametric densities; low and high are the value less and plus its
    numerical bound) or "estimate" (the error on held-out points of the rule from kernel densities; low and high are
    the 95 % interval of that error by the scatter of points).
    method: in words, for tables.
    """

    split: SplitName
    kind: Literal["exact", "estimate"]
    value: float
    low: float
    high: float
    method: str


def exact(dataset: Dataset, split: SplitName) -> BayesError | None:
    """Value (a fraction) and bound on its numerical error, by integration; None without a density.

    Takes up to a second for drawings with thin strokes.
    """
    return None if dataset.densities is None else dataset.densities[split].bayes_error()


def truth(dataset: Dataset, split: SplitName, seed: int = 0) -> Truth:
    """The exact Bayes error where every class has a parametric density, else an estimate by kernel densities.

    The estimate is the error rate of one rule, so it lies above the Bayes error but for the scatter of points.
    seed: of its folds. Raises UsageError for samples that are no points in the plane.
    """
    known = exact(dataset, split)
    if known is not None:
        low, high = max(0.0, known.value - known.bound), known.value + known.bound
        return Truth(split, "exact", known.value, low, high, "integral over the densities")
    if dataset.kind != "points2d":
        raise UsageError(
            f"data set {dataset.name} is {dataset.kind}: kernel densities are for points in the plane; "
            "use knn-midpoint on features"
        )
    found = find(ESTIMATORS, Estimator, PLUGIN, "estimator").estimate(
        dataset.split.part(split), None, seed, split
    )
    low, high = (found.value if end is None else end for end in (found.low, found.high))
    return Truth(split, "estimate", found.value, low, high, "rule from kernel densities, on held-out points")
