"""A contest's records as its analysis sees them (`reports.contest_data`)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from datasets.errors import UsageError
from reports.contest_data import (
    DEFAULTS,
    PEOPLE,
    PUBLISHED,
    SHOWN,
    Competitor,
    ContestData,
    Flow,
    Step,
    group_of,
)
from tuners.contest.book import Book
from tuners.contest.clock import elapsed
from tuners.contest.form import optional_defaults
from tuners.contest.record import (
    SCORED_TRIES,
    ClockKind,
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
from tuners.contest.rounds import whole_rounds
from tuners.contest.task import task
from tuners.record import StudyRecord, TrialRecord, TrialState
from tuners.store import Store


def read_contest(
    store: Store, id: str, *, public: bool = True, random_study: str | None = None
) -> ContestData:
    """Everything of one contest. random_study: whose random search stands in place of the contest's own.

    Raises UsageError where there is no such contest or study, and for one that has not ended.
    """
    book = Book(store)
    contest = book.contest(id)
    if contest.state not in SHOWN:
        raise UsageError(
            f"contest {contest.id} is {contest.state.value}, and its analysis would tell participants what others found; "
            "end it first, or wait until it has ended"
        )
    everybody = book.people(id)
    simulated = [one for one in everybody if one.source == Source.SIMULATED]
    people = (
        everybody if len(simulated) == len(everybody) else [one for one in everybody if one not in simulated]
    )
    study = _study(store, contest.study)
    trials = store.trials(study.name) if study else []
    entrants = [one for one in book.entrants(id) if not one.person or one.person in {p.id for p in people}]
    finals = book.finals(id)
    rounds = whole_rounds(entrants, finals)
    finals = [one for one in finals if one.place in rounds.errors.get(one.entrant, ())]
    competitors = (
        *_people(contest, people, book.tries(id), entrants, finals),
        *_searches(contest, study, trials, entrants, finals),
        *_others(contest, entrants, finals),
    )
    drawn, source = _random(store, study, trials, random_study)
    about = task(contest.terms.task)
    return ContestData(
        contest=contest,
        data=f"data set {about.dataset}" + (f", {study.data.provenance}" if study else ""),
        classes=about.classes,
        eval_samples=about.sizes[2],
        competitors=competitors,
        flow=_flow(people, competitors),
        public=public,
        simulated=bool(people) and len(simulated) == len(everybody),
        left_out=0 if len(people) == len(everybody) else len(simulated),
        random=drawn,
        random_source=source,
        rounds=None if contest.state == ContestState.SCORED else rounds.whole,
    )


def in_order(ids: Iterable[str]) -> list[str]:
    """Ids in an order that says nothing of who joined when, and another one as soon as somebody is missing."""
    known = sorted(ids)
    salt = "\n".join(known)
    return sorted(known, key=lambda id: hashlib.sha256(f"{salt}\n\n{id}".encode()).hexdigest())


def random_studies(store: Store) -> list[str]:
    """Studies that have a random search, which can stand in place of a contest's own."""
    return [
        study.name
        for study in store.studies()
        if any(_is_random(system.tuner) for system in study.spec.systems)
    ]


def _is_random(tuner: str) -> bool:
    return tuner.endswith("-random")


def _study(store: Store, name: str | None) -> StudyRecord | None:
    return next((study for study in store.studies() if study.name == name), None)


def _random(
    store: Store, study: StudyRecord | None, trials: Sequence[TrialRecord], name: str | None
) -> tuple[tuple[float | None, ...], str]:
    if name is not None:
        study = store.study(name)
        trials = store.trials(name)
    if study is None:
        return (), ""
    systems = {system.label: system.tuner for system in study.spec.systems if _is_random(system.tuner)}
    drawn = tuple(_dev(trial) for trial in trials if trial.system in systems and _ended(trial))
    if not drawn and name is not None:
        raise UsageError(f"study {name} has no random search that tried anything; name another one")
    return drawn, f"{', '.join(sorted(set(systems.values())))} of study {study.name}" if drawn else ""


