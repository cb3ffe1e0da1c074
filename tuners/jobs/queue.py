"""The queue of jobs in the store, for those who ask and for the server that runs them.

Every change is one transaction that names the state it starts from, so that several pages and a server may do
what they like at once: who comes second changes nothing.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, insert, inspect, select, update

from datasets.errors import UsageError
from tuners import schema
from tuners.jobs.arguments import check
from tuners.jobs.record import FINAL_CODES, OPEN, Job, JobState
from tuners.store import Store, now
from tuners.store_format import alone

JOBS = schema.jobs

#: Characters that every database keeps of a token.
LONGEST_TOKEN = 40


def new_token() -> str:
    """A name for a request that nobody else draws."""
    return secrets.token_hex(16)


class Queue:
    """The jobs of a store. Reading works with a read-only store, and with an older one that has no queue yet."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def jobs(self) -> list[Job]:
        """All jobs, newest first."""
        if not inspect(self.store.engine).has_table(JOBS.name):
            return []
        with self.store.engine.connect() as connection:
            rows = connection.execute(select(JOBS).order_by(JOBS.c.place.desc(), JOBS.c.token)).mappings()
            return [_job(dict(row)) for row in rows]

    # What people ask for -------------------------------------------------------------------------

    def add(self, token: str, study: str, arguments: Sequence[str]) -> bool:
        """Asks for a run; False where this token asked before. No arguments: go on with a stored study.

        token: at most 40 characters.

        Raises UsageError where the arguments are no search or a job under that name waits or runs.
        """
        check(study, arguments)
        if len(token) > LONGEST_TOKEN:
            raise UsageError(
                f"a token has at most {LONGEST_TOKEN} characters, and {token!r} has {len(token)}"
            )
        row = {
            "token": token,
            "study": study,
            "arguments": list(arguments),
            "state": JobState.QUEUED,
            "created": now(),
            "cancel": 0,
            "message": "",
        }
        with alone(self.store.engine) as connection:  # the same click may come by way of another process
            if connection.execute(select(JOBS.c.token).where(JOBS.c.token == token)).first():
                return False
            same = select(JOBS.c.token).where(JOBS.c.study == study, JOBS.c.state.in_(OPEN))
            if connection.execute(same).first():
                raise UsageError(f"a search called {study!r} waits or runs already; choose another name")
            connection.execute(insert(JOBS).values(**row, place=_last_place()))
        return True

    def cancel(self, token: str) -> None:
        """Takes a waiting job out of the queue; asks the server to end a running one."""
        with self.store.engine.begin() as connection:
            waiting = {"state": JobState.CANCELLED, "finished": time.time(), "message": ""}
            connection.execute(
                update(JOBS).where(JOBS.c.token == token, JOBS.c.state == JobState.QUEUED).values(**waiting)
            )
            connection.execute(
                update(JOBS).where(JOBS.c.token == token, JOBS.c.state == JobState.RUNNING).values(cancel=1)
            )

    def again(self, token: str) -> None:
        """Puts a job that was cancelled, or failed for a reason that may pass, at the end of the queue.

        Raises UsageError where it would only fail again.
        """
        job = next((job for job in self.jobs() if job.token == token), None)
        if job is not None and job.state == JobState.FAILED and not job.resumable:
            raise UsageError(
                f"job {job.study} ended with exit code {job.exit_code}, and would end so again; start it with other settings"
            )
        with self.store.engine.begin() as connection:
            connection.execute(
                update(JOBS)
                .where(
                    JOBS.c.token == token,
                    JOBS.c.state.in_((JobState.CANCELLED, JobState.FAILED)),
                    JOBS.c.exit_code.is_(None) | JOBS.c.exit_code.not_in(FINAL_CODES),
                )
                .values(**_fresh(), place=_last_place())
            )

    # What the server does ------------------------------------------------------------------------

    def waiting(self) -> list[Job]:
        """Jobs that wait, the next one first."""
        return [job for job in reversed(self.jobs()) if job.state == JobState.QUEUED]

    def begin(self, token: str) -> bool:
        """Takes a job to run; False where it was cancelled this moment."""
        values = {"state": JobState.RUNNING, "started": time.time(), "message": ""}
        return self._change(token, JobState.QUEUED, values)

    def note(self, token: str, **values: Any) -> None:
        """Writes what is known of an open job: its process, what it waits for."""
        with self.store.engine.begin() as connection:
            connection.execute(
                update(JOBS).where(JOBS.c.token == token, JOBS.c.state.in_(OPEN)).values(**values)
            )

    def end(self, token: str, state: JobState, exit_code: int | None, message: str) -> None:
        """Writes how a running job ended."""
        values = {"state": state, "finished": time.time(), "exit_code": exit_code, "message": message}
        self._change(token, JobState.RUNNING, values)

    def put_back(self, token: str) -> bool:
        """Lets a running job wait again at its old place: not the job ended, but what ran it. False where it was cancelled
        meanwhile."""
        return self._change(token, JobState.RUNNING, _fresh(), JOBS.c.cancel == 0)

    def _change(
        self, token: str, state: JobState, values: dict[str, Any], *where: ColumnElement[bool]
    ) -> bool:
        with self.store.engine.begin() as connection:
            changed = connection.execute(
                update(JOBS).where(JOBS.c.token == token, JOBS.c.state == state, *where).values(**values)
            )
        return bool(changed.rowcount)


def _fresh() -> dict[str, Any]:
    """A job as it waits; when it was started last stays, as it tells that there may be something to go on with."""
    return {
        "state": JobState.QUEUED,
        "finished": None,
        "pid": None,
        "cancel": 0,
        "exit_code": None,
        "message": "",
    }


def _last_place() -> Any:
    earlier = JOBS.alias("earlier")  # else an update would take it for the row that it changes
    return select(func.coalesce(func.max(earlier.c.place), 0) + 1).scalar_subquery()


def _job(row: dict[str, Any]) -> Job:
    return Job(
        **row
        | {
            "arguments": tuple(row["arguments"]),
            "state": JobState(row["state"]),
            "cancel": bool(row["cancel"]),
        }
    )
