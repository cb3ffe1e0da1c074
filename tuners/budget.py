"""The ledger: what one system has spent of its budget. The loop asks it before every trial."""

from __future__ import annotations

from dataclasses import dataclass

from tuners.record import Budget


@dataclass
class Ledger:
    """trials: trained ones (a repeated configuration costs nothing); seconds: of training."""

    budget: Budget
    trials: int = 0
    epochs: int = 0
    seconds: float = 0.0

    def spent(self, outstanding: int = 0) -> str | None:
        """Which limit is reached, in words, counting the trials that are under way; None: go on."""
        limit = self.budget
        if limit.max_trials is not None and self.trials + outstanding >= limit.max_trials:
            return f"{limit.max_trials} trial{'s' if limit.max_trials > 1 else ''}"
        if limit.max_seconds is not None and self.seconds >= limit.max_seconds:
            return f"{limit.max_seconds:g} seconds of training"
        return None

    def out_of_time(self, running: float) -> bool:
        """Whether a trial that has run for `running` seconds has used up the time that was left."""
        limit = self.budget.max_seconds
        return limit is not None and self.seconds + running >= limit

    def book(self, epochs: int, seconds: float) -> None:
        self.trials += 1
        self.epochs += epochs
        self.seconds += seconds
