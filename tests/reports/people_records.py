"""A contest with records that look like real ones, written through the book and its tables: nothing is trained."""

from __future__ import annotations

import random
from dataclasses import asdict
from pathlib import Path
from typing import Any

from report_records import ENVIRONMENT
from sqlalchemy import insert, update

from tuners import schema
from tuners.contest import tables
from tuners.contest.book import Book
from tuners.contest.form import defaults, resolve
from tuners.contest.record import (
    Background,
    Consent,
    Contest,
    ContestState,
    Education,
    EntrantKind,
    FinalState,
    Reason,
    Source,
    Terms,
    TryState,
)
from tuners.contest.task import task
from tuners.record import (
    Budget,
    DataInfo,
    SearchRecord,
    StudyRecord,
    StudySpec,
    StudyState,
    SystemRecord,
    SystemSpec,
    TrialRecord,
    TrialState,
)
from tuners.store import Store

OPENED = 1_780_000_000.0

#: Months of experience: 8 novices, 7 medium, 9 experts.
MONTHS = (0,) * 8 + (1, 2, 3, 4, 6, 8, 9) + (10, 12, 14, 18, 20, 24, 30, 36, 60)

TUNERS = ("keras-random", "optuna-tpe")
CONSENT = Consent("1", "I take part.")


def add_contest(
    store: Store,
    months: tuple[int, ...] = MONTHS,
    *,
    source: Source = Source.PERSON,
    searches: int = 6,
    state: ContestState = ContestState.SCORED,
    id: str = "tuesday",
    study: str = "contest-tuesday",
    seed: int = 1,
) -> Contest:
    """A contest of so many people on the task with digits; its tuners' study is called `study`."""
    rng = random.Random(seed)
    book = Book(store)
    terms = Terms(tuners=TUNERS, searches=searches, final_seeds=10)
    drawn = book.create("Tuesday's class", terms, CONSENT).id
    with store.engine.begin() as connection:  # an id that is the same every time, so that reports are
        connection.execute(update(tables.contests).where(tables.contests.c.id == drawn).values(id=id))
    contest = book.contest(id)
    luck = [rng.gauss(0, 0.012) for _ in range(terms.final_seeds)]
    book.open(contest.id)
    for number, known in enumerate(months):
        _add_person(book, contest.id, known, number, source, luck, rng)
    _add_study(store, study, searches, rng)
    for tuner, level in zip(TUNERS, (0.25, 0.2), strict=True):
        for repeat in range(searches):
            dev = level + rng.gauss(0, 0.02)
            entrant = (f"{tuner}-{repeat}", EntrantKind.TUNER, tuner, Source.PERSON, dev, "", repeat)
            _add_entrant(store, contest.id, *entrant, luck=luck, rng=rng)
    entrant = ("defaults", EntrantKind.DEFAULTS, "all defaults", Source.PERSON, 0.24, "", 0)
    _add_entrant(store, contest.id, *entrant, luck=luck, rng=rng)
    values = {
        "state": str(state),
        "opened": OPENED,
        "ended": OPENED + 600,
        "freeze": OPENED + 9e5,
        "study": study,
    }
    with store.engine.begin() as connection:
        connection.execute(update(tables.contests).where(tables.contests.c.id == contest.id).values(**values))
    return book.contest(contest.id)


