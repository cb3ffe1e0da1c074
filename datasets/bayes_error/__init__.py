"""Estimates of the Bayes error: one file per estimator, and the exact value where it is known.

All values are fractions in [0, 1].
"""

from datasets.bayes_error._closed_loop import (
    StudyBayesError,
    closed_loop_settings,
    study_bayes_error,
)
from datasets.bayes_error._estimator import ESTIMATORS, RECOMMENDED, Estimate, Estimator, estimators
from datasets.bayes_error._exact import Truth, exact, truth

__all__ = [
    "ESTIMATORS",
    "RECOMMENDED",
    "Estimate",
    "Estimator",
    "StudyBayesError",
    "Truth",
    "closed_loop_settings",
    "estimators",
    "exact",
    "study_bayes_error",
    "truth",
]
