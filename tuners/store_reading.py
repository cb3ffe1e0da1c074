"""What a store is asked: studies, their trials, epochs and results, as records."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, Table, case, func, inspect, select

from datasets.errors import UsageError
from datasets.plugins import unknown
from tuners import schema
from tuners.record import (
    BayesRecord,
    Budget,
    DataInfo,
    Environment,
    EpochRecord,
    ScoreRecord,
    SearchRecord,
    StudyRecord,
    StudySpec,
    StudyState,
    SystemRecord,
    SystemSpec,
    TrialRecord,
    TrialState,
)

#: A running study whose writer has not been heard of for this many seconds was cut off.
SILENCE = 20.0

R = TypeVar("R")


class StoreReading:
    """The questions to a store. engine: of its database. address: as it may be shown."""

    engine: Engine
    address: str

    def studies(self) -> list[StudyRecord]:
        """All studies, newest first. A running one whose process fell silent reads as interrupted."""
        rows = self._rows(
            select(schema.studies).order_by(schema.studies.c.created.desc(), schema.studies.c.name)
        )
        return [_study(row) for row in rows]

    def study(self, name: str) -> StudyRecord:
        """Raises UsageError with the closest name where there is no such study."""
        rows = self._rows(select(schema.studies).where(schema.studies.c.name == name))
        if rows:
            return _study(rows[0])
        names = [study.name for study in self.studies()]
        if not names:
            raise UsageError(
                f"there is no study {name!r}: the store {self.address} is empty. "
                "Start one with: python tuners/run.py --preset demo"
            )
        raise unknown("study", name, names)

    def systems(self, study: str) -> list[SystemRecord]:
        rows = self._rows(
            select(schema.systems).where(schema.systems.c.study == study).order_by(schema.systems.c.position)
        )
        table = schema.searches
        searches: dict[str, list[SearchRecord]] = {}
        query = select(table).where(table.c.study == study).order_by(table.c.system, table.c.repeat)
        for row in self._rows(query):
            searches.setdefault(row["system"], []).append(_record(SearchRecord, row))
        return [
            _record(
                SystemRecord,
                row | {"rules": row["rules"] or [], "searches": tuple(searches.get(row["label"], ()))},
            )
            for row in rows
        ]

    def trials(
        self, study: str, system: str | None = None, *, repeat: int | None = None, first: int = 0
    ) -> list[TrialRecord]:
        """The trials of a study, of one of its systems, or of one search from number `first` on."""
        table = schema.trials
        names = [field.name for field in fields(TrialRecord)]
        state, errors = names.index("state"), names.index("class_errors")
        query = _of_search(select(*(table.c[name] for name in names)), table, study, system, repeat)
        query = query.where(table.c.number >= first)
        found = []
        with self.engine.connect() as connection:
            for row in connection.execute(query.order_by(table.c.system, table.c.repeat, table.c.number)):
                values = list(row)
                values[state] = TrialState(values[state])
                values[errors] = tuple(values[errors])
                found.append(TrialRecord(*values))
        return found

    def epochs(
        self, study: str, system: str | None = None, *, repeat: int | None = None, first: int = 0
    ) -> list[EpochRecord]:
        """The points of the learning curves of the same trials."""
        table = schema.epochs
        columns = [table.c[field.name] for field in fields(EpochRecord)]
        query = _of_search(select(*columns), table, study, system, repeat).where(table.c.trial >= first)
        order = (table.c.system, table.c.repeat, table.c.trial, table.c.epoch)
        with self.engine.connect() as connection:
            return [EpochRecord(*row) for row in connection.execute(query.order_by(*order))]

    def search_counts(self, study: str) -> dict[tuple[str, int], tuple[int, int]]:
        """Of every search that has begun its trials, and those of them that run. Cheap: a search has changed where
        these have, and it can only go on where trials run or are added."""
        table = schema.trials
        running = func.sum(case((table.c.state == TrialState.RUNNING, 1), else_=0)).label("running")
        query = (
            select(table.c.system, table.c.repeat, func.count().label("trials"), running)
            .where(table.c.study == study)
            .group_by(table.c.system, table.c.repeat)
        )
        return {(row["system"], row["repeat"]): (row["trials"], row["running"]) for row in self._rows(query)}

    def result_counts(self, study: str) -> tuple[int, ...]:
        """How many winners, scores, Bayes errors and insights a study has: they are added, never changed."""
        tables = [schema.scores, schema.bayes]
        if inspect(self.engine).has_table(schema.insights.name):
            tables.append(schema.insights)
        selected = select(func.count(schema.searches.c.selected)).where(schema.searches.c.study == study)
        counts = [selected.scalar_subquery()]
        counts += [select(func.count()).where(table.c.study == study).scalar_subquery() for table in tables]
        with self.engine.connect() as connection:
            return tuple(connection.execute(select(*counts)).one())

    def scores(self, study: str) -> list[ScoreRecord]:
        table = schema.scores
        rows = self._rows(
            select(table).where(table.c.study == study).order_by(table.c.system, table.c.repeat)
        )
        return [
            _record(
                ScoreRecord,
                row
                | {
                    "degenerate": bool(row["degenerate"]),
                    "patients": row["patients"] or {},
                    "regret": _pairs(row["regret"]),
                    "excess": _pairs(row["excess"]),
                },
            )
            for row in rows
        ]

    def bayes(self, study: str) -> list[BayesRecord]:
        table = schema.bayes
        rows = self._rows(
            select(table).where(table.c.study == study).order_by(table.c.split, table.c.estimator)
        )
        return [_record(BayesRecord, row) for row in rows]

    def insights(self, study: str, kind: str) -> dict[str, dict[str, Any]]:
        """Of each system that has one, what was computed from its trials; a store may lack the table."""
        table = schema.insights
        if not inspect(self.engine).has_table(table.name):
            return {}
        rows = self._rows(select(table).where(table.c.study == study, table.c.kind == kind))
        return {row["system"]: row["content"] for row in rows}

    def _rows(self, query: Any) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def _record(kind: type[R], row: Mapping[str, Any]) -> R:
    names: Iterable[str] = (item.name for item in fields(kind))  # type: ignore[arg-type]
    return kind(**{name: row[name] for name in names if name in row})


def _of_search(
    query: Select[Any], table: Table, study: str, system: str | None, repeat: int | None
) -> Select[Any]:
    """The rows of a study, of one of its systems, or of one search."""
    query = query.where(table.c.study == study)
    if system is not None:
        query = query.where(table.c.system == system)
    return query if repeat is None else query.where(table.c.repeat == repeat)


def _pairs(column: Mapping[str, Any] | None) -> dict[str, tuple[float, float]]:
    """Means and their standard errors, which JSON keeps as lists; none in a store of an older format."""
    return {name: (pair[0], pair[1]) for name, pair in (column or {}).items()}


def _study(row: Mapping[str, Any]) -> StudyRecord:
    spec = dict(row["spec"])
    spec["budget"] = Budget(**spec["budget"])
    spec["systems"] = tuple(
        SystemSpec(**{**system, "configs": tuple(system["configs"])}) for system in spec["systems"]
    )
    data = dict(row["data"])
    data["class_names"] = tuple(data["class_names"])
    data["shape"] = tuple(data["shape"])
    state = StudyState(row["state"])
    if state == StudyState.RUNNING and time.time() - row["heartbeat"] > SILENCE:
        state = StudyState.INTERRUPTED
    return StudyRecord(
        name=row["name"],
        spec=StudySpec(**spec),
        data=DataInfo(**data),
        environment=Environment(**row["environment"]),
        command=row["command"],
        created=row["created"],
        state=state,
        heartbeat=row["heartbeat"],
        finished=row["finished"],
        note=row["note"],
    )
