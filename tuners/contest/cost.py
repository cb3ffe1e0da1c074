"""What a contest costs in machine time, before it is begun: trainings and seconds, roughly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tuners.contest.published import published
from tuners.contest.record import OPEN_TRIES, Terms, Try
from tuners.contest.task import task

#: Trials of an entrant without such a limit, for the estimate: what the study's participants made.
TRIALS = 15


@dataclass(frozen=True)
class Cost:
    """Trainings of each kind. seconds: of one training; cores: that train at the same time."""

    people: int
    tuners: int
    finals: int
    seconds: float
    cores: int

    @property
    def tuner_seconds(self) -> float:
        """Until the tuners have searched, on otherwise idle cores."""
        return self.tuners * self.seconds / self.cores

    @property
    def final_seconds(self) -> float:
        """From the end of the searches until all final configurations are scored."""
        return self.finals * self.seconds / self.cores

    def waiting(self, minutes: float) -> float:
        """How many times more training people ask for than the cores can do in so many minutes; 1 or less: none has to wait."""
        return self.people * self.seconds / (60 * minutes * self.cores)


def cost(terms: Terms, people: int, seconds: float, cores: int) -> Cost:
    """Of a contest with so many people."""
    searches = len(terms.tuners) * terms.searches
    trials = terms.max_trials or TRIALS
    entrants = people + searches + 1 + (len(published(task(terms.task))) if terms.published else 0)
    return Cost(people * trials, searches * trials, entrants * terms.final_seeds, seconds, max(1, cores))


def measured(tries: Iterable[Try]) -> float | None:
    """The mean seconds of trainings that ended; None where there is none."""
    ended = [one.seconds for one in tries if one.state not in OPEN_TRIES and one.seconds > 0]
    return sum(ended) / len(ended) if ended else None
