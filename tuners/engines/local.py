"""local: worker processes on this machine, kept warm between trials.

Each worker computes with one thread: two small networks side by side are faster than one network
on two threads, and one thread gives the same result every time.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as wait_for
from multiprocessing.process import BaseProcess

from datasets.errors import UsageError
from tuners import worker
from tuners.engine import Done, EnginePlugin, Event, Failed, Job, JobRunner, Started
from tuners.record import TrialState

#: Read by libraries when they start, so they must stand in the environment first: threads and memory of
#: BLAS, OpenMP and TensorFlow; and glibc is told to keep freed memory up to 1 GiB for the next batch. It
#: would hand large tensors back to the system after every step, and zeroing them anew took 45 % of the time
#: of a CNN-LSTM (benchmarks/corpus_networks.py), for no less memory in all.
ENVIRONMENT = {
    "MALLOC_MMAP_THRESHOLD_": str(2**30),
    "MALLOC_TRIM_THRESHOLD_": str(2**30),
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_FORCE_GPU_ALLOW_GROWTH": "true",
    "TF_DETERMINISTIC_OPS": "1",
}


class LocalEngine(EnginePlugin):
    name = "local"
    title = "worker processes on this machine"

    def start(self, workers: int | None, log: str, address: str | None = None) -> JobRunner:
        if address is not None:
            raise UsageError(
                f"--address names a cluster, and the engine local runs on this machine only; leave {address!r} out, "
                "or add --engine ray"
            )
        return LocalRunner(workers or default_workers(), log)


#: Seconds that a cancelled job has to end by itself, before its process is killed and replaced.
GRACE = 1.0

CANCELLED = "cancelled"


def default_workers() -> int:
    """One a core, four at most: each holds a deep learning library in about a gigabyte."""
    return max(1, min(4, os.cpu_count() or 1))


@dataclass
class _Worker:
    """gone: it has died or was killed, whatever it still says."""

    process: BaseProcess
    pipe: Connection
    ticket: int | None = None
    started: float = 0.0
    cancelled: float | None = None
    gone: bool = False


class LocalRunner(JobRunner):
    """warm: learners whose libraries each worker loads as it starts, before it has a job."""

    def __init__(self, workers: int, log: str, warm: tuple[str, ...] = ()) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._log = log
        self._warm = warm
        self._tickets = itertools.count(1)
        self._workers = [self._spawn() for _ in range(workers)]

    @property
    def free(self) -> int:
        return sum(1 for item in self._workers if item.ticket is None)

    def submit(self, job: Job) -> int:
        for index, item in enumerate(self._workers):
            if item.ticket is not None:
                continue
            if not item.process.is_alive():
                item = self._workers[index] = self._spawn()
            item.ticket = next(self._tickets)
            item.started = time.monotonic()
            item.cancelled = None
            with suppress(OSError):  # it died this moment; wait() will say so
                item.pipe.send((item.ticket, job))
            return item.ticket
        raise RuntimeError("no worker is free; ask `free` first")

    def cancel(self, ticket: int) -> None:
        """Ends a watched job at its next pulse, or its process after a second, and comes back as Failed, CANCELLED.

        One that ends by itself before that comes back as it ended. The worker is free again within two seconds as
        long as `wait` is called.
        """
        for item in self._workers:
            if item.ticket == ticket and item.cancelled is None:
                item.cancelled = time.monotonic()
                self.answer(ticket, False)

    def wait(self, timeout: float) -> list[Event]:
        for item in self._workers:
            late = item.cancelled is not None and time.monotonic() - item.cancelled > GRACE
            if item.ticket is not None and late:
                item.process.kill()
                item.gone = True
        busy = {item.pipe: item for item in self._workers if item.ticket is not None}
        events: list[Event] = []
        for pipe in wait_for(list(busy), timeout) if busy else []:
            item = busy[pipe]  # type: ignore[index]
            try:
                event = item.pipe.recv()
            except (EOFError, OSError):
                event, item.gone = self._died(item), True
            if isinstance(event, Started):
                item.started = time.monotonic()
            if isinstance(event, Done | Failed):
                item.ticket = None
                if item.gone:
                    self._workers[self._workers.index(item)] = self._spawn()
            events.append(event)
        return events

    def answer(self, ticket: int, go_on: bool) -> None:
        for item in self._workers:
            if item.ticket == ticket:
                with suppress(OSError):  # it died; wait() will say so
                    item.pipe.send(go_on)

    def close(self) -> None:
        for item in self._workers:
            item.pipe.close()
            item.process.kill()
        for item in self._workers:
            item.process.join(timeout=5)

    def _spawn(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=worker.main, args=(theirs, self._log, self._warm), daemon=True)
        with _environment(ENVIRONMENT):
            process.start()
        theirs.close()  # so that the worker's death reads as the end of the pipe
        return _Worker(process, ours)

    def _died(self, item: _Worker) -> Failed:
        item.process.join(timeout=5)
        code = item.process.exitcode
        assert item.ticket is not None
        state = TrialState.FAILED
        if item.cancelled is not None:
            state, reason = TrialState.CANCELLED, CANCELLED
        elif code == -signal.SIGKILL:
            reason = "its process was killed, most likely because the machine ran out of memory"
        elif code is not None and code < 0:
            reason = f"its process crashed with {signal.Signals(-code).name}"
        else:
            reason = f"its process ended unexpectedly with exit code {code}"
        return Failed(item.ticket, state, reason, time.monotonic() - item.started)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
