"""How people, tuners and the defaults stand: by dev while a contest runs, by eval once it has ended.

Pure: from records to rows. A tuner's unit is the run, as a person is: each of its searches has a row of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from datasets.percent import percent
from reports.statistics.intervals import mean_interval
from tuners.contest.closing import best
from tuners.contest.published import published
from tuners.contest.record import (
    OPEN_TRIES,
    Contest,
    ContestState,
    Entrant,
    EntrantKind,
    Final,
    Person,
    Source,
    Try,
)
from tuners.contest.rounds import whole_rounds
from tuners.contest.systems import PUBLISHED, label, numbered
from tuners.contest.task import task
from tuners.path import winner
from tuners.record import HAND, SystemRecord, TrialRecord, TrialState

#: What the all-defaults entry is called.
DEFAULTS = "all defaults"


@dataclass(frozen=True)
class Machine:
    """An entrant that is no person. group: its tuner. label: its name on the board."""

    kind: EntrantKind
    group: str
    label: str


@dataclass(frozen=True)
class Standing:
    """Somebody's or something's best on dev so far.

    key: the person's id, else its group and label. best: a dev error, None before the first result. done: trainings that
    have ended; running: whether one waits or trains. group: the tuner of a run. place: the same for errors that are printed
    alike.
    """

    key: str
    kind: EntrantKind
    label: str
    source: Source
    best: float | None
    done: int
    running: bool
    group: str = "people"
    place: int | None = None


@dataclass(frozen=True)
class Result:
    """A final configuration on eval. mean: error over the seeds that count for all, None where it has no score.

    low, high: Student's 95 % interval of the mean over seeds, NaN for one seed. seeds: how many of them gave an error.
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
    contest: Contest,
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
    by_machine: dict[Machine, list[TrialRecord]] = {}
    known = {system.label: system for system in systems}
    for trial in trials:
        if trial.system in known:
            who = machine(contest, known[trial.system], trial)
            by_machine.setdefault(who, []).append(trial)
    rows += [_machine(who, own) for who, own in by_machine.items()]
    rows.sort(key=lambda row: (row.best is None, row.best, row.label))
    shown = [percent(row.best) for row in rows if row.best is not None]
    return [row if row.best is None else replace(row, place=_place(percent(row.best), shown)) for row in rows]


def machine(contest: Contest, system: SystemRecord, trial: TrialRecord) -> Machine:
    """Which entrant a trial of the contest's study belongs to: a run of a tuner, the defaults, or a published
    configuration, each of which has one trial."""
    if system.tuner != HAND:
        return Machine(EntrantKind.TUNER, system.tuner, numbered(contest.terms, system.tuner, trial.repeat))
    if system.label == label(contest.terms, PUBLISHED):
        name = published(task(contest.terms.task))[trial.number].label
        return Machine(EntrantKind.PUBLISHED, "published configurations", name)
    return Machine(EntrantKind.DEFAULTS, DEFAULTS, DEFAULTS)


def results(contest: Contest, entrants: Iterable[Entrant], finals: Iterable[Final]) -> list[Result]:
    """The table by eval, the lowest mean error first; who has no score (yet) at the end.

    While scoring goes on it is provisional: means are over the seeds that everybody who is compared has behind them
    (`tuners.contest.rounds`), and over all seeds in the end. Before the end of the contest there is nothing.
    """
    if contest.state not in (ContestState.ENDED, ContestState.SCORED):
        return []
    known = list(entrants)
    errors = whole_rounds(known, finals).errors
    rows = [_result(contest, one, list(errors.get(one.key, {}).values())) for one in known]
    rows.sort(key=lambda row: (row.mean is None, row.mean, row.entrant.label))
    shown = [percent(row.mean) for row in rows if row.mean is not None]
    return [row if row.mean is None else replace(row, place=_place(percent(row.mean), shown)) for row in rows]


def to_come(contest: Contest, rows: Iterable[Standing], known: Sequence[Result]) -> list[Result]:
    """Rows for what still searches while people are scored already, so that nothing is lost from a table by eval.

    rows: of `standings`. known: of `results`. The final configurations of a kind are all there or none is.
    """
    if contest.state != ContestState.ENDED:
        return []
    there = {EntrantKind.PERSON, *(row.entrant.kind for row in known)}
    return [
        Result(
            Entrant(contest.id, row.key, row.kind, row.label, row.source, None, row.best),
            None,
            float("nan"),
            float("nan"),
            0,
        )
        for row in rows
        if row.kind not in there
    ]


def _person(who: Person, tries: Sequence[Try]) -> Standing:
    chosen = best(tries)
    return Standing(
        who.id,
        EntrantKind.PERSON,
        who.alias,
        who.source,
        chosen.dev_error if chosen else None,
        sum(one.state not in OPEN_TRIES for one in tries),
        any(one.state in OPEN_TRIES for one in tries),
    )


def _machine(who: Machine, trials: Sequence[TrialRecord]) -> Standing:
    chosen = winner(trials)
    return Standing(
        f"{who.group}/{who.label}",
        who.kind,
        who.label,
        Source.PERSON,
        chosen.dev_error if chosen else None,
        sum(one.state != TrialState.RUNNING for one in trials),
        any(one.state == TrialState.RUNNING for one in trials),
        who.group,
    )


def _result(contest: Contest, entrant: Entrant, errors: Sequence[float]) -> Result:
    if entrant.kind == EntrantKind.TUNER:
        entrant = replace(entrant, label=numbered(contest.terms, entrant.label, entrant.repeat))
    if not errors:
        return Result(entrant, None, float("nan"), float("nan"), 0)
    found = mean_interval(errors).within(0.0, 1.0)
    return Result(entrant, found.mean, found.low, found.high, found.count)


def _place(error: float, all_errors: Sequence[float]) -> int:
    """Counted from 1; errors that are printed alike have the same."""
    return 1 + sum(other < error for other in all_errors)
