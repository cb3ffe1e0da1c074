"""The ledger: what one search has spent of its budget. The loop asks it before every trial."""

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

    def spent(self, outstanding: int = 0, promised: int = 0) -> str | None:
        """Which limit is reached, in words; None: go on.

        outstanding: trials under way. promised: the epochs that they may train.
        """
        limit = self.budget
        if limit.max_trials is not None and self.trials + outstanding >= limit.max_trials:
            return f"{limit.max_trials} trial{'s' if limit.max_trials > 1 else ''}"
        if limit.total_epochs is not None and self.epochs + promised >= limit.total_epochs:
            return f"{limit.total_epochs} epoch{'s' if limit.total_epochs > 1 else ''}"
        if limit.max_seconds is not None and self.seconds >= limit.max_seconds:
            return f"{limit.max_seconds:g} seconds of training"
        return None

    def grant(self, epochs: int, promised: int = 0) -> int:
        """How many of the `epochs` that a trial wants it may train, beside those promised to others."""
        total = self.budget.total_epochs
        return epochs if total is None else min(epochs, total - self.epochs - promised)

    def share(self, outstanding: int = 0) -> float:
        """How much of the budget is spent, in [0, 1], by the limit that is nearest; 0 without limits."""
        limit = self.budget
        shares = [
            done / most
            for done, most in (
                (self.trials + outstanding, limit.max_trials),
                (self.epochs, limit.total_epochs),
                (self.seconds, limit.max_seconds),
            )
            if most
        ]
        return max(shares, default=0.0)

    def out_of_time(self, running: float) -> bool:
        """Whether a trial that has run for `running` seconds has used up the time that was left."""
        limit = self.budget.max_seconds
        return limit is not None and self.seconds + running >= limit

    def book(self, epochs: int, seconds: float) -> None:
        self.trials += 1
        self.epochs += epochs
        self.seconds += seconds
