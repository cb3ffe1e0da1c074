"""After a withdrawal: no remains in the file either.

A deleted row is gone from the table, but its bytes stay in SQLite's file until something is written over them. Connections
that write overwrite what they delete (`PRAGMA secure_delete`, see `tuners.store_format`); older versions of the same pages
are in the write-ahead log until it is copied into the file and emptied, which is done here.
Of backups and of copies on a file system that keeps versions nothing can be said here, and PostgreSQL has its own vacuum.
"""

from __future__ import annotations

from tuners.store import Store

#: Milliseconds to wait for readers of the old state; pages read for far less.
PATIENCE = 5000


def empty_log(store: Store) -> bool:
    """Copies the write-ahead log into the file and empties it. False where somebody read for so long that it could not be
    emptied; it is then once they have ended, or with the next call."""
    if store.engine.dialect.name != "sqlite":
        return True
    with store.engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE}")
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        connection.exec_driver_sql(f"PRAGMA busy_timeout={before}")
    return busy == 0
