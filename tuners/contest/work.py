"""What the server of contests writes into the book."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, func, insert, or_, select, update

from tuners.contest import tables
from tuners.contest.book import Book
from tuners.contest.book_contests import OVER
from tuners.contest.book_people import end_part
from tuners.contest.book_reading import CONTESTS, PEOPLE, TRIES
from tuners.contest.record import (
    OPEN_TRIES,
    Contest,
    ContestState,
    CurvePoint,
    Entrant,
    Final,
    FinalState,
    Live,
    Person,
    Try,
    TryState,
)
from tuners.contest.rows import try_of
from tuners.store_format import alone

#: Seconds for which a practice is kept after it ended.
PRACTICE_KEPT = 600.0

#: What names a try: contest, person (or practice), number.
Key = tuple[str, str, int]

#: Contests that need a server, for who gives its seat up. Practice needs it until it is deleted.
NEEDED = select(CONTESTS.c.id).where(
    or_(
        CONTESTS.c.state.in_((ContestState.OPEN, ContestState.ENDED)),
        exists().where(
            TRIES.c.contest == CONTESTS.c.id, or_(TRIES.c.state.in_(OPEN_TRIES), TRIES.c.practice == 1)
        ),
    )
)


@dataclass(frozen=True)
class Asked:
    """A try that waits or runs. practice: it belongs to nobody."""

    key: Key
    practice: bool
    one: Try


class Work(Book):
    """The book as the one server of a store writes it."""

    # Reading ---------------------------------------------------------------------------------------

    def unscored(self) -> list[Contest]:
        """Contests that are not done with, the oldest first."""
        query = select(CONTESTS).where(CONTESTS.c.state != ContestState.SCORED).order_by(CONTESTS.c.created)
        return self._contests(query)

    def asked(self) -> list[Asked]:
        """All tries that wait or run, of people and of practice."""
        rows = self._rows(select(TRIES).where(TRIES.c.state.in_(OPEN_TRIES)))
        return [
            Asked((row["contest"], row["person"], row["number"]), bool(row["practice"]), try_of(row))
            for row in rows
        ]

    def had(self, contests: Iterable[str]) -> dict[str, float]:
        """Seconds of training that everybody has had in tries that ended."""
        query = select(TRIES.c.person, func.sum(TRIES.c.seconds).label("seconds"))
        query = query.where(TRIES.c.contest.in_(list(contests)), TRIES.c.practice == 0).group_by(
            TRIES.c.person
        )
        return {row["person"]: row["seconds"] for row in self._rows(query)}

    # Tries -----------------------------------------------------------------------------------------

    def take(self, asked: Asked) -> bool:
        """Begins a try; False where it was cancelled or cut this moment."""
        with alone(self.store.engine) as connection:
            changed = connection.execute(
                update(TRIES)
                .where(*_is(asked.key), TRIES.c.state == TryState.QUEUED)
                .values(state=str(TryState.RUNNING), started=time.time())
            ).rowcount
        return bool(changed)

    def end_try(self, key: Key, state: TryState, curve: Sequence[CurvePoint] = (), **values: Any) -> None:
        """Writes how a running try ended; nothing where its person has withdrawn."""
        row = {"state": str(state), "ended": time.time(), "curve": points(curve), **values}
        with alone(self.store.engine) as connection:
            connection.execute(
                update(TRIES).where(*_is(key), TRIES.c.state == TryState.RUNNING).values(**row)
            )
            _forget_live(connection, key)

    def put_back(self, key: Key) -> bool:
        """Lets a running try wait again from its beginning: not it ended, but what ran it. It is charged to nobody. False
        where it was to be cancelled, as by its person or by the end of their part."""
        values: dict[str, Any] = {
            "state": str(TryState.QUEUED),
            "started": None,
            "epochs": 0,
            "seconds": 0.0,
            "curve": [],
        }
        with alone(self.store.engine) as connection:
            changed = connection.execute(
                update(TRIES)
                .where(*_is(key), TRIES.c.state == TryState.RUNNING, TRIES.c.cancel == 0)
                .values(**values)
            ).rowcount
            if changed:
                _forget_live(connection, key)
        return bool(changed)

    def write_live(self, lives: Iterable[Live], curves: Iterable[tuple[Key, Sequence[CurvePoint]]]) -> None:
        """What trains now, in one transaction for all: rows of batches, and curves that became longer."""
        table = tables.live
        rows = [asdict(live) | {"losses": list(live.losses)} for live in lives]
        with alone(self.store.engine) as connection:
            for row in rows:
                _forget_live(connection, (row["contest"], row["person"], row["number"]))
            # Whoever withdrew meanwhile is not brought back.
            running = select(TRIES.c.contest, TRIES.c.person, TRIES.c.number)
            there = {
                tuple(row) for row in connection.execute(running.where(TRIES.c.state == TryState.RUNNING))
            }
            rows = [row for row in rows if (row["contest"], row["person"], row["number"]) in there]
            if rows:
                connection.execute(insert(table), rows)
            for key, curve in curves:
                connection.execute(
                    update(TRIES)
                    .where(*_is(key), TRIES.c.state == TryState.RUNNING)
                    .values(curve=points(curve), epochs=len(curve))
                )

    def time_over(self, contest: Contest, person: Person, at: float) -> None:
        """Ends the part of one person whose own clock ran out."""
        end_part(self.store, contest.id, person.id, at, OVER, TryState.CUT)

    def pause(self, at: float, seconds: float) -> None:
        """Writes that the machine slept, for the contests that were open."""
        if not self.exists():
            return
        is_open = select(CONTESTS.c.id).where(CONTESTS.c.state == ContestState.OPEN)
        with alone(self.store.engine) as connection:
            for id in connection.execute(is_open).scalars().all():
                connection.execute(insert(tables.pauses).values(contest=id, at=at, seconds=seconds))

    def drop_practice(self, now: float) -> None:
        """Deletes practice that ended a while ago."""
        with alone(self.store.engine) as connection:
            connection.execute(
                delete(TRIES).where(TRIES.c.practice == 1, TRIES.c.ended < now - PRACTICE_KEPT)
            )

    # Contests --------------------------------------------------------------------------------------

    def name_study(self, id: str, study: str) -> None:
        """Where the tuners' trials of a contest are."""
        with alone(self.store.engine) as connection:
            connection.execute(update(CONTESTS).where(CONTESTS.c.id == id).values(study=study))

    def add_entrants(self, entrants: Iterable[Entrant], seeds: Sequence[int]) -> None:
        """Adds those that are not there yet, each with its trainings that wait: all of one entrant or nothing."""
        for one in entrants:
            row = asdict(one) | {
                "kind": str(one.kind),
                "source": str(one.source),
                "config": None if one.config is None else dict(one.config),
            }
            finals = [
                Final(one.contest, one.key, place, seed, FinalState.WAITING)
                for place, seed in enumerate(seeds if one.config is not None else ())
            ]
            # Whoever withdrew meanwhile is not brought back, nor is a contest that was deleted.
            there = [CONTESTS.c.id == one.contest]
            if one.person:
                there.append(exists().where(PEOPLE.c.contest == one.contest, PEOPLE.c.id == one.person))
            with alone(self.store.engine) as connection:
                if connection.execute(select(CONTESTS.c.id).where(*there)).first() is None:
                    continue
                connection.execute(insert(tables.entrants).values(**row))
                if finals:
                    connection.execute(
                        insert(tables.finals),
                        [asdict(final) | {"state": str(final.state)} for final in finals],
                    )

    def begin_finals(self, id: str, entrants: Sequence[str], seed: int) -> None:
        """Says that a training runs, for all whose configuration it is."""
        table = tables.finals
        with alone(self.store.engine) as connection:
            connection.execute(
                update(table)
                .where(
                    table.c.contest == id,
                    table.c.entrant.in_(entrants),
                    table.c.seed == seed,
                    table.c.state == FinalState.WAITING,
                )
                .values(state=str(FinalState.RUNNING))
            )

    def end_finals(
        self, id: str, entrants: Sequence[str], seed: int, state: FinalState, **values: Any
    ) -> None:
        """Books one training for all entrants whose configuration it was."""
        table = tables.finals
        waiting = (FinalState.WAITING, FinalState.RUNNING)
        with alone(self.store.engine) as connection:
            connection.execute(
                update(table)
                .where(
                    table.c.contest == id,
                    table.c.entrant.in_(entrants),
                    table.c.seed == seed,
                    table.c.state.in_(waiting),
                )
                .values(state=str(state), **values)
            )

    def free_finals(self) -> None:
        """Lets trainings wait again that an earlier server had begun."""
        table = tables.finals
        with alone(self.store.engine) as connection:
            connection.execute(
                update(table).where(table.c.state == FinalState.RUNNING).values(state=str(FinalState.WAITING))
            )

    def scored(self, id: str) -> None:
        """Every final configuration has its result."""
        self._move(id, ContestState.ENDED, state=str(ContestState.SCORED))


def points(curve: Sequence[CurvePoint]) -> list[list[float]]:
    """A curve as its column holds it."""
    return [[point.epoch, point.train_loss, round(point.seconds, 4)] for point in curve]


def _forget_live(connection: Connection, key: Key) -> None:
    """What is shown of a training that ended, or anew."""
    table = tables.live
    one = (table.c.contest == key[0], table.c.person == key[1], table.c.number == key[2])
    connection.execute(delete(table).where(*one))


def _is(key: Key) -> tuple[ColumnElement[bool], ...]:
    contest, person, number = key
    return TRIES.c.contest == contest, TRIES.c.person == person, TRIES.c.number == number
