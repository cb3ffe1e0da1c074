"""Optuna's storages, and trials into them many at once.

Optuna itself adds a trial to a database by some forty queries and to a journal by a file that waits for the disk, which
takes minutes for thousands of trials.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from optuna.distributions import distribution_to_json
from optuna.storages import BaseStorage, JournalStorage, RDBStorage
from optuna.storages.journal import JournalFileBackend
from optuna.study import Study, delete_study
from optuna.trial import FrozenTrial
from sqlalchemy import MetaData, delete, event, insert, select

from tuners.exporter import database

#: Every error is a number; Optuna marks those that are not.
FINITE = "FINITE"

#: Tables whose rows belong to trials.
PARTS = ("trial_values", "trial_params", "trial_user_attributes", "trial_intermediate_values")


@dataclass(frozen=True)
class Target:
    """A storage that an export writes into.

    add: puts trials into a study that has none, all of them or none. delete: removes the study of that name.
    """

    storage: BaseStorage
    address: str
    add: Callable[[Study, Sequence[FrozenTrial]], None]
    delete: Callable[[str], None]


def target(out: str) -> Target:
    """What `out` names, made where it is missing. Raises UsageError for a file that is something else."""
    if out.endswith(".journal"):
        journal = _Journal(out)
        kept = JournalStorage(journal)
        return Target(kept, out, journal.add, lambda name: delete_study(study_name=name, storage=kept))
    address = database(out, {"version_info", "trial_values"}, "storage of Optuna")
    storage = RDBStorage(address)
    if storage.engine.dialect.name == "sqlite":
        _without_waiting(storage)
    return Target(storage, address, partial(_into_tables, storage), partial(_delete, storage))


class _Journal(JournalFileBackend):
    """A journal that can take many entries at once."""

    #: Entries that are to be written together, and those of them that the storage has not read back yet.
    _waiting: list[dict[str, Any]] | None = None
    _unread: Sequence[dict[str, Any]] = ()

    def read_logs(self, log_number_from: int) -> Generator[dict[str, Any], None, None]:
        if self._waiting is None:
            yield from super().read_logs(log_number_from)
        else:
            yield from self._unread

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        if self._waiting is None:
            super().append_logs(logs)
        else:
            self._waiting += logs
            self._unread = logs

    def add(self, study: Study, trials: Sequence[FrozenTrial]) -> None:
        """Trials may come after what somebody else writes meanwhile: an entry of one names nothing but its study."""
        gathered: list[dict[str, Any]] = []
        self._waiting = gathered
        try:
            study.add_trials(trials)
        finally:
            self._waiting = None
        self.append_logs(gathered)


def _without_waiting(storage: RDBStorage) -> None:
    """Optuna commits whatever it writes, and each time waits for the disk: an export can be repeated."""
    storage.engine.dispose()

    @event.listens_for(storage.engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA synchronous=OFF")


def _into_tables(storage: RDBStorage, study: Study, trials: Sequence[FrozenTrial]) -> None:
    """The rows that Optuna would write, into the tables as it has made them."""
    metadata = MetaData()
    with storage.engine.begin() as connection:
        metadata.reflect(connection, only=("trials", *PARTS))
        table = metadata.tables["trials"]
        place = storage.get_study_id_from_name(study.study_name)
        rows = [
            {
                "study_id": place,
                "number": number,
                "state": trial.state.name,
                "datetime_start": trial.datetime_start,
                "datetime_complete": trial.datetime_complete,
            }
            for number, trial in enumerate(trials)
        ]
        connection.execute(insert(table), rows)
        made = select(table.c.trial_id).where(table.c.study_id == place).order_by(table.c.number)
        ids = connection.execute(made).scalars().all()
        for name in PARTS:
            rows = [
                {"trial_id": key} | row
                for key, trial in zip(ids, trials, strict=True)
                for row in _rows(name, trial)
            ]
            if rows:
                connection.execute(insert(metadata.tables[name]), rows)


def _delete(storage: RDBStorage, name: str) -> None:
    """Its trials first, all at once: Optuna would look for what belongs to each of them."""
    metadata = MetaData()
    with storage.engine.begin() as connection:
        metadata.reflect(connection)
        trials = metadata.tables["trials"]
        mine = trials.c.study_id == storage.get_study_id_from_name(name)
        for table in metadata.tables.values():
            if any(key.column.table is trials for key in table.foreign_keys):
                connection.execute(
                    delete(table).where(table.c.trial_id.in_(select(trials.c.trial_id).where(mine)))
                )
        connection.execute(delete(trials).where(mine))
    delete_study(study_name=name, storage=storage)


def _rows(table: str, trial: FrozenTrial) -> list[dict[str, Any]]:
    """What one of the tables holds of a trial."""
    match table:
        case "trial_values":
            if trial.value is None:
                return []
            return [{"objective": 0, "value": trial.value, "value_type": FINITE}]
        case "trial_params":
            return [
                {
                    "param_name": name,
                    "param_value": distribution.to_internal_repr(trial.params[name]),
                    "distribution_json": distribution_to_json(distribution),
                }
                for name, distribution in trial.distributions.items()
            ]
        case "trial_user_attributes":
            return [{"key": key, "value_json": json.dumps(value)} for key, value in trial.user_attrs.items()]
        case _:
            return [
                {"step": step, "intermediate_value": value, "intermediate_value_type": FINITE}
                for step, value in trial.intermediate_values.items()
            ]
