"""The places for servers that each store has, one of each kind: whoever holds it does that kind of work."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Connection, Select, delete, insert, inspect, select, update

from tuners import schema
from tuners.store import Store
from tuners.store_format import alone

#: Seconds between two signs of life, and after how many without one the server counts as dead: more than it
#: takes to stop the searches of another one.
BEAT, SILENCE = 1.0, 40.0

SERVERS = schema.job_servers

#: The rows: of who runs searches that were asked for (`tuners.jobs`), and of who runs contests (`tuners.contest`).
JOBS, CONTESTS = 1, 2


@dataclass(frozen=True)
class Holder:
    """The process that holds the seat. heartbeat: its last sign of life, seconds since 1970."""

    host: str
    pid: int
    heartbeat: float

    @property
    def alive(self) -> bool:
        """Whether it runs, as far as that can be told from here."""
        if time.time() - self.heartbeat > SILENCE:
            return False
        return self.host != this_host() or runs(self.pid)


@cache
def this_host() -> str:
    """This machine, and on Linux the container of it: process numbers mean something within it alone. A name that changes
    with the network, as that of a laptop may, is the one that this process had first."""
    name = socket.gethostname()[:80]
    with suppress(OSError):
        return f"{name}/{Path('/proc/self/ns/pid').stat().st_ino}"
    return name


def runs(pid: int) -> bool:
    """Whether there is such a process; one that ended and waits to be noticed is none."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def holder(store: Store, place: int = JOBS) -> Holder | None:
    """Who holds a seat, dead or alive; None where nobody does."""
    if not inspect(store.engine).has_table(SERVERS.name):
        return None
    with store.engine.connect() as connection:
        return _holder(connection, place)


def take(store: Store, place: int = JOBS) -> tuple[bool, Holder | None]:
    """Takes a seat where it is free or its holder is dead. Returns whether it is ours, and who held it."""
    with alone(store.engine) as connection:
        before = _holder(connection, place)
        if before is not None and before.alive:
            return False, before
        connection.execute(delete(SERVERS).where(SERVERS.c.place == place))
        connection.execute(
            insert(SERVERS).values(place=place, host=this_host(), pid=os.getpid(), heartbeat=time.time())
        )
    return True, before


def beat(store: Store, place: int = JOBS) -> bool:
    """A sign of life; False where another process has taken the seat meanwhile."""
    with store.engine.begin() as connection:
        changed = connection.execute(update(SERVERS).where(*_ours(place)).values(heartbeat=time.time()))
    return bool(changed.rowcount)


def leave(store: Store, place: int = JOBS, *, unless: Select[Any] | None = None) -> bool:
    """Gives the seat up; not where the query `unless` finds work that waits, which nobody would start otherwise."""
    with alone(store.engine) as connection:
        if unless is not None and connection.execute(unless).first():
            return False
        connection.execute(delete(SERVERS).where(*_ours(place)))
    return True


def _ours(place: int) -> tuple[Any, ...]:
    return SERVERS.c.place == place, SERVERS.c.host == this_host(), SERVERS.c.pid == os.getpid()


def _holder(connection: Connection, place: int) -> Holder | None:
    row = connection.execute(select(SERVERS).where(SERVERS.c.place == place)).mappings().first()
    return Holder(row["host"], row["pid"], row["heartbeat"]) if row else None
