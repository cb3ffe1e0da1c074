"""ray: trials as tasks of a Ray cluster; searchers and store stay in this process.

Without an address a Ray instance is started on this machine for the length of the study. A task whose
worker or node is lost is given out again once, from its beginning; lost twice, it has failed.
"""

from __future__ import annotations

import itertools
import logging
import math
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from datasets.cache import META
from datasets.errors import HandtuneError, UsageError
from tuners import logs
from tuners.engine import (
    Done,
    EnginePlugin,
    EpochDone,
    Event,
    Failed,
    Job,
    JobRunner,
    Restarted,
    ScoreJob,
    Started,
    TrainJob,
)
from tuners.engines.local import ENVIRONMENT
from tuners.ray_join import gpu_share, own_signals, probe
from tuners.record import TrialState

if TYPE_CHECKING:
    from tuners.ray_task import Files, Message

#: Attempts at a job whose workers are lost.
ATTEMPTS = 2

#: Bytes of shared memory of an instance on this machine, where the data are read from their own files.
OBJECT_STORE = 2**28

#: Set where tasks run, as it is set here: results depend on it.
PASSED_ON = ("KERAS_BACKEND",)


class LostCluster(HandtuneError):
    """The connection with the cluster has ended."""

    exit_code = 3


class RayEngine(EnginePlugin):
    name = "ray"
    title = "tasks of a Ray cluster (--address), or of a Ray instance on this machine"
    requires = ("ray",)

    def start(self, workers: int | None, log: str, address: str | None = None) -> JobRunner:
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        if address is not None:
            probe(address)
        import ray

        options: dict[str, Any] = {"address": address}
        if address is None:
            options = {
                "address": "local",
                "num_cpus": workers or os.cpu_count(),
                "include_dashboard": False,
                "object_store_memory": OBJECT_STORE,
            }
        _hush(Path(log))
        with own_signals():
            ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
        try:
            return RayRunner(workers, log, shown=address or "this machine")
        except BaseException:
            ray.shutdown()
            raise


@dataclass
class _Attempt:
    """A job under way. reference: the task, whose result says nothing but whether it was lost."""

    job: Job
    number: int
    reference: Any
    started: float
    epochs: int = 0