def _people(
    contest: Contest,
    people: Sequence[Person],
    tries: Sequence[Try],
    entrants: Sequence[Entrant],
    finals: Sequence[Final],
) -> list[Competitor]:
    by_id = {person.id: person for person in people}
    own = {one.person: one for one in entrants if one.kind == EntrantKind.PERSON}
    about = task(contest.terms.task)
    found = []
    for number, id in enumerate(in_order(by_id), start=1):
        person, entrant = by_id[id], own.get(id)
        mine = sorted(
            (one for one in tries if one.person == id and one.started is not None), key=lambda t: t.number
        )
        begun = contest.opened if contest.terms.clock == ClockKind.TOGETHER else person.started
        months = person.background.months if person.background else None
        found.append(
            Competitor(
                label=f"P{number}",
                family=PEOPLE,
                steps=_tried(contest, mine, begun or 0.0),
                months=months,
                group=group_of(months),
                dev_error=entrant.dev_error if entrant else None,
                errors=_errors(contest, entrant, finals),
                diverged=_diverged(entrant, finals),
                defaults_first=optional_defaults(about, mine[0].config) if mine else None,
                note=entrant.note if entrant else "",
            )
        )
    return found


def _tried(contest: Contest, tries: Sequence[Try], begun: float) -> tuple[Step, ...]:
    steps, epochs = [], 0
    for one in tries:
        epochs += one.epochs
        steps.append(
            Step(
                one.dev_error if one.state in SCORED_TRIES else None,
                epochs,
                max(0.0, elapsed(contest, begun, one.ended or begun)),
                tuple(one.reasons.values()),
            )
        )
    return tuple(steps)


def _searches(
    contest: Contest,
    study: StudyRecord | None,
    trials: Sequence[TrialRecord],
    entrants: Sequence[Entrant],
    finals: Sequence[Final],
) -> list[Competitor]:
    if study is None:
        return []
    found = []
    for system in study.spec.systems:
        if system.tuner not in contest.terms.tuners:
            continue
        names = (system.label, system.tuner)
        for repeat in range(study.spec.repeats):
            own = [t for t in trials if t.system == system.label and t.repeat == repeat and _ended(t)]
            entrant = next(
                (
                    one
                    for one in entrants
                    if one.kind == EntrantKind.TUNER and one.label in names and one.repeat == repeat
                ),
                None,
            )
            if not own and entrant is None:
                continue
            found.append(
                Competitor(
                    label=f"{system.tuner} #{repeat + 1}",
                    family=system.tuner,
                    steps=_trained(own),
                    dev_error=entrant.dev_error if entrant else None,
                    errors=_errors(contest, entrant, finals),
                    diverged=_diverged(entrant, finals),
                    note=entrant.note if entrant else "",
                )
            )
    return found


def _trained(trials: Sequence[TrialRecord]) -> tuple[Step, ...]:
    steps, epochs, seconds = [], 0, 0.0
    for trial in sorted(trials, key=lambda t: t.number):
        epochs += trial.epochs
        seconds += trial.seconds
        steps.append(Step(_dev(trial), epochs, seconds))
    return tuple(steps)


def _ended(trial: TrialRecord) -> bool:
    return trial.state != TrialState.RUNNING


def _dev(trial: TrialRecord) -> float | None:
    known = (TrialState.COMPLETE, TrialState.DEGENERATE, TrialState.PRUNED)
    return trial.dev_error if trial.state in known else None


def _others(contest: Contest, entrants: Sequence[Entrant], finals: Sequence[Final]) -> list[Competitor]:
    family = {EntrantKind.DEFAULTS: DEFAULTS, EntrantKind.PUBLISHED: PUBLISHED}
    return [
        Competitor(
            label=one.label or family[one.kind],
            family=family[one.kind],
            dev_error=one.dev_error,
            errors=_errors(contest, one, finals),
            diverged=_diverged(one, finals),
            note=one.note,
        )
        for one in entrants
        if one.kind in family
    ]


def _errors(contest: Contest, entrant: Entrant | None, finals: Sequence[Final]) -> tuple[float | None, ...]:
    if entrant is None:
        return ()
    own = {one.place: one.eval_error for one in finals if one.entrant == entrant.key}
    return tuple(own.get(place) for place in range(contest.terms.final_seeds)) if own else ()


def _diverged(entrant: Entrant | None, finals: Sequence[Final]) -> int:
    return sum(
        one.state == FinalState.FAILED for one in finals if entrant is not None and one.entrant == entrant.key
    )


def _flow(people: Sequence[Person], competitors: Sequence[Competitor]) -> Flow:
    own = [one for one in competitors if one.family == PEOPLE]
    return Flow(
        agreed=len(people),
        told=sum(one.background is not None for one in people),
        began=sum(one.started is not None for one in people),
        trained=sum(bool(one.steps) for one in own),
        marked=sum(one.final is not None for one in people),
        scored=sum(one.eval_error is not None for one in own),
        themselves=sum(one.ending == "they finished" for one in people),
    )
