"""Searches that are asked for on a page: rows in the queue, a server that is woken, and how a job stands.

Pages never run anything. They open the store for writing only to write such a row.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Sequence
from contextlib import closing

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard import messages, reading, servers
from dashboard.contest import doors
from datasets.errors import DataError, HandtuneError, UsageError
from tuners import logs
from tuners.jobs import seat
from tuners.jobs.queue import Queue
from tuners.jobs.record import OPEN, Job
from tuners.store import Store, location

#: What runs them.
SERVER = servers.Kind(seat.JOBS, ("tuners.jobs",), logs.JOBS_SERVER, "runs searches")


def start(study: str, arguments: Sequence[str], token: str) -> None:
    """Asks for a run of `tuners/run.py`; a token that asked before changes nothing.

    No arguments: go on with a stored study. Raises UsageError for what is no search (`tuners.jobs.arguments`).
    """
    _write(lambda queue: queue.add(token, study, arguments))


def cancel(token: str) -> None:
    """Ends a job, or takes it out of the queue."""
    _write(lambda queue: queue.cancel(token))


def again(token: str) -> None:
    """Lets a job that was cut off go on, after those that wait."""
    _write(lambda queue: queue.again(token))


def jobs() -> list[Job]:
    """All jobs, newest first."""
    return _jobs(reading.source())


def job_of(study: str) -> Job | None:
    """The newest job of a study."""
    return next((job for job in jobs() if job.study == study), None)


def command(arguments: Sequence[str], study: str | None = None) -> str:
    """The command that does the same in a terminal: without arguments it goes on with the study, and without a study the
    run makes up a name."""
    words = [*arguments, *(["--study" if arguments else "--resume", study] if study else [])]
    return shlex.join(["python", "tuners/run.py", *words]) + messages.store_option()


def show(job: Job) -> None:
    """How a job stands and what can be done about it; it refreshes, and reruns the page when its state changes."""
    from dashboard.job_card import show_job

    show_job(job)


def wake() -> str:
    """Starts a server where jobs are open and none lives. A second one would end at once.

    Returns what is wrong, in plain words, where the last one did not come up; else "".
    """
    if not any(job.state in OPEN for job in jobs()):
        return ""
    return servers.wake(SERVER)


def attempt(action: Callable[[], None]) -> str:
    """Does something that writes; returns "" or, in plain words, why it could not be done."""
    try:
        action()
    except (HandtuneError, DataError) as error:
        return str(error)
    except (SQLAlchemyError, OSError) as error:
        if doors.shut():  # where files lie is nothing for a class
            print(error, file=sys.stderr)
            return "it could not be written; try again, and tell the instructor if it stays so"
        return f"the store {messages.address()} cannot be written: {getattr(error, 'orig', None) or error}"
    return ""


def _write(change: Callable[[Queue], object]) -> None:
    """Raises UsageError for a click on a page that was opened before the dashboard was closed: it comes before the page runs."""
    if doors.shut():
        raise UsageError(
            "the dashboard was closed meanwhile to all but the instructor; log in on the page Contest"
        )
    with closing(Store(location(None))) as store:
        change(Queue(store))
    _jobs.clear()
    wake()


@st.cache_data(ttl=reading.FRESH, show_spinner=False)
def _jobs(source: reading.Source) -> list[Job]:
    return Queue(reading.store()).jobs()