class RayRunner(JobRunner):
    """Tasks of the cluster that this process has joined. workers: the most tasks at once."""

    def __init__(self, workers: int | None, log: str, shown: str) -> None:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        from tuners.ray_task import Mailbox, run_job

        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        cpus = int(resources.get("CPU", 0))
        if cpus < 1:
            raise UsageError(
                f"a trial takes one CPU, and the Ray cluster at {shown} offers none; start its nodes with --num-cpus"
            )
        self.workers = min(workers or cpus, cpus)
        gpus = float(resources.get("GPU", 0))
        share = gpu_share(gpus, self.workers)
        if share:
            self.workers = max(1, min(self.workers, math.floor(gpus / share)))
        environment = ENVIRONMENT | {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        self._mailbox: Any = ray.remote(Mailbox).options(num_cpus=0, scheduling_strategy=here).remote()
        # Ray would run a lost task again by itself, without telling; the loop has to know.
        self._run = ray.remote(run_job).options(
            num_cpus=1, num_gpus=share, max_retries=0, runtime_env={"env_vars": environment}
        )
        self._shown = shown
        self._log = Path(log)
        self._tickets = itertools.count(1)
        self._attempts: dict[int, _Attempt] = {}
        self._data: dict[str, Any] = {}

    @property
    def free(self) -> int:
        return self.workers - len(self._attempts)

    def submit(self, job: Job) -> int:
        if self.free < 1:
            raise RuntimeError("no worker is free; ask `free` first")
        ticket = next(self._tickets)
        self._attempts[ticket] = self._give_out(ticket, job, 1)
        return ticket

    def wait(self, timeout: float) -> list[Event]:
        import ray

        if not self._attempts:
            return []
        with self._in_plain_words():
            events = self._read(ray.get(self._mailbox.take.remote(timeout)))
            lost = self._lost()
            if lost:  # what they sent before they died counts
                events += self._read(ray.get(self._mailbox.take.remote(0.0)))
        for ticket, why in lost.items():
            if ticket in self._attempts:
                events.append(self._again(ticket, why))
        return events

    def answer(self, ticket: int, go_on: bool) -> None:
        attempt = self._attempts.get(ticket)
        if attempt is not None:
            self._mailbox.answer.remote(_key(ticket, attempt), go_on)

    def close(self) -> None:
        import ray

        with suppress(Exception):  # whatever state the cluster is in, this side of it ends
            for attempt in self._attempts.values():
                ray.cancel(attempt.reference, force=True)
            ray.kill(self._mailbox)
        with own_signals():
            ray.shutdown()

    def _give_out(self, ticket: int, job: Job, number: int) -> _Attempt:
        from tuners.ray_task import Key

        start = job.start if isinstance(job, TrainJob) else None
        reference = self._run.remote(
            self._mailbox,
            Key(ticket, number),
            job,
            (Path(job.data.path) / META).read_bytes(),
            None if start is None else np.fromfile(start, dtype=np.uint8),
        )
        return _Attempt(job, number, reference, time.monotonic())

    def _read(self, messages: list[Message]) -> list[Event]:
        """The events of messages; those of attempts that were given up are passed over."""
        events: list[Event] = []
        for message in messages:
            attempt = self._attempts.get(message.key.ticket)
            if attempt is None or attempt.number != message.key.attempt:
                continue
            if message.log:
                self._note(message.log)
            match message.event:
                case None:
                    self._mailbox.answer.remote(message.key, [self._shipped(attempt.job)])
                    continue
                case Started():
                    attempt.started = time.monotonic()
                case EpochDone():
                    attempt.epochs += 1
                case Done():
                    _write(attempt.job, message.files)
                    del self._attempts[message.key.ticket]
                case Failed():
                    del self._attempts[message.key.ticket]
            events.append(message.event)
        return events

    def _lost(self) -> dict[int, str]:
        """Tickets of tasks that ended without a word, and why."""
        import ray

        tasks = {attempt.reference: ticket for ticket, attempt in self._attempts.items()}
        ended, _ = ray.wait(list(tasks), num_returns=len(tasks), timeout=0) if tasks else ([], [])
        lost = {}
        for reference in ended:
            try:
                ray.get(reference)
            except ray.exceptions.RayError as error:
                self._note(str(error))
                lost[tasks[reference]] = _why(error)
        return lost

    def _again(self, ticket: int, why: str) -> Event:
        attempt = self._attempts.pop(ticket)
        seconds = time.monotonic() - attempt.started
        if attempt.number == ATTEMPTS:
            return Failed(ticket, TrialState.FAILED, f"lost: {why}, {ATTEMPTS} times", seconds)
        self._attempts[ticket] = self._give_out(ticket, attempt.job, attempt.number + 1)
        return Restarted(ticket, attempt.epochs, seconds)

    def _shipped(self, job: Job) -> Any:
        """The data of a job in the cluster's object store, put there when the first node asks."""
        import ray

        from tuners.ray_task import read_files

        path = job.data.path
        if path not in self._data:
            self._data[path] = ray.put(read_files(Path(path)))
        return self._data[path]

    def _note(self, text: str) -> None:
        _append(self._log, text)

    @contextmanager
    def _in_plain_words(self) -> Iterator[None]:
        import ray

        try:
            yield
        except ray.exceptions.RayError as error:
            self._note(str(error))
            raise LostCluster(
                f"the Ray cluster at {self._shown} was lost ({type(error).__name__}); finished trials are kept. "
                "Go on with --resume once it is there again"
            ) from None


def _hush(log: Path) -> None:
    """Sends Ray's messages about the cluster to the log.

    Ray prints them on standard output whatever log_to_driver says; that belongs to the command's own document.
    """
    from ray._private import worker

    worker.print_to_stdstream = lambda data, **_: _append(log, "\n".join(data["lines"]))


def _append(log: Path, text: str) -> None:
    with logs.append(log) as file:
        file.write(f"{text.rstrip()}\n".encode(errors="replace"))


def _key(ticket: int, attempt: _Attempt) -> Any:
    from tuners.ray_task import Key

    return Key(ticket, attempt.number)


def _why(error: Exception) -> str:
    """How a task was lost, in words for a table."""
    import ray

    match error:
        case ray.exceptions.OutOfMemoryError():
            return "its node ran out of memory"
        case ray.exceptions.NodeDiedError():
            return "its node died"
        case ray.exceptions.WorkerCrashedError():
            return "its worker process died"
        case ray.exceptions.RayTaskError():
            cause = " ".join(str(error.cause).split())
            return f"its task ended with {type(error.cause).__name__}: {cause[:200]}"
    return f"its task ended with {type(error).__name__}"


def _write(job: Job, files: Files) -> None:
    """Writes what a job left behind to where it was told to leave it, whole or not at all."""
    for name, content in files.items():
        target = _home(job, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(f".{name}.half")
        content.tofile(half)
        half.replace(target)


def _home(job: Job, name: str) -> Path:
    """Where a file of a job belongs."""
    match job:
        case TrainJob(keep=keep, record=record):
            wanted = [Path(path) for path in (keep, record and record[1]) if path is not None]
            return next(path for path in wanted if path.name == name)
        case ScoreJob(files=stem):
            return Path(stem).with_name(name)
    raise ValueError(f"a {type(job).__name__} leaves no file {name!r}")
