"""How people, tuners and the defaults stand: by dev while a contest runs, by eval once everything is scored.

Pure: from records to rows. A tuner's unit is the run, as a person is: each of its searches has a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from datasets.percent import percent
from reports.statistics.intervals import mean_interval
from tuners.contest.record import (
    OPEN_TRIES,
    SCORED_TRIES,
    Contest,
    ContestState,
    Entrant,
    EntrantKind,
    Final,
    FinalState,
    Person,
    Source,
    Try,
)
from tuners.path import searches, winner
from tuners.record import HAND, SystemRecord, TrialRecord, TrialState

#: What the all-defaults entry is called.
DEFAULTS = "All defaults"


@dataclass(frozen=True)
class Standing:
    """Somebody's or something's best on dev so far.

    key: the person's id, else system and repeat. best: a dev error, None before the first result. done: trainings that
    have ended; running: whether one waits or trains. place: the same for errors that are printed alike.
    """

    key: str
    kind: EntrantKind
    label: str
    source: Source
    best: float | None
    done: int
    running: bool
    place: int | None = None


@dataclass(frozen=True)
class Result:
    """A final configuration on eval. mean: error over the contest's seeds, None where it has no score.

    low, high: Student's 95 % interval of the mean over seeds, NaN for one seed. seeds: how many count so far.
    """

    entrant: Entrant
    mean: float | None
    low: float
    high: float
    seeds: int
    place: int | None = None

    @property
    def gap(self) -> float | None:
        """Eval error minus the dev error by which it was chosen."""
        dev = self.entrant.dev_error
        return None if self.mean is None or dev is None else self.mean - dev


def standings(
    people: Iterable[Person],
    tries: Iterable[Try],
    systems: Iterable[SystemRecord] = (),
    trials: Iterable[TrialRecord] = (),
) -> list[Standing]:
    """Everybody and everything, the lowest dev error first; who has none yet at the end.

    systems, trials: of the study that the contest's tuners search in.
    """
    of_person: dict[str, list[Try]] = {}
    for one in tries:
        of_person.setdefault(one.person, []).append(one)
    rows = [_person(who, of_person.get(who.id, [])) for who in people]
    by_search = searches(trials)
    for system in systems:
        for search in system.searches:
            rows.append(_search(system, search.repeat, by_search.get((system.label, search.repeat), [])))
    rows.sort(key=lambda row: (row.best is None, row.best, row.label))
    shown = [percent(row.best) for row in rows if row.best is not None]
    return [row if row.best is None else replace(row, place=_place(percent(row.best), shown)) for row in rows]


def results(contest: Contest, entrants: Iterable[Entrant], finals: Iterable[Final]) -> list[Result]:
    """The final table, the lowest mean eval error first; who has no score at the end.

    While configurations are still being scored, everybody's mean is over the seeds that are done for all, so that all are
    compared on the same ones; before the end of the contest there is nothing.
    """
    if contest.state not in (ContestState.ENDED, ContestState.SCORED):
        return []
    of_entrant: dict[str, list[Final]] = {}
    for final in finals:
        of_entrant.setdefault(final.entrant, []).append(final)
    everyone = list(entrants)
    common = common_seeds(of_entrant)
    rows = [_result(one, of_entrant.get(one.key, []), common) for one in everyone]
    rows.sort(key=lambda row: (row.mean is None, row.mean, row.entrant.label))
    shown = [percent(row.mean) for row in rows if row.mean is not None]
    return [row if row.mean is None else replace(row, place=_place(percent(row.mean), shown)) for row in rows]


def common_seeds(of_entrant: Mapping[str, Sequence[Final]]) -> set[int]:
    """Places of the seeds that are done (or failed) for everybody."""
    over = (FinalState.DONE, FinalState.FAILED)
    found = [{one.place for one in finals if one.state in over} for finals in of_entrant.values()]
    return set.intersection(*found) if found else set()


def scored_share(finals: Sequence[Final]) -> tuple[int, int]:
    """Trainings of final configurations that are over, and all of them."""
    return sum(one.state in (FinalState.DONE, FinalState.FAILED) for one in finals), len(finals)


def machine(system: SystemRecord, repeat: int) -> tuple[EntrantKind, str]:
    """What a search of the contest's study is, and its name on the board."""
    if system.tuner == HAND:
        return EntrantKind.DEFAULTS, DEFAULTS
    number = f" {repeat + 1}" if len(system.searches) > 1 else ""
    return EntrantKind.TUNER, f"{system.tuner}{number}"


def _person(who: Person, tries: Sequence[Try]) -> Standing:
    errors = [one.dev_error for one in tries if one.state in SCORED_TRIES and one.dev_error is not None]
    return Standing(
        who.id,
        EntrantKind.PERSON,
        who.alias,
        who.source,
        min(errors, default=None),
        sum(one.state not in OPEN_TRIES for one in tries),
        any(one.state in OPEN_TRIES for one in tries),
    )


def _search(system: SystemRecord, repeat: int, trials: Sequence[TrialRecord]) -> Standing:
    best = winner(trials)
    kind, label = machine(system, repeat)
    return Standing(
        f"{system.label}/{repeat}",
        kind,
        label,
        Source.PERSON,
        best.dev_error if best else None,
        sum(one.state != TrialState.RUNNING for one in trials),
        any(one.state == TrialState.RUNNING for one in trials),
    )


def _result(entrant: Entrant, finals: Sequence[Final], common: set[int]) -> Result:
    errors = [
        one.eval_error
        for one in finals
        if one.place in common and one.state == FinalState.DONE and one.eval_error is not None
    ]
    if not errors:
        return Result(entrant, None, float("nan"), float("nan"), 0)
    found = mean_interval(errors).within(0.0, 1.0)
    return Result(entrant, found.mean, found.low, found.high, found.count)


def _place(error: float, all_errors: Sequence[float]) -> int:
    """Counted from 1; errors that are printed alike have the same."""
    return 1 + sum(other < error for other in all_errors)
