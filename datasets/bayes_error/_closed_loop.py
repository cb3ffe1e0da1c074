"""The study's BER row: the smaller of two closed-loop errors. Its figures, not the Bayes error.

A closed-loop error is counted on the very points that the classifier was fitted to, so each point
votes for itself: 1 neighbour or a deep forest reaches 0 on any data. Taking the smaller of two then
picks the one that overfits more. On a set with a Bayes error of 15.87 % it gave 0 for k = 1, 13.2 for
k = 5 and 0.5 for a forest of full depth. It is here to repeat the study; compare it with `exact`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from datasets.bayes_error._estimator import ESTIMATORS, Estimate, Estimator, estimators
from datasets.plugins import find
from datasets.types import Samples, SplitName
from imld_synth import preset

KNN = "closed-loop-knn"
RNF = "closed-loop-rnf"


@dataclass(frozen=True)
class StudyBayesError:
    """The two closed-loop errors of one split and the smaller one, which the study calls BER."""

    knn: Estimate
    rnf: Estimate

    @property
    def value(self) -> float:
        """Fraction in [0, 1]."""
        return min(self.knn.value, self.rnf.value)


def study_bayes_error(
    samples: Samples,
    settings: Mapping[str, int] | None = None,
    seed: int = 0,
    split: SplitName | None = None,
) -> StudyBayesError:
    """The BER of the study; NOT an estimate of the Bayes error to rely on, see this module's head.

    settings: any of k, trees and depth; IMLD's defaults for the others. seed: of the forest.
    Raises UsageError for an impossible setting, MissingLibraryError without scikit-learn.
    """
    chosen = dict(settings or {})
    knn = find(ESTIMATORS, Estimator, KNN, "estimator")
    rnf = find(ESTIMATORS, Estimator, RNF, "estimator")
    of_knn = {name: chosen.pop(name) for name in knn.defaults if name in chosen}
    # What is left over goes to the forest, which refuses a setting that neither knows.
    return StudyBayesError(
        knn.estimate(samples, of_knn, seed, split), rnf.estimate(samples, chosen, seed, split)
    )


def closed_loop_settings(dataset: str | None, split: SplitName) -> dict[str, int]:
    """k, trees and depth: those of the study for a set of its own ("08", "09", "10"), or for None IMLD's.

    Raises imld_synth.UnknownSetError for another name.
    """
    if dataset is None:
        return {**estimators()[KNN].defaults, **estimators()[RNF].defaults}
    known = preset(dataset).closed_loop[split]
    return {"k": known.knn_k, "trees": known.rnf_trees, "depth": known.rnf_depth}
