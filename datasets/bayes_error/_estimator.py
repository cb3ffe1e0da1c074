"""The contract of an estimator of the Bayes error: one file in this folder, one class."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from datasets.bayes_error._copies import note_of_copies
from datasets.errors import UsageError
from datasets.plugins import Plugin, scan
from datasets.types import Samples, SplitName

ESTIMATORS = "datasets.bayes_error"

#: What to use where nothing speaks for another one.
RECOMMENDED = "knn-midpoint"

#: "estimate": aims at the Bayes error. "bound": means to lie below or above it. "replication": repeats
#: what the study did, and is no estimate of the Bayes error.
Role = Literal["estimate", "bound", "replication"]


@dataclass(frozen=True)
class Finding:
    """What `Estimator._find` computed: fractions, not yet clipped.

    value: the estimate; of a bound with two sides their middle, of one with one side that side.
    lower, upper: a bracket of the Bayes error by theory, each None where the theory has none. It holds for the
    true error rates that it is made of (with endless data, where the estimator is asymptotic), so a bracket
    from few points may miss.
    low, high: 95 % interval of `value` by the scatter of samples, both None where there is none.
    chosen: what the estimator picked by itself, such as {"k": 41}.
    note: one plain sentence where an assumption is broken or a figure cannot be trusted, else "".
    """

    value: float
    lower: float | None = None
    upper: float | None = None
    low: float | None = None
    high: float | None = None
    chosen: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True)
class Estimate:
    """What an estimator said, and all that is needed to make it say so again.

    value, lower, upper, low, high: as in `Finding`, every one a fraction in [0, (C-1)/C].
    settings: those in effect, defaults included. points: samples used. classes: how many have samples.
    split: None where the samples are no split of a data set.
    """

    estimator: str
    value: float
    points: int
    settings: Mapping[str, int]
    seed: int
    split: SplitName | None = None
    classes: int = 2
    lower: float | None = None
    upper: float | None = None
    low: float | None = None
    high: float | None = None
    chosen: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


class Estimator(Plugin, ABC):
    """Something that guesses the Bayes error, or bounds it, from samples alone.

    formula: in plain text. source: paper and year. role: see `Role`.
    only: the number of classes that it is valid for, None for any number.
    asymptotic: what its theory says holds in the limit of endless data, not at the size at hand.
    slow: takes minutes rather than seconds for 500,000 points; listings and commands say so.
    misled_by_copies: it relies on samples that are independent, so a note warns where many are copies of others.
    defaults: every setting it has, all of them whole numbers of 1 or more.
    """

    formula: ClassVar[str]
    source: ClassVar[str]
    role: ClassVar[Role] = "estimate"
    only: ClassVar[int | None] = None
    asymptotic: ClassVar[bool] = False
    slow: ClassVar[bool] = False
    misled_by_copies: ClassVar[bool] = True
    defaults: ClassVar[Mapping[str, int]] = {}

    def estimate(
        self,
        samples: Samples,
        settings: Mapping[str, int] | None = None,
        seed: int = 0,
        split: SplitName | None = None,
    ) -> Estimate:
        """The estimate with `settings` over the defaults; same samples, settings and seed, same value.

        samples: x of shape (n, d). Samples of a single class have the error 0, whatever the estimator.
        Raises UsageError for an unknown or impossible setting, too few samples, or a number of classes that
        the estimator is not valid for.
        """
        effective = self._effective(settings or {})
        if samples.x.ndim != 2:
            raise UsageError(
                f"{self.name} takes samples of shape (n, d), not {samples.x.shape}; give it features"
            )
        if not len(samples):
            raise UsageError(f"{self.name} needs samples; there are none")
        present, y = np.unique(samples.y, return_inverse=True)  # a split may lack a class
        classes = len(present)
        if classes == 1:
            finding = Finding(0.0, note="all samples are of one class")
        else:
            refusal = self.refuses(classes)
            if refusal:
                raise UsageError(refusal)
            finding = self._find(Samples(samples.x, y), classes, effective, seed)
        most = (classes - 1) / classes
        clipped = {
            name: None if value is None else float(np.clip(value, 0, most))
            for name in ("lower", "upper", "low", "high")
            for value in (getattr(finding, name),)
        }
        notes = [finding.note]
        if self.misled_by_copies and classes > 1:
            notes.append(note_of_copies(samples))
        # A bound beyond the possible is one that says nothing; an estimate beyond it has failed.
        if self.role == "estimate" and not -1e-9 <= finding.value <= most + 1e-9:
            notes.append(f"computed as {100 * finding.value:.2f} %, which is impossible, and clipped")
        return Estimate(
            self.name,
            float(np.clip(finding.value, 0, most)),
            len(samples),
            effective,
            seed,
            split,
            classes,
            chosen=dict(finding.chosen),
            note="; ".join(note for note in notes if note),
            **clipped,
        )

    def refuses(self, classes: int) -> str | None:
        """Why it cannot be used for this number of classes, in plain words; None where it can."""
        if self.only is None or classes == self.only:
            return None
        return f"{self.name} is valid for {self.only} classes, not for {classes}; use {RECOMMENDED}"

    def _effective(self, given: Mapping[str, int]) -> dict[str, int]:
        for name, value in given.items():
            if name not in self.defaults:
                known = ", ".join(self.defaults) or "none"
                raise UsageError(f"{self.name} has no setting {name!r}; it has {known}")
            if value < 1:
                raise UsageError(f"{name} must be 1 or more, not {value}")
        return {**self.defaults, **given}

    @abstractmethod
    def _find(self, samples: Samples, classes: int, settings: Mapping[str, int], seed: int) -> Finding:
        """The finding; samples are of `classes` >= 2 classes, 0 .. classes-1, each of which occurs.

        settings are complete and 1 or more. Must not change samples. Raises UsageError for too few samples.
        """


def estimators() -> dict[str, Estimator]:
    """All estimators by name, those whose library is missing included; the recommended one first."""
    found = scan(ESTIMATORS, Estimator)
    roles = ("estimate", "bound", "replication")
    return dict(sorted(found.items(), key=lambda item: (item[0] != RECOMMENDED, roles.index(item[1].role))))
