"""The contract of a check of a store against itself: one file in `reports/checks/`, one class."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

from datasets.plugins import Plugin, scan
from tuners.store import Store

CHECKS = "reports.checks"

#: Two ways to the same fraction may differ by rounding; one sample among ten million may not.
TOLERANCE = 1e-8


@dataclass
class Result:
    """What a check found. compared: figures that were looked at; left_out: why something was not."""

    compared: int = 0
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def expect(self, holds: bool, problem: str) -> None:
        """Counts a comparison, and keeps the problem where it does not hold."""
        self.compared += 1
        if not holds:
            self.problems.append(problem)


class Check(Plugin, ABC):
    """Whether records that follow from each other do. title: the rule, as a sentence that can fail.

    slow: reads or integrates data, so that a caller may leave it out.
    """

    slow: bool = False

    @abstractmethod
    def run(self, store: Store, study: str) -> Result:
        """Compares the records of a study; a study without such records compares nothing."""


def checks() -> list[Check]:
    """All checks, quick ones first."""
    base: Any = Check  # an abstract class is no "type[Check]" to mypy
    return sorted(scan(CHECKS, base).values(), key=lambda check: (check.slow, check.title))


def same(first: float, second: float) -> bool:
    """Whether two figures are the same but for rounding."""
    return abs(first - second) <= TOLERANCE
