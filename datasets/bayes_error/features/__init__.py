"""Errors that are needed with a feature, for data with many numbers a sample: EEG, patches, images.

Where samples have many numbers, distances between them say little, and figures that are read off nearest
neighbours or spanning trees as bounds of the Bayes error are far too high. What can be had is an upper bound
for a named feature: it is fitted on train, chosen on dev and scored on eval. See docs/features.md.
"""

from datasets.bayes_error.features._feature import Chain, Feature, Learned, Measured, chains, features
from datasets.bayes_error.features._measure import LIMIT, measure
from datasets.bayes_error.features._report import (
    CurvePoint,
    FeatureError,
    FeatureReport,
    report_json,
    report_text,
)

__all__ = [
    "LIMIT",
    "Chain",
    "CurvePoint",
    "Feature",
    "FeatureError",
    "FeatureReport",
    "Learned",
    "Measured",
    "chains",
    "features",
    "measure",
    "report_json",
    "report_text",
]
