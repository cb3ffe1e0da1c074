"""How a store's database is opened, made, and brought up from an older format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, inspect, select, text, update
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.pool import StaticPool

from datasets.errors import DataError
from tuners import schema
from tuners.contest import tables as contest_tables

#: The address of an empty store in memory.
NOTHING = "sqlite://"

#: What lets one transaction alone go on, by dialect; its end ends that.
ALONE = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(7203021)"}


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """A transaction beside which no other one of these goes on, in any process: what it reads stays true until it has
    written. PostgreSQL would let two that do not change the same row pass each other, and SQLite one that reads first."""
    with engine.begin() as connection:
        if lock := ALONE.get(engine.dialect.name):
            connection.exec_driver_sql(lock)
        yield connection


def open_engine(url: str, readonly: bool = False) -> Engine:
    """An engine for a database URL. readonly: it sets nothing that the file would keep."""
    if url == NOTHING:  # an empty store in memory, one for all threads of a dashboard
        return create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    # Tested before use: a server that was restarted ends no study and no dashboard.
    engine = create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _configure(connection: Any, _: Any) -> None:
            connection.execute("PRAGMA busy_timeout=30000")
            if not readonly:
                # Readers never block the writer, and a killed process loses no committed trial. The file
                # keeps the mode; a reader that set it could meet a writer that makes the file.
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("PRAGMA synchronous=NORMAL")
                # What somebody withdrew is not to be found in the file. Some builds of SQLite do this, some do not.
                connection.execute("PRAGMA secure_delete=ON")

    return engine


def prepare(engine: Engine, address: str, *, readonly: bool, empty: bool) -> bool:
    """Makes the tables where there are none, or adds what an older format lacks.

    empty: the store is one in memory that stands for a missing file. False where it is to be read only and a
    writer has opened the file and made no table yet. Raises DataError for what is no store of this version.
    """
    tables = inspect(engine).get_table_names()
    if "meta" not in tables:
        if readonly and tables:
            raise DataError(f"{address} is a database, but not a Handtune store")
        if readonly and not empty:
            return False
        _create(engine)
        return True
    with engine.connect() as connection:
        found = connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == "version")).scalar()
    if found in ("1", "2", "3"):
        _add_columns(engine, (schema.ADDED_IN_2 if found == "1" else ()) + schema.ADDED_IN_4)
        _raise_version(engine)
    elif found != str(schema.VERSION):
        raise DataError(
            f"{address} was written by another version (store format {found}, this one reads "
            f"{schema.VERSION}); choose another file with --store"
        )
    if not readonly:
        of_contests = contest_tables.LATER if contest_tables.contests.name in tables else ()
        for table in (*schema.LATER, *of_contests):
            if table.name not in tables:
                _add_table(engine, table)
    return True


def _create(engine: Engine) -> None:
    """All tables or none, and by one process at a time: nobody ever sees a store that is half made."""
    with suppress(IntegrityError), alone(engine) as connection:  # another process was first
        schema.metadata.create_all(connection)
        connection.execute(insert(schema.meta).values(key="version", value=str(schema.VERSION)))


def _add_table(engine: Engine, table: Table) -> None:
    """Adds what an older store lacks; another process may be doing the same at this moment."""
    with suppress(DatabaseError):
        table.create(engine, checkfirst=True)


def _add_columns(engine: Engine, added: Iterable[tuple[str, str]]) -> None:
    """Adds what an older store lacks; another process may be doing the same at this moment."""
    for table, name in added:
        column = schema.metadata.tables[table].c[name]
        kind = column.type.compile(engine.dialect)
        with suppress(DatabaseError), engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {table} ADD COLUMN {name} {kind}"))


def _raise_version(engine: Engine) -> None:
    """Makes room for several searches of a system where there is none yet. All of it or nothing, and by
    one process alone."""
    with engine.begin() as connection:
        mine = connection.execute(
            update(schema.meta)
            .where(schema.meta.c.key == "version", schema.meta.c.value != str(schema.VERSION))
            .values(value=str(schema.VERSION))
        ).rowcount
        if not mine or inspect(connection).has_table(schema.searches.name):
            return
        for name in schema.REKEYED_IN_3:
            connection.execute(text(f"ALTER TABLE {name} RENAME TO {name}_old"))
        schema.metadata.create_all(connection)
        for name in schema.REKEYED_IN_3:
            kept = [column.name for column in schema.metadata.tables[name].columns if column.name != "repeat"]
            zero = "repeat" in schema.metadata.tables[name].c
            target, source = ", ".join(kept), ", ".join(kept)
            if zero:
                target, source = f"{target}, repeat", f"{source}, 0"
            connection.execute(text(f"INSERT INTO {name} ({target}) SELECT {source} FROM {name}_old"))
        connection.execute(
            text(
                "INSERT INTO searches (study, system, repeat, state, overhead, selected, note) "
                "SELECT study, label, 0, state, overhead, selected, note FROM systems_old"
            )
        )
        for name in schema.REKEYED_IN_3:
            connection.execute(text(f"DROP TABLE {name}_old"))
