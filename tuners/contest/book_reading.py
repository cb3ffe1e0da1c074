"""What the tables of contests say."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, Table, inspect, select

from datasets.errors import UsageError
from tuners.contest import codes, tables
from tuners.contest.record import Contest, Entrant, Final, Live, Person, Place, Try
from tuners.contest.rows import contest_of, entrant_of, final_of, live_of, person_of, try_of
from tuners.contest.turns import places
from tuners.store import Store

CONTESTS, PEOPLE, TRIES = tables.contests, tables.people, tables.tries
DRAFTS, PAUSES = tables.drafts, tables.pauses


class Reading:
    """Reads contests; works with a read-only store, and with one that never had a contest."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._there: set[str] = set()

    def contests(self) -> list[Contest]:
        """All contests, newest first."""
        query = select(CONTESTS).order_by(CONTESTS.c.created.desc(), CONTESTS.c.id)
        return self._contests(query)

    def contest(self, id: str) -> Contest:
        """Raises UsageError where there is no such contest."""
        for one in self._contests(select(CONTESTS).where(CONTESTS.c.id == id)):
            return one
        known = ", ".join(one.id for one in self.contests()) or "none yet"
        raise UsageError(f"there is no contest {id!r} in {self.store.address}; contests there: {known}")

    def by_code(self, join_code: str) -> Contest | None:
        """The contest that participants find by this code, in capitals or not."""
        query = select(CONTESTS).where(CONTESTS.c.join_code == codes.typed_join(join_code))
        return next(iter(self._contests(query)), None)

    def people(self, id: str) -> list[Person]:
        """Everybody who takes part, in the order of joining."""
        query = select(PEOPLE).where(PEOPLE.c.contest == id).order_by(PEOPLE.c.joined, PEOPLE.c.id)
        return [person_of(row) for row in self._rows(query)]

    def person(self, id: str, person: str) -> Person:
        """Raises UsageError where nobody of that name takes part, as after a withdrawal."""
        for row in self._rows(select(PEOPLE).where(PEOPLE.c.contest == id, PEOPLE.c.id == person)):
            return person_of(row)
        raise UsageError(
            f"nobody called {person!r} takes part in contest {id}; who withdrew may join again while it is open"
        )

    def person_of_token(self, token: str) -> Person | None:
        """Who holds this token; None for one that nobody has (any more)."""
        rows = self._rows(select(PEOPLE).where(PEOPLE.c.token == codes.hashed(token)))
        return next((person_of(row) for row in rows), None)

    def tries(self, id: str, person: str | None = None) -> list[Try]:
        """What was submitted by everybody or by one person, in that order; no practice."""
        query = select(TRIES).where(TRIES.c.contest == id, TRIES.c.practice == 0)
        if person is not None:
            query = query.where(TRIES.c.person == person)
        query = query.order_by(TRIES.c.submitted, TRIES.c.person, TRIES.c.number)
        return [try_of(row) for row in self._rows(query)]

    def practice(self, id: str, practice_id: str) -> list[Try]:
        """What somebody practises with; it is deleted soon after it ended."""
        query = select(TRIES).where(
            TRIES.c.contest == id, TRIES.c.practice == 1, TRIES.c.person == practice_id
        )
        return [try_of(row) for row in self._rows(query.order_by(TRIES.c.number))]

    def live(self, id: str) -> dict[tuple[str, int], Live]:
        """What trains now, by person (or practice) and number."""
        rows = self._rows(select(tables.live).where(tables.live.c.contest == id))
        return {(one.person, one.number): one for one in map(live_of, rows)}

    def places(self, id: str) -> dict[tuple[str, int], Place]:
        """Where the tries that wait stand, by person and number."""
        return places(self.tries(id), time.time())

    def entrants(self, id: str) -> list[Entrant]:
        """Whose final configurations are scored; empty before the contest has ended."""
        table = tables.entrants
        query = select(table).where(table.c.contest == id).order_by(table.c.kind, table.c.label, table.c.key)
        return [entrant_of(row) for row in self._rows(query)]

    def finals(self, id: str) -> list[Final]:
        """The trainings on train + dev of the final configurations, by entrant and seed."""
        table = tables.finals
        query = select(table).where(table.c.contest == id).order_by(table.c.entrant, table.c.place)
        return [final_of(row) for row in self._rows(query)]

    def _contests(self, query: Select[Any]) -> list[Contest]:
        """Contests that a query selects, with their pauses."""
        rows = list(self._rows(query))
        pauses: dict[str, list[dict[str, Any]]] = {}
        # A reader may meet a store that is older than this table.
        if rows and self._has(PAUSES):
            for one in self._rows(select(PAUSES).order_by(PAUSES.c.at)):
                pauses.setdefault(one["contest"], []).append(one)
        return [contest_of(row, pauses.get(row["id"], ())) for row in rows]

    def exists(self) -> bool:
        """Whether there ever was a contest: once the tables are there (this one is made last), they stay."""
        return self._has(CONTESTS)

    def _has(self, table: Table) -> bool:
        if table.name not in self._there and inspect(self.store.engine).has_table(table.name):
            self._there.add(table.name)
        return table.name in self._there

    def _rows(self, query: Select[Any]) -> Iterator[dict[str, Any]]:
        if not self.exists():
            return
        with self.store.engine.connect() as connection:
            found = [dict(row) for row in connection.execute(query).mappings()]
        yield from found
