"""Files into which processes print, and how they stay small.

A process that prints holds its file open for appending, so a file is shortened where it lies: its end is read and
written anew. What is printed at that very moment may be lost, which a log can bear.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

#: Bytes that a log may have, and how many of its last ones are kept where it has more.
LONGEST, KEPT = 1_000_000, 500_000

#: Logs of one folder that are kept, the newest ones.
MOST = 100

#: Below a store's folder: what the server of jobs prints, that of contests, and the latter's workers.
JOBS_SERVER = "jobs/server.log"
CONTESTS_SERVER = "contests/server.log"
CONTESTS_WORKERS = "contests/workers.log"


def append(log: Path) -> BinaryIO:
    """The log, open for a process to print into; made where it is missing, shortened where it is too long."""
    log.parent.mkdir(parents=True, exist_ok=True)
    shorten(log)
    return log.open("ab")


def shorten(log: Path) -> int:
    """Leaves the last lines of a log that is too long, and says so in its first line. Returns by how many bytes."""
    with suppress(OSError):  # there is none, or its disk is full: no reason to stop what prints
        length = log.stat().st_size
        if length > LONGEST:
            with log.open("rb") as file:
                file.seek(-KEPT, os.SEEK_END)
                _, _, lines = file.read().partition(b"\n")
            os.truncate(log, 0)
            kept = b"(earlier lines were deleted to keep this log small)\n" + lines
            with log.open("ab") as file:
                file.write(kept)
            return length - len(kept)
    return 0


def delete_old(folder: Path, besides: Collection[Path]) -> None:
    """Deletes the logs of a folder beyond the newest ones. besides: those that stay in any case."""
    found = sorted(set(folder.glob("*.log")) - set(besides), key=_changed, reverse=True)
    for log in found[MOST:]:
        log.unlink(missing_ok=True)


def _changed(log: Path) -> float:
    with suppress(OSError):  # another process has deleted it
        return log.stat().st_mtime
    return 0.0
