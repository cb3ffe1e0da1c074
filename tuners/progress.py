"""What a running study tells whoever watches: a terminal, a log, or nobody."""

from __future__ import annotations

from dataclasses import dataclass

from tuners.record import EpochRecord, TrialRecord


@dataclass(frozen=True)
class SoFar:
    """What a resumed search has done already: trials and epochs trained, lowest dev error."""

    trials: int = 0
    epochs: int = 0
    best: float | None = None


class Progress:
    """Called by the loop; this base says nothing."""

    def say(self, text: str) -> None:
        """One line of plain words."""

    def system_started(self, label: str, trials: int | None, so_far: SoFar) -> None:
        """A search begins or goes on; `trials` is how many it trains at most, None where time limits it."""

    def epoch_done(self, label: str, record: EpochRecord) -> None:
        """One epoch of one trial ended."""

    def trial_done(self, label: str, trial: TrialRecord, done: int, best: float | None) -> None:
        """A trial ended; `done` trials were trained so far, `best` is the lowest dev error."""

    def system_searched(self, label: str, why: str) -> None:
        """The search of a system is over."""

    def system_scored(self, label: str) -> None:
        """A system has all its scores."""

    def close(self) -> None:
        """No more calls follow."""
