"""What a person's tries cost of their budget: by the ledger that tuners have."""

from __future__ import annotations

from collections.abc import Iterable

from tuners.budget import Ledger
from tuners.contest.record import Terms, Try
from tuners.record import Budget


def budget_of(terms: Terms, max_epochs: int) -> Budget:
    """The limits of one entrant, person or search. max_epochs: of one training, which the task says.

    The minutes of the clock are a tuner's seconds of training. A person has the clock itself, thinking included.
    """
    return Budget(terms.max_trials, max_epochs, 60 * terms.minutes, terms.total_epochs)


def ledger(terms: Terms, tries: Iterable[Try]) -> Ledger:
    """What somebody has spent. A try counts once it has begun to train, however it ended, and with it the epochs
    that it began; one that was cancelled while it waited costs nothing. Time is the clock's business."""
    spent = Ledger(Budget(terms.max_trials, 0, None, terms.total_epochs))
    for one in tries:
        if one.started is not None and one.ended is not None:
            spent.book(one.epochs, one.seconds)
    return spent
