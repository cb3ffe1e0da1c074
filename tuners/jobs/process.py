"""The process of a job: how it is started, stopped and found again, and what it said in the end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from tuners import logs
from tuners.jobs.record import Job
from tuners.store import Store

ROOT = Path(__file__).resolve().parents[2]

#: Names the job in the environment of its process and of all that it starts, so that they can be found again.
TOKEN = "HANDTUNE_JOB"

#: Seconds that a study has to end in order after SIGTERM, before it is killed.
GRACE = 15.0

#: Bytes at the end of a log in which its last words are looked for, and how many characters of them are kept.
TAIL, LONGEST = 20_000, 600

#: Colours of terminals.
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def run_command(arguments: Sequence[str]) -> list[str]:
    """The command as this Python runs it. No shell reads it."""
    return [sys.executable, str(ROOT / "tuners" / "run.py"), *arguments]


def study_arguments(job: Job, exists: bool) -> list[str]:
    """What `tuners/run.py` is given. exists: the store has a study that this job began or goes on with."""
    if not job.arguments or (exists and job.started is not None):
        return ["--resume", job.study]
    return [*job.arguments, "--study", job.study]


def log_of(store: Store, token: str) -> Path:
    """Where the output of a job goes."""
    return store.folder / "jobs" / f"{token}.log"


class Process:
    """A running job. Its output goes to `log`, behind what earlier runs of the job wrote there."""

    def __init__(self, job: Job, exists: bool, location: str, log: Path) -> None:
        """location: path or URL of the store. Raises OSError where the process cannot be started."""
        environment = os.environ | {TOKEN: job.token, "PYTHONUNBUFFERED": "1"}
        words = study_arguments(job, exists)
        if "://" in location:  # it may hold a password, and command lines are open to every user
            environment["HANDTUNE_STORE"] = location
        else:
            words += ["--store", location]
        self.token = job.token
        self.log = log
        self._asked: float | None = None
        with logs.append(log) as out:
            self._start = out.tell()
            self._process = subprocess.Popen(
                run_command(words),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,  # a signal to the server is not one to its studies
            )
        self.pid = self._process.pid

    @property
    def stopping(self) -> bool:
        return self._asked is not None

    def poll(self) -> int | None:
        """Its exit code, negative for a signal; None while it runs. One that does not end is killed."""
        code = self._process.poll()
        if code is None and self._asked is not None and time.monotonic() - self._asked > GRACE:
            self.kill()
        if code is not None and code < 0:
            kill_all(self.token)  # what it had started and can end no more
        return code

    def wait(self) -> int:
        """Its exit code, once it has one."""
        while (code := self.poll()) is None:
            time.sleep(0.05)
        return code

    def stop(self) -> None:
        """Asks it to end: the study is left interrupted, with nothing lost. Its workers are its own to end."""
        if self._asked is None:
            self._asked = time.monotonic()
            self._process.terminate()

    def kill(self) -> None:
        """Ends it and everything that it started, at once."""
        self._process.kill()
        kill_all(self.token)

    def shorten_log(self) -> None:
        """Keeps its log small while it runs."""
        self._start = max(0, self._start - logs.shorten(self.log))

    def last_words(self) -> str:
        """What it printed in the end: its error, else its last line."""
        return last_words(self.log, self._start)


def last_words(log: Path, start: int = 0) -> str:
    """The error that a log ends with, else its last line; "" where there is none. start: byte to begin at."""
    try:
        with log.open("rb") as file:
            file.seek(max(start, log.stat().st_size - TAIL))
            text = file.read().decode(errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in COLOURS.sub("", text).splitlines() if line.strip()]
    errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
    return "\n".join(errors or lines[-1:])[:LONGEST]


def processes_of(token: str) -> list[psutil.Process]:
    """All processes of a job on this machine, found by their environment; the oldest first."""
    return sorted(_with_token(token), key=lambda process: process.create_time())


def stop_orphans(token: str) -> bool:
    """Ends what is left of a job whose server is dead: in order, or after `GRACE` seconds by force.

    Returns whether there was anything.
    """
    found = processes_of(token)
    if not found:
        return False
    with suppress(psutil.Error):
        found[0].send_signal(signal.SIGTERM)  # the study itself; the others are its workers
    psutil.wait_procs(found, timeout=GRACE)
    kill_all(token)
    return True


def kill_all(token: str) -> None:
    """Kills whatever carries the token."""
    for process in processes_of(token):
        with suppress(psutil.Error):
            process.kill()


def _with_token(token: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):  # another user's, or gone this moment
            if process.status() != psutil.STATUS_ZOMBIE and process.environ().get(TOKEN) == token:
                yield process
