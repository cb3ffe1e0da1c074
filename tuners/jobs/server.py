"""The server: starts what waits, ends what was cancelled, writes down how it went."""

from __future__ import annotations

import shlex
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from datasets.errors import DataError, UsageError
from tuners import logs, schema
from tuners.jobs import seat
from tuners.jobs.process import Process, log_of, stop_orphans
from tuners.jobs.queue import Queue
from tuners.jobs.record import OPEN, Job, JobState
from tuners.record import StudyRecord, StudyState
from tuners.store import Store, shown

#: Seconds between two looks at the queue.
POLL = 0.3

CANCELLED = "Cancelled; nothing that was finished is lost."
VANISHED = (
    "Its process ended without a word, as when the machine is restarted or runs out of memory. Nothing that was "
    "finished is lost."
)
KILLED = (
    "Its process was ended by the system (signal {number}), most likely because memory ran out. Nothing that was "
    "finished is lost."
)
BUSY = "Waits: another process runs this study, or ran it until a moment ago."

#: What keeps a server that has nothing to do.
OPEN_JOBS = select(schema.jobs.c.token).where(schema.jobs.c.state.in_(OPEN))

Say = Callable[[str], None]


class Server:
    """Runs the jobs of one store. limit: how many at once; idle: seconds without a job after which it ends."""

    def __init__(self, location: str, limit: int, idle: float, say: Say) -> None:
        self.location = location
        self.store = Store(location)
        self.queue = Queue(self.store)
        self.limit = limit
        self.idle = idle
        self.say = say
        self.running: dict[str, Process] = {}
        self._left: list[Job] = []
        self._ending = threading.Event()

    def run(self) -> bool:
        """Serves until nothing was asked for in a while, or until SIGTERM or Ctrl-C. False where another serves."""
        ours, before = seat.take(self.store)
        if not ours:
            return False
        handlers = {
            number: signal.signal(number, self._end)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
        }
        ours = True
        try:
            self._recover(here=before is None or before.host == seat.this_host())
            ours = self._serve()
        finally:
            self._stop_all(write=ours)
            seat.leave(self.store)
            for number, handler in handlers.items():
                signal.signal(number, handler)
        return True

    def _end(self, number: int, frame: object) -> None:
        self._ending.set()

    # The loop ------------------------------------------------------------------------------------

    def _serve(self) -> bool:
        """False where another server took the seat meanwhile."""
        last_job = last_beat = time.monotonic()
        while not self._ending.wait(POLL):
            try:
                if time.monotonic() - last_beat >= seat.BEAT:
                    last_beat = time.monotonic()
                    self._shorten_logs()
                    if not seat.beat(self.store):
                        self.say("another server has taken over; this one ends")
                        return False
                jobs = {job.token: job for job in self.queue.jobs()}
                self._look_after(jobs)
                self._recover_rest()
                self._start_next()
                if self.running or self._left:
                    last_job = time.monotonic()
                if time.monotonic() - last_job > self.idle and seat.leave(self.store, unless=OPEN_JOBS):
                    self.say("nothing to do; it starts again with the next job")
                    return True
            except SQLAlchemyError as error:  # a database that is restarted, a disk that is full
                self.say(
                    f"the store does not answer, so the next look is later: {getattr(error, 'orig', error)}"
                )
                self._ending.wait(seat.BEAT)
        return True

    def _shorten_logs(self) -> None:
        logs.shorten(self.store.folder / logs.JOBS_SERVER)
        for process in self.running.values():
            process.shorten_log()

    def _look_after(self, jobs: dict[str, Job]) -> None:
        """Ends what was cancelled and writes down what has ended."""
        for token, process in list(self.running.items()):
            job = jobs.get(
                token
            )  # None in a store that was emptied or made anew: nobody asks for it any more
            if (job is None or job.cancel) and not process.stopping:
                process.stop()
            code = process.poll()
            if code is not None:
                if job is not None:
                    self._end_job(job, process, code)
                del self.running[token]

    def _end_job(self, job: Job, process: Process, code: int) -> None:
        """Writes down how it went. A study that was finished before the signal came is done."""
        self._close_study(job, code)
        study = self._study(job) if code < 0 else None
        if study is not None and study.state == StudyState.FINISHED:
            code = 0
        state, message = outcome(code, job.cancel, process.last_words())
        self.queue.end(job.token, state, code, message)
        self.say(f"{job.study}: {state}" + (f" ({message})" if message else ""))

    def _start_next(self) -> None:
        """Starts what waits, in order; a study that another process runs lets the next one pass."""
        for job in self.queue.waiting():
            if len(self.running) >= self.limit:
                return
            study = self._study(job)
            if study is not None and study.state == StudyState.RUNNING:
                if job.message != BUSY:
                    self.queue.note(job.token, message=BUSY)
                continue
            if self.queue.begin(job.token):
                self._start(job, exists=study is not None)

    def _start(self, job: Job, exists: bool) -> None:
        try:
            process = Process(job, exists, self.location, log_of(self.store, job.token))
        except OSError as error:
            self.queue.end(
                job.token, JobState.FAILED, None, f"It could not be started: {error.strerror or error}."
            )
            return
        self.running[job.token] = process
        server = self.store.folder / logs.JOBS_SERVER
        logs.delete_old(server.parent, {server, *(one.log for one in self.running.values())})
        self.queue.note(job.token, pid=process.pid)
        self.say(f"{job.study}: started")

    def _study(self, job: Job) -> StudyRecord | None:
        """The study of a job; None while there is none, and where a search from elsewhere has its name."""
        named = (study for study in self.store.studies() if study.name == job.study)
        return next((study for study in named if is_of(job, study)), None)

    def _close_study(self, job: Job, code: int) -> None:
        """Marks the study of a process that a signal ended before it could do so itself; else it would count as
        running until its silence is noticed."""
        study = self._study(job) if code < 0 else None
        if study is not None and study.state == StudyState.RUNNING:
            self.store.update_study(job.study, state=StudyState.INTERRUPTED)

    # Beginning and end ---------------------------------------------------------------------------

    def _recover(self, here: bool) -> None:
        """What an earlier server left running. here: it was one of this machine, so its jobs are too."""
        self._left = [job for job in self.queue.jobs() if job.state == JobState.RUNNING]
        self._recover_rest(here)

    def _recover_rest(self, here: bool = False) -> None:
        for job in list(self._left):
            orphaned = stop_orphans(job.token)
            study = self._study(job)
            state = study.state if study is not None else StudyState.INTERRUPTED
            if state == StudyState.RUNNING and not (here or orphaned):
                continue  # it may run on another machine, for all that can be seen from here
            self._left.remove(job)
            self._close_study(job, -signal.SIGKILL)
            cancelled = job.cancel
            if orphaned and not cancelled and state != StudyState.FINISHED:
                if self.queue.put_back(job.token):
                    self.say(f"{job.study}: its server died; it was stopped, and goes on from where it was")
                    continue
                cancelled = True
            ended, message = ending(state, study.note if study is not None else "")
            if cancelled and ended == JobState.FAILED:
                ended, message = JobState.CANCELLED, CANCELLED
            self.queue.end(job.token, ended, None, message)
            self.say(f"{job.study}: found {ended}")

    def _stop_all(self, write: bool) -> None:
        """Ends what runs, in order. write: it waits for the next server; else that is another's to say."""
        for process in self.running.values():
            process.stop()
        codes = {token: process.wait() for token, process in self.running.items()}
        if write:
            jobs = {job.token: job for job in self.queue.jobs()}
            for token, code in codes.items():
                if token not in jobs:
                    continue
                self._close_study(jobs[token], code)
                interrupted = outcome(code, False, "")[0] == JobState.CANCELLED
                if not (interrupted and self.queue.put_back(token)):
                    ended = replace(jobs[token], cancel=jobs[token].cancel or interrupted)
                    self._end_job(ended, self.running[token], code)
        self.running.clear()


