"""What was measured with features, as text and as JSON. Errors inside are fractions, shown in percent."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from datasets.command_line import text_table
from datasets.percent import percent, percent_text
from datasets.types import SPLIT_NAMES, ProvenanceKind, SplitName

#: Fewer units than this are too few for a bootstrap interval to be as wide as it says.
FEW_UNITS = 20
#: Letters of a line.
LINE = 100


@dataclass(frozen=True)
class FeatureError:
    """A feature and the dev error of nearest neighbours in it, at the k that has the smallest.

    numbers: that a sample is turned into.
    """

    feature: str
    title: str
    numbers: int
    k: int
    dev_error: float


@dataclass(frozen=True)
class CurvePoint:
    """The chosen feature fitted anew on fewer samples of train. k is chosen anew as well."""

    train: int
    k: int
    dev_error: float


@dataclass(frozen=True)
class FeatureReport:
    """Errors of k nearest neighbours in features of a data set.

    tried: one a feature, the smallest dev error first, which is the chosen one. used, available: samples of
    each part. eval_error: of the chosen one, counted once. low, high: its 95 % bootstrap interval over
    `interval_units` eval patients, or samples where they belong to nobody (`interval_over` says which); None
    for fewer than two.
    commonest: eval error of always saying the class that is commonest in train.
    """

    dataset: str
    kind: str
    provenance: ProvenanceKind
    seed: int
    used: Mapping[SplitName, int]
    available: Mapping[SplitName, int]
    tried: tuple[FeatureError, ...]
    curve: tuple[CurvePoint, ...]
    eval_error: float
    low: float | None
    high: float | None
    interval_over: str
    interval_units: int
    commonest: float

    @property
    def chosen(self) -> FeatureError:
        return self.tried[0]

    @property
    def statement(self) -> str:
        """What may be said, in one sentence."""
        return (
            f"On data set {self.dataset} ({self.provenance}), {percent_text(self.eval_error)} % is an upper bound on"
            f" the error that is needed with the feature {self.chosen.feature!r}, but for the scatter of {self.interval_units:,}"
            f" {self.interval_over}. It is no estimate of the Bayes error, and how far below it one can get is not known."
        )


def report_text(report: FeatureReport) -> str:
    """Tables and sentences for a terminal."""
    parts = ", ".join(f"{name} {report.used[name]:,} of {report.available[name]:,}" for name in SPLIT_NAMES)
    tried = [
        [one.feature, f"{one.numbers:,}", str(one.k), percent_text(one.dev_error)] for one in report.tried
    ]
    curve = [[f"{point.train:,}", str(point.k), percent_text(point.dev_error)] for point in report.curve]
    lines = [
        f"data set {report.dataset} ({report.provenance}), nearest neighbours in features, errors in %",
        f"samples used: {parts}",
        "",
        text_table(["feature", "numbers", "k", "dev error"], tried),
        "",
        _wrapped(
            f"Chosen by dev error: {report.chosen.feature} ({report.chosen.title}), k = {report.chosen.k}."
        ),
        _wrapped(f"Its eval error, counted once: {percent_text(report.eval_error)}{_interval(report)}."),
        f"Always the commonest class of train: {percent_text(report.commonest)}.",
        "",
        f"{report.chosen.feature}, fitted to less of train (k chosen anew, so dev errors lean low):",
        text_table(["train", "k", "dev error"], curve, left=0),
        "",
        _wrapped(report.statement),
    ]
    return "\n".join(lines)


def report_json(report: FeatureReport) -> dict[str, Any]:
    """The report as JSON knows it, errors in percent."""
    document = asdict(report) | {"unit": "percent", "statement": report.statement}
    for name in ("eval_error", "low", "high", "commonest"):
        document[name] = None if document[name] is None else percent(document[name])
    for row in (*document["tried"], *document["curve"]):
        row["dev_error"] = percent(row["dev_error"])
    return document


def _wrapped(text: str) -> str:
    return textwrap.fill(text, LINE, break_on_hyphens=False)


def _interval(report: FeatureReport) -> str:
    if report.low is None or report.high is None:
        return f" (no interval from one of the {report.interval_over})"
    few = ", too few for it to be as wide as it should" if report.interval_units < FEW_UNITS else ""
    return (
        f" (95 % interval {percent_text(report.low)} to {percent_text(report.high)},"
        f" bootstrap over {report.interval_units:,} {report.interval_over}{few})"
    )
