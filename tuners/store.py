"""The store: one writer per study, many readers, finished trials never change.

SQLAlchemy Core over SQLite in write-ahead mode by default, or any SQLAlchemy URL. Large arrays
(surfaces, weights) lie as .npz files beside the database, named by the records.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Table,
    delete,
    insert,
    update,
)
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError

from datasets.errors import DataError, UsageError
from tuners import schema
from tuners.record import (
    BayesRecord,
    EpochRecord,
    ScoreRecord,
    StudyRecord,
    SystemRecord,
    TrialRecord,
    TrialState,
)
from tuners.store_format import NOTHING, open_engine, prepare
from tuners.store_reading import StoreReading

DEFAULT = "runs/handtune.sqlite"


def location(argument: str | None) -> str:
    """Where the store is: the argument, else HANDTUNE_STORE, else the default path."""
    return argument or os.environ.get("HANDTUNE_STORE") or DEFAULT


def shown(address: str) -> str:
    """The address as it may be shown: the password of a database URL is left out."""
    return re.sub(r"(://[^:/@]*):.*@", r"\1:***@", address)


class Store(StoreReading):
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


def now() -> str:
    """The present moment in UTC, ISO 8601, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _row(record: Any) -> dict[str, Any]:
    return asdict(record)


def _system_row(system: SystemRecord) -> dict[str, Any]:
    row = _row(system)
    del row["searches"]  # rows of their own
    return row
