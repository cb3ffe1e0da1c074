"""The contract of an estimator of the Bayes error: one file in this folder, one class."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from datasets.errors import UsageError
from datasets.plugins import Plugin, scan
from datasets.types import Samples, SplitName

ESTIMATORS = "datasets.bayes_error"


@dataclass(frozen=True)
class Estimate:
    """What an estimator said, and all that is needed to make it say so again.

    value: fraction in [0, 1]. settings: those in effect, defaults included. points: samples used.
    split: None where the samples are no split of a data set.
    """

    estimator: str
    value: float
    points: int
    settings: Mapping[str, int]
    seed: int
    split: SplitName | None = None


class Estimator(Plugin, ABC):
    """Something that guesses the Bayes error from samples alone.

    defaults: every setting it has, all of them whole numbers of 1 or more.
    """

    defaults: ClassVar[Mapping[str, int]]

    def estimate(
        self,
        samples: Samples,
        settings: Mapping[str, int] | None = None,
        seed: int = 0,
        split: SplitName | None = None,
    ) -> Estimate:
        """The estimate with `settings` over the defaults; same samples, settings and seed, same value.

        Raises UsageError for an unknown or impossible setting.
        """
        given = dict(settings or {})
        for name, value in given.items():
            if name not in self.defaults:
                raise UsageError(f"{self.name} has no setting {name!r}; it has {', '.join(self.defaults)}")
            if value < 1:
                raise UsageError(f"{name} must be 1 or more, not {value}")
        effective = {**self.defaults, **given}
        return Estimate(
            self.name, self._value(samples, effective, seed), len(samples), effective, seed, split
        )

    @abstractmethod
    def _value(self, samples: Samples, settings: Mapping[str, int], seed: int) -> float:
        """The estimate as a fraction in [0, 1]; settings are complete and 1 or more."""


def estimators() -> dict[str, Estimator]:
    """All estimators by name, those whose library is missing included."""
    return scan(ESTIMATORS, Estimator)
