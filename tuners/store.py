"""The store: one writer per study, many readers, finished trials never change.

SQLAlchemy Core over SQLite in write-ahead mode by default, or any SQLAlchemy URL. Large arrays
(surfaces, weights) lie as .npz files beside the database, named by the records.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Select,
    Table,
    case,
    delete,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError

from datasets.errors import DataError, UsageError
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
from tuners.store_format import NOTHING, open_engine, prepare

DEFAULT = "runs/handtune.sqlite"

#: A running study whose writer has not been heard of for this many seconds was cut off.
SILENCE = 20.0

R = TypeVar("R")


def location(argument: str | None) -> str:
    """Where the store is: the argument, else HANDTUNE_STORE, else the default path."""
    return argument or os.environ.get("HANDTUNE_STORE") or DEFAULT


def shown(address: str) -> str:
    """The address as it may be shown: the password of a database URL is left out."""
    return re.sub(r"(://[^:/@]*):.*@", r"\1:***@", address)


class Store:
    """Reads and writes studies. `folder` is where its files lie (`runs/` beside the database).

    readonly: never creates anything; a missing database reads as an empty one.
    Raises UsageError for an address that no database answers, DataError for a file that is no store.
    """

    def __init__(self, address: str | None = None, *, readonly: bool = False) -> None:
        address = location(address)
        is_url = "://" in address
        self.address = shown(address)
        path = None if is_url else Path(address).expanduser().resolve()
        self.folder = path.parent if path else Path("runs").resolve()
        self.missing = path is not None and readonly and not path.exists()
        if path and path.is_dir():
            raise UsageError(f"the store must be a file or a database URL, and {path} is a folder")
        url = address if is_url else f"sqlite:///{path}"
        if self.missing:
            url = NOTHING
        elif path and not readonly:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UsageError(
                    f"the store's folder {path.parent} cannot be made: {error.strerror}"
                ) from error
        try:
            self.engine = open_engine(url, readonly)
            # A writer that has opened the file and made no table yet leaves nothing to read.
            if not prepare(self.engine, self.address, readonly=readonly, empty=self.missing):
                self.missing = True
                self.engine = open_engine(NOTHING)
                prepare(self.engine, self.address, readonly=True, empty=True)
        except DataError:
            raise
        except (ArgumentError, NoSuchModuleError, ModuleNotFoundError, ValueError) as error:
            # The library's own message would repeat the URL, password and all.
            raise UsageError(
                f"--store takes a path or an SQLAlchemy URL whose driver is installed; {self.address!r} is neither "
                f"({type(error).__name__})"
            ) from None
        except DatabaseError as error:
            raise DataError(
                f"{self.address} is not a Handtune store, or cannot be opened: {error.orig}"
            ) from error

    def close(self) -> None:
        self.engine.dispose()

    # Writing -------------------------------------------------------------------------------------

    def create_study(self, study: StudyRecord, systems: Sequence[SystemRecord]) -> None:
        """Raises UsageError where the name is taken."""
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(schema.studies).values(**_row(study)))
                connection.execute(insert(schema.systems), [_system_row(system) for system in systems])
                connection.execute(
                    insert(schema.searches),
                    [
                        {"study": system.study, "system": system.label} | _row(search)
                        for system in systems
                        for search in system.searches
                    ],
                )
        except IntegrityError as error:
            raise UsageError(
                f"a study called {study.name!r} is in {self.address} already; "
                f"continue it with --resume {study.name} or choose another --study name"
            ) from error

    def update_study(self, name: str, **values: Any) -> None:
        self._update(schema.studies, {"name": name}, values)

    def beat(self, name: str) -> None:
        """Tells readers that the study's process is alive."""
        self.update_study(name, heartbeat=time.time())

    def update_search(self, study: str, system: str, repeat: int, **values: Any) -> None:
        self._update(schema.searches, {"study": study, "system": system, "repeat": repeat}, values)

    def add_trial(self, trial: TrialRecord) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(schema.trials).values(**_row(trial)))

    def finish_trial(self, trial: TrialRecord) -> None:
        """Writes the outcome of a running trial. A finished trial is never overwritten."""
        row = _row(trial)
        with self.engine.begin() as connection:
            changed = connection.execute(
                update(schema.trials)
                .where(
                    schema.trials.c.study == trial.study,
                    schema.trials.c.system == trial.system,
                    schema.trials.c.repeat == trial.repeat,
                    schema.trials.c.number == trial.number,
                    schema.trials.c.state == TrialState.RUNNING,
                )
                .values(**row)
            ).rowcount
        if changed != 1:
            raise RuntimeError(f"trial {trial.number} of {trial.system} was finished before")

    def restart_trial(self, trial: TrialRecord) -> None:
        """Forgets the half-trained epochs of a trial that was cut off, before it runs again."""
        with self.engine.begin() as connection:
            connection.execute(
                delete(schema.epochs).where(
                    schema.epochs.c.study == trial.study,
                    schema.epochs.c.system == trial.system,
                    schema.epochs.c.repeat == trial.repeat,
                    schema.epochs.c.trial == trial.number,
                )
            )

    def add_epoch(self, study: str, record: EpochRecord) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(schema.epochs).values(study=study, **asdict(record)))

    def add_score(self, score: ScoreRecord) -> None:
        with self.engine.begin() as connection:
            connection.execute(insert(schema.scores).values(**_row(score)))

    def add_bayes(self, *records: BayesRecord) -> None:
        """All or none of them, so that a split never has half of its estimates."""
        with self.engine.begin() as connection:
            connection.execute(insert(schema.bayes), [_row(record) for record in records])

    def add_insight(self, study: str, system: str, kind: str, content: Mapping[str, Any]) -> None:
        """Writes what was computed from the trials of a system, in place of an earlier one of that kind."""
        table = schema.insights
        key = {"study": study, "system": system, "kind": kind}
        with self.engine.begin() as connection:
            connection.execute(delete(table).where(*(table.c[name] == value for name, value in key.items())))
            connection.execute(insert(table).values(**key, content=dict(content)))

    def _update(self, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        with self.engine.begin() as connection:
            where = [table.c[column] == value for column, value in key.items()]
            connection.execute(update(table).where(*where).values(**values))

    # Reading -------------------------------------------------------------------------------------

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


def now() -> str:
    """The present moment in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(record: Any) -> dict[str, Any]:
    return asdict(record)


def _system_row(system: SystemRecord) -> dict[str, Any]:
    row = _row(system)
    del row["searches"]  # rows of their own
    return row


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
