"""Searches that are asked for on a page: rows in the queue, a server that is woken, and how a job stands.

Pages never run anything. They open the store for writing only to write such a row.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from dashboard import messages, reading
from dashboard.contest import doors
from datasets.errors import DataError, HandtuneError
from tuners.jobs import seat
from tuners.jobs.process import ROOT, last_words
from tuners.jobs.queue import Queue
from tuners.jobs.record import OPEN, Job
from tuners.store import Store, location

#: Seconds for which a server that was just started may be on its way.
ON_ITS_WAY = 15.0


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
    found = seat.holder(reading.store())
    address, woken = location(None), _woken()
    if found is not None and found.alive:
        woken.pop(address, None)
        return ""
    log = reading.store().folder / "jobs" / "server.log"
    if time.monotonic() - woken.get(address, -ON_ITS_WAY) < ON_ITS_WAY:
        return ""
    trouble = f"The process that runs searches does not start: {last_words(log)}" if address in woken else ""
    woken[address] = time.monotonic()
    where = address if "://" in address else str(Path(address).expanduser().resolve())
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        subprocess.Popen(
            [sys.executable, "-m", "tuners.jobs"],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"HANDTUNE_STORE": where, "PYTHONPATH": path},
            start_new_session=True,  # searches go on when the dashboard is ended
        )
    return trouble


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
    with closing(Store(location(None))) as store:
        change(Queue(store))
    _jobs.clear()
    wake()


@st.cache_resource(show_spinner=False)
def _woken() -> dict[str, float]:
    """By store, when this dashboard started a server last."""
    return {}


@st.cache_data(ttl=reading.FRESH, show_spinner=False)
def _jobs(source: reading.Source) -> list[Job]:
    return Queue(reading.store()).jobs()
