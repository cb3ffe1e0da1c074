"""A contest as its analysis sees it: people, searches of tuners and other entrants, each with what they tried and how it ended.

Errors are fractions. Nobody is named: people are P1, P2, ... in an order that says nothing. The order follows from ids that
only the store has, and from all of them together, so that a report can be made again and two reports of a contest, before
and after somebody withdrew, do not call the same person the same.
"""

from __future__ import annotations

from dataclasses import dataclass

from tuners.contest.record import Contest, ContestState, Reason

PEOPLE = "people"
DEFAULTS = "all defaults"
PUBLISHED = "the study’s finals"

#: The study's groups, by months of experience with deep learning: name, and the most months.
GROUPS: tuple[tuple[str, float], ...] = (
    ("novices (0 months)", 0),
    ("intermediates (1 to 9)", 9),
    ("experts (more than 9)", float("inf")),
)
GROUP_NAMES = tuple(name for name, _ in GROUPS)

#: States of a contest whose figures are shown: before, they would tell participants what others found.
SHOWN = (ContestState.ENDED, ContestState.SCORED)


@dataclass(frozen=True)
class Step:
    """One training. dev_error: None where it gave none. epochs, seconds: spent up to its end, in all.

    reasons: how often each was given for a value of this training.
    """

    dev_error: float | None
    epochs: int
    seconds: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Competitor:
    """A person, one search of a tuner, or another entrant.

    family: PEOPLE, the name of a tuner, DEFAULTS or PUBLISHED. months, group: of a person who said so. dev_error: of the
    final configuration in the search. errors: on eval by the place of the seed, None where none is known (yet): while scoring
    goes on, of the seeds alone that all who are compared have behind them. One that
    diverged is counted with the error of answering the most frequent class, and diverged says how many did. defaults_first: whether the first training had every optional value as suggested; None without one.
    """

    label: str
    family: str
    steps: tuple[Step, ...] = ()
    months: int | None = None
    group: str | None = None
    dev_error: float | None = None
    errors: tuple[float | None, ...] = ()
    diverged: int = 0
    defaults_first: bool | None = None
    note: str = ""

    @property
    def scored(self) -> tuple[float, ...]:
        return tuple(error for error in self.errors if error is not None)

    @property
    def eval_error(self) -> float | None:
        """The mean over all seeds with a known error."""
        return sum(self.scored) / len(self.scored) if self.scored else None


@dataclass(frozen=True)
class Flow:
    """How many people got how far. Those who withdrew are in none of these counts: nothing is left of them."""

    agreed: int
    told: int
    began: int
    trained: int
    marked: int
    scored: int
    themselves: int


@dataclass(frozen=True)
class ContestData:
    """What all parts of the analysis read.

    public: for a report, where what fewer than five people share is not told; a page is for who runs the contest.
    simulated: everybody who counts is. left_out: simulated participants who do not count, as people take part.
    rounds: while scoring goes on, the final trainings of each by which they are compared so far; None once all is scored.
    random: dev errors of configurations that were drawn at random, None where one gave none, and where they come from.
    """

    contest: Contest
    data: str
    classes: int
    eval_samples: int
    competitors: tuple[Competitor, ...]
    flow: Flow
    public: bool
    simulated: bool
    left_out: int
    random: tuple[float | None, ...] = ()
    random_source: str = ""
    rounds: int | None = None

    @property
    def people(self) -> list[Competitor]:
        return [one for one in self.competitors if one.family == PEOPLE]

    @property
    def tuners(self) -> list[str]:
        """Names of the tuners, in the contest's order."""
        there = {one.family for one in self.competitors}
        return [name for name in self.contest.terms.tuners if name in there]

    def of(self, family: str) -> list[Competitor]:
        return [one for one in self.competitors if one.family == family]

    @property
    def guessing(self) -> float:
        """The error of who guesses."""
        return 1 - 1 / self.classes


def group_of(months: int | None) -> str | None:
    """The study's group of somebody with so many months."""
    if months is None:
        return None
    return next(name for name, most in GROUPS if months <= most)
