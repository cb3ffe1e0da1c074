"""How far the scoring of a contest that has ended is, how long it still takes, and who leads on eval so far."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from datasets.percent import percent
from tuners.contest.published import published
from tuners.contest.record import Contest, Entrant, EntrantKind, Final, Person
from tuners.contest.rounds import OVER, whole_rounds
from tuners.contest.task import task
from tuners.record import TrialRecord, TrialState


@dataclass(frozen=True)
class Scoring:
    """How far the scoring of a contest that has ended is.

    entrants: how many will be scored. done, total: trainings of their final configurations. rounds: trainings of each by
    which they are compared so far. searching: whether tuners still use up their budget, without which they have no final
    configuration. left: seconds until all is scored, at most; None where nothing is known yet.
    """

    entrants: int
    done: int
    total: int
    rounds: int
    searching: bool
    left: float | None


def scoring(
    contest: Contest,
    people: Iterable[Person],
    trials: Sequence[TrialRecord],
    entrants: Sequence[Entrant],
    finals: Sequence[Final],
    cores: int,
) -> Scoring:
    """Of a contest that has ended. cores: trainings at the same time."""
    terms = contest.terms
    runs = len(terms.tuners) * terms.searches
    listed = len(published(task(terms.task))) if terms.published else 0
    expected = max(len(entrants), sum(one.started is not None for one in people) + runs + 1 + listed)
    done = sum(one.state in OVER for one in finals)
    total = len(finals) + (expected - len(entrants)) * terms.final_seeds  # who has no configuration has none
    searching = bool(runs) and not any(one.kind == EntrantKind.TUNER for one in entrants)
    searched = [one.seconds for one in trials if one.state != TrialState.RUNNING]
    lasted = [one.seconds for one in finals if one.state in OVER and one.seconds > 0] or searched
    left = None
    if lasted:
        trials_left = max(0, runs * (terms.max_trials or 0) - len(searched)) if searching else 0
        work = trials_left * _mean(searched or lasted) + (total - done) * _mean(lasted)
        left = work / max(1, cores)
    return Scoring(expected, done, total, whole_rounds(entrants, finals).whole, searching, left)


def _mean(seconds: Sequence[float]) -> float:
    return sum(seconds) / len(seconds)


@dataclass(frozen=True)
class Ranked:
    """An entrant by its mean error on eval, over the seeds that count for all. place: from 1, the same for errors that are
    printed alike; None without an error."""

    entrant: Entrant
    place: int | None
    eval_error: float | None


def ranking(entrants: Iterable[Entrant], finals: Iterable[Final]) -> list[Ranked]:
    """The lowest error first; who has none (yet) at the end. Provisional until everything is scored."""
    known = list(entrants)
    errors = whole_rounds(known, finals).errors
    means = {key: fmean(found.values()) for key, found in errors.items()}
    shown = [percent(mean) for mean in means.values()]
    rows = [
        Ranked(one, 1 + sum(other < percent(means[one.key]) for other in shown), means[one.key])
        if one.key in means
        else Ranked(one, None, None)
        for one in known
    ]
    return sorted(rows, key=lambda row: (row.place is None, row.eval_error, row.entrant.label))
