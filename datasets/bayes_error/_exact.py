"""The Bayes error itself, where the density that the points were drawn from is known."""

from __future__ import annotations

from datasets.types import Dataset, SplitName
from imld_synth import BayesError


def exact(dataset: Dataset, split: SplitName) -> BayesError | None:
    """Value (a fraction) and bound on its numerical error, by integration; None without a density.

    Takes up to a second for drawings with thin strokes.
    """
    return None if dataset.densities is None else dataset.densities[split].bayes_error()