def is_of(job: Job, study: StudyRecord) -> bool:
    """Whether a study of a job's name was begun by its words; a job without words goes on with any."""
    return shlex.join(map(shown, job.arguments)) in study.command


def outcome(code: int, cancelled: bool, last_words: str) -> tuple[JobState, str]:
    """State and message of a job whose process ended. code: as `tuners/run.py` has them, negative for a signal."""
    if code == 0:
        return JobState.DONE, ""
    if cancelled and code not in (2, 3, 4):
        return JobState.CANCELLED, CANCELLED
    if code == 130 or code == -signal.SIGTERM:
        return JobState.CANCELLED, "Interrupted by somebody else; nothing that was finished is lost."
    if code < 0:
        return JobState.FAILED, KILLED.format(number=-code)
    return JobState.FAILED, last_words or f"It ended with exit code {code} and said nothing."


def ending(state: StudyState, note: str) -> tuple[JobState, str]:
    """The same for a process that ended unseen, from the state of its study."""
    if state == StudyState.FINISHED:
        return JobState.DONE, ""
    if state == StudyState.FAILED:
        return JobState.FAILED, note or VANISHED
    return JobState.FAILED, VANISHED


def serve(location: str, limit: int, idle: float, say: Say) -> bool:
    """Runs a server for the store. False where another one serves it.

    Raises UsageError for a useless limit, DataError where the store does not answer when it begins or ends.
    """
    if limit < 1:
        raise UsageError(f"at least one job must be allowed to run, not {limit}")
    try:
        return Server(location, limit, idle, say).run()
    except SQLAlchemyError as error:
        raise DataError(
            f"the store {shown(location)} does not answer: {getattr(error, 'orig', None) or error}. "
            "What runs was ended in order; start the server again when the store is back"
        ) from error
