"""Who is scored when a contest has ended, and with which configuration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tuners.contest.form import defaults
from tuners.contest.published import published
from tuners.contest.record import (
    SCORED_TRIES,
    Contest,
    Entrant,
    EntrantKind,
    Final,
    FinalState,
    Person,
    Source,
    Terms,
    Try,
    TryState,
)
from tuners.contest.systems import DEFAULTS, PUBLISHED, label
from tuners.contest.task import task
from tuners.path import searches, winner
from tuners.record import TrialRecord
from tuners.seeds import derive
from tuners.space import config_key

MARKED = "their own mark"
BEST = "their best try on dev, as none was marked"
NOTHING = "no try ended with a result"


def final_seeds(terms: Terms) -> list[int]:
    """The seeds of the final trainings: the same for every entrant of a contest."""
    return [derive(terms.seed, "final", place) for place in range(terms.final_seeds)]


def best(tries: Iterable[Try]) -> Try | None:
    """The lowest dev error, the earlier of two equal ones; one that answers a single class only for want of others.
    The rule for tuners is the same (`tuners.path.winner`)."""
    scored = [one for one in tries if one.state in SCORED_TRIES and one.dev_error is not None]
    return min(
        scored,
        key=lambda one: (one.state == TryState.DEGENERATE, one.dev_error, one.number),
        default=None,
    )


def of_people(contest: Contest, people: Iterable[Person], tries: Iterable[Try]) -> list[Entrant]:
    """Everybody who has seen the task, by their mark or their best try."""
    mine: dict[str, list[Try]] = {}
    for one in tries:
        mine.setdefault(one.person, []).append(one)
    return [_of_person(contest, one, mine.get(one.id, [])) for one in people if one.started is not None]


def _of_person(contest: Contest, person: Person, tries: Sequence[Try]) -> Entrant:
    marked = next((one for one in tries if one.number == person.final and one.state in SCORED_TRIES), None)
    chosen = marked or best(tries)
    if chosen is None:
        note = NOTHING
    else:
        note = f"try {chosen.number}: {MARKED if marked else BEST}"
    return Entrant(
        contest.id,
        f"person-{person.id}",
        EntrantKind.PERSON,
        person.alias,
        person.source,
        None if chosen is None else chosen.config,
        None if chosen is None else chosen.dev_error,
        person=person.id,
        note=note,
    )


def of_machines(contest: Contest, trials: Iterable[TrialRecord]) -> list[Entrant]:
    """The winner of every search, all defaults, and the published configurations where they take part.

    trials: of the contest's study, whose searches are over. What failed on dev is scored all the same where the
    configuration is given.
    """
    terms, found = contest.terms, searches(list(trials))
    about = task(terms.task)
    entrants = []
    for tuner in terms.tuners:
        for repeat in range(terms.searches):
            chosen = winner(found.get((label(terms, tuner), repeat), ()))
            config = None if chosen is None else chosen.config
            note = NOTHING if chosen is None else f"trial {chosen.number}"
            one = Entrant(
                contest.id,
                f"tuner-{tuner}-{repeat}",
                EntrantKind.TUNER,
                tuner,
                Source.PERSON,
                config,
                repeat=repeat,
            )
            entrants.append(replace(one, dev_error=None if chosen is None else chosen.dev_error, note=note))
    lists = [("defaults", EntrantKind.DEFAULTS, "all defaults", defaults(about), "", DEFAULTS, 0)]
    if terms.published:
        lists += [
            (f"published-{one.row}", EntrantKind.PUBLISHED, one.label, one.config, one.note, PUBLISHED, place)
            for place, one in enumerate(published(about))
        ]
    for key, kind, name, config, note, system, number in lists:
        trials_of = {trial.number: trial for trial in found.get((label(terms, system), 0), ())}
        dev_error = trials_of[number].dev_error if number in trials_of else None
        entrants.append(
            Entrant(contest.id, key, kind, name, Source.PERSON, config, dev_error=dev_error, note=note)
        )
    return entrants


def to_train(entrants: Iterable[Entrant], finals: Iterable[Final]) -> dict[tuple[str, int], list[Final]]:
    """Trainings that wait, by configuration and seed: equal ones are trained once, for all whose they are.

    In the order of their turns: the first seed of everybody before the second of anybody, so that all can be compared
    early; within a seed people come first.
    """
    known_ones = list(entrants)
    keys = config_keys(known_ones)
    machines = {one.key for one in known_ones if one.kind != EntrantKind.PERSON}
    waiting: dict[tuple[str, int], list[Final]] = {}
    for one in sorted(finals, key=lambda one: (one.place, one.entrant in machines, one.entrant)):
        if one.state in (FinalState.WAITING, FinalState.RUNNING) and one.entrant in keys:
            waiting.setdefault((keys[one.entrant], one.seed), []).append(one)
    return waiting


def known(entrants: Iterable[Entrant], finals: Iterable[Final]) -> Mapping[tuple[str, int], Final]:
    """Results by configuration and seed."""
    keys = config_keys(entrants)
    ended = (FinalState.DONE, FinalState.FAILED)
    return {
        (keys[one.entrant], one.seed): one
        for one in finals
        if one.state in ended and one.eval_error is not None and one.entrant in keys
    }


def config_keys(entrants: Iterable[Entrant]) -> dict[str, str]:
    """By entrant that has one, what says whether two configurations are the same."""
    return {one.key: config_key(one.config, 0) for one in entrants if one.config is not None}
