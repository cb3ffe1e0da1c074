"""Every estimator on one split, beside the exact value."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datasets.bayes_error._estimator import ESTIMATORS, Estimate, Estimator, estimators
from datasets.errors import UsageError
from datasets.percent import percent
from datasets.plugins import find
from datasets.types import Samples, SplitName
from imld_synth import BayesError

#: From here on each estimator is announced, as some take a while.
MANY = 50_000


@dataclass(frozen=True)
class Judged:
    """The estimates of one split.

    exact: the Bayes error where the density is known. estimates: in the order they were asked for, with the
    seconds that each took. left_out: why an estimator gave none, by name.
    """

    split: str
    points: int
    exact: BayesError | None
    estimates: Sequence[tuple[Estimate, float]]
    left_out: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> list[dict[str, Any]]:
        """One for each estimate, errors in percent, for tables and JSON.

        off: value less exact, of the rounded figures, so that the columns of a table add up.
        """
        return [self._row(estimate, seconds) for estimate, seconds in self.estimates]

    def _row(self, estimate: Estimate, seconds: float) -> dict[str, Any]:
        estimator = estimators()[estimate.estimator]
        row: dict[str, Any] = {
            "estimator": estimate.estimator,
            "role": estimator.role,
            "asymptotic": estimator.asymptotic,
            "value": percent(estimate.value),
        }
        for name in ("lower", "upper", "low", "high"):
            value = getattr(estimate, name)
            row[name] = None if value is None else percent(value)
        row["exact"] = None if self.exact is None else percent(self.exact.value)
        row["off"] = None if self.exact is None else round(row["value"] - row["exact"], 2)
        row["settings"] = dict(estimate.settings)
        row["chosen"] = {name: round(value, 6) for name, value in estimate.chosen.items()}
        return row | {"note": estimate.note, "seconds": round(seconds, 2)}


def chosen_estimators(names: Sequence[str] | None) -> list[Estimator]:
    """Those named, in that order, or all whose library is installed.

    Raises UsageError for an unknown name, MissingLibraryError for one that cannot run here.
    """
    if names is None:
        return [estimator for estimator in estimators().values() if estimator.missing() is None]
    return [find(ESTIMATORS, Estimator, name, "estimator") for name in dict.fromkeys(names)]


def judge(
    chosen: Sequence[Estimator],
    samples: Samples,
    settings: Mapping[str, int],
    seed: int,
    split: SplitName | None,
    name: str,
    exact: BayesError | None,
    progress: Callable[[str], None],
) -> Judged:
    """Runs the chosen estimators one after the other.

    settings: each estimator takes those that it has. name: of the samples, in messages.
    Raises UsageError where not one of them can be used on these samples.
    """
    done: list[tuple[Estimate, float]] = []
    refusals: dict[str, str] = {}
    progress(f"{name}: {len(samples):,} points; {', '.join(estimator.name for estimator in chosen)}")
    for estimator in chosen:
        own = {key: value for key, value in settings.items() if key in estimator.defaults}
        if len(samples) >= MANY:
            progress(f"  {estimator.name}{', a slow one' if estimator.slow else ''}")
        started = time.perf_counter()
        try:
            estimate = estimator.estimate(samples, own, seed, split)
        except UsageError as error:
            refusals[estimator.name] = str(error)
            continue
        done.append((estimate, time.perf_counter() - started))
    if not done:
        raise UsageError("; ".join(refusals.values()))
    left_out = {who: why.removeprefix(f"{who} ") for who, why in refusals.items()}
    return Judged(name, len(samples), exact, done, left_out)