def _add_person(
    book: Book, contest: str, months: int, number: int, source: Source, luck: list[float], rng: random.Random
) -> None:
    drawn = book.join(contest, consent_version=CONSENT.version, reuse=True, source=source).person
    who = f"{contest}-{source}-{number}"
    about = task("digits")
    skill = min(1.0, 0.25 + 0.12 * months**0.5) + rng.gauss(0, 0.1)
    best, clock, lowest = 0.9, OPENED, 1.0
    count = rng.randint(6, 13)
    rows = []
    for place in range(1, count + 1):
        clock += rng.uniform(15, 40)
        own = {} if place == 1 and rng.random() < skill else {"learning_rate": 10 ** rng.uniform(-4, -1)}
        config = resolve(about, defaults(about) | own)
        state = rng.choices((TryState.COMPLETE, TryState.FAILED, TryState.CANCELLED), (0.85, 0.08, 0.07))[0]
        best = max(0.18, best - max(0.0, skill) * rng.uniform(0.02, 0.3))
        dev = min(0.92, max(0.15, best + abs(rng.gauss(0, 0.08)))) if state == TryState.COMPLETE else None
        lowest = min(lowest, dev or 1.0)
        reason = (
            Reason.GUESS
            if rng.random() > skill
            else rng.choice((Reason.BEFORE, Reason.LEARNT, Reason.DEFAULT))
        )
        seconds = rng.uniform(4, 12)
        row: dict[str, Any] = {
            "contest": contest, "person": who, "number": place, "practice": 0, "state": str(state),
            "config": dict(config), "seed": 1, "submitted": clock, "reasons": {"learning_rate": str(reason)}, "comment": "",
            "started": clock + 0.5, "ended": clock + seconds, "epochs": rng.randint(3, 20), "seconds": seconds,
            "dev_error": dev, "curve": [], "cancel": 0, "note": "",
        }  # fmt: skip
        clock += seconds
        rows.append(row)
    background = Background(months, Education.BACHELOR, 1 + min(4, months // 8))
    rest = {"background": asdict(background), "joined": OPENED - 60 + number, "started": OPENED, "final": 1}
    rest |= {"finished": OPENED + 590, "ending": "they finished", "id": who}
    with book.store.engine.begin() as connection:
        connection.execute(update(tables.people).where(tables.people.c.id == drawn.id).values(**rest))
        connection.execute(insert(tables.tries), rows)
    entrant = (f"person-{who}", EntrantKind.PERSON, drawn.alias, source, lowest, who, 0)
    _add_entrant(book.store, contest, *entrant, luck=luck, rng=rng)


def _add_entrant(
    store: Store, contest: str, key: str, kind: EntrantKind, label: str, source: Source, dev: float, person: str,
    repeat: int, *, luck: list[float], rng: random.Random,
) -> None:  # fmt: skip
    row = {
        "contest": contest, "key": key, "kind": str(kind), "label": label, "source": str(source), "config": {},
        "dev_error": dev, "person": person, "repeat": repeat, "note": "",
    }  # fmt: skip
    optimism = abs(rng.gauss(0.02, 0.015))
    finals = [
        {
            "contest": contest, "entrant": key, "place": place, "seed": 100 + place, "state": str(FinalState.DONE),
            "eval_error": min(1.0, dev + optimism + shift + rng.gauss(0, 0.008)), "epochs": 10, "seconds": 5.0, "note": "",
        }
        for place, shift in enumerate(luck)
    ]  # fmt: skip
    with store.engine.begin() as connection:
        connection.execute(insert(tables.entrants).values(**row))
        connection.execute(insert(tables.finals), finals)


def _add_study(store: Store, name: str, searches: int, rng: random.Random) -> None:
    specs = tuple(SystemSpec(f"CNN ({tuner})", "by-hand-digits", tuner) for tuner in TUNERS)
    spec = StudySpec("digits", specs, Budget(15, 20), repeats=searches)
    sizes = {"train": 1297, "dev": 250, "eval": 250}
    data = DataInfo(
        "digits",
        "small-images",
        "real",
        "scikit-learn",
        "5e" * 32,
        None,
        tuple("0123456789"),
        (8, 8, 1),
        sizes,
        "none",
    )
    created = "2026-01-02T09:00:00Z"
    study = StudyRecord(
        name, spec, data, ENVIRONMENT, "", created, StudyState.FINISHED, heartbeat=0.0, finished=created
    )
    systems = [
        SystemRecord(
            name, one.label, one.learner, one.tuner, place, searches=tuple(map(SearchRecord, range(searches)))
        )
        for place, one in enumerate(specs)
    ]
    store.create_study(study, systems)
    trials: list[dict[str, Any]] = []
    epochs: list[dict[str, Any]] = []
    for one in specs:
        for repeat in range(searches):
            best = 0.95
            for number in range(15):
                learns = one.tuner == "optuna-tpe" and number > 5
                dev = min(0.95, max(0.17, rng.uniform(0.1, 0.95) * (0.6 if learns else 1.0)))
                best = min(best, dev)
                failed = rng.random() < 0.1
                trial = TrialRecord(
                    name, one.label, number, TrialState.FAILED if failed else TrialState.COMPLETE, {}, 1, 20, 0, None,
                    2 * number, 2 * number + 1, dev_error=None if failed else dev, epochs=rng.randint(2, 20), seconds=6.0,
                    repeat=repeat,
                )  # fmt: skip
                trials.append(asdict(trial) | {"state": str(trial.state), "class_errors": []})
                epochs += [
                    {
                        "study": name, "system": one.label, "repeat": repeat, "trial": number, "epoch": epoch,
                        "dev_loss": 1.0, "dev_error": dev + 0.01 * (trial.epochs - epoch), "seconds": 0.5,
                    }
                    for epoch in range(1, trial.epochs + 1)
                ]  # fmt: skip
    with store.engine.begin() as connection:
        connection.execute(insert(schema.trials), trials)
        connection.execute(insert(schema.epochs), epochs)


def build_contest(folder: Path, **more: Any) -> tuple[Path, Contest]:
    """A store with one contest."""
    path = folder / "handtune.sqlite"
    store = Store(str(path))
    contest = add_contest(store, **more)
    store.close()
    return path, contest
