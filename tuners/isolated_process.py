"""The process that a library with an environment of its own runs in, and the pipe to it.

There is one process an environment, shared by all searches of this Python process, started when the first
of them needs it and ended with this process, however that ends. See `tuners/isolated/server.py` for what
is spoken.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import selectors
import subprocess
import tempfile
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from datasets.errors import HandtuneError
from tuners.environments import environment, python_of

#: Seconds within which a library has to answer.
TIME_LIMIT = 600.0

#: Lines of its log that the error for a process shows that died.
LAST_LINES = 5

SERVER = Path(__file__).parent / "isolated" / "server.py"

#: The trials have the processor cores; a library that suggests gets by with little.
THREADS = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


class IsolatedError(HandtuneError):
    """A library in an environment of its own refused, died or did not answer."""


class IsolatedProcess:
    """A running server for one environment.

    log: what the library printed, in a file that goes with this process.
    """

    def __init__(self, name: str, time_limit: float = TIME_LIMIT) -> None:
        self.name = name
        self.time_limit = time_limit
        self._lock = threading.Lock()
        self._requests = 0
        self._pending = b""
        self._dropped: deque[int] = deque()
        self.log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the process
        try:
            self.process = subprocess.Popen(
                [str(python_of(name)), "-u", str(SERVER), f"{name}_side"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log,
                env=_environment(),
                start_new_session=True,  # Ctrl-C is for this process, which ends the other one
            )
        except OSError as error:
            raise IsolatedError(
                f"the Python of the environment {name} does not run ({error.strerror}); "
                f"make it again: {environment(name).command}"
            ) from error
        assert self.process.stdin is not None and self.process.stdout is not None
        self._in, self._out = self.process.stdin, self.process.stdout
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def call(self, do: str, **values: Any) -> dict[str, Any]:
        """The answer to one request.

        Raises IsolatedError where the library refuses, dies, or takes longer than the time limit, after
        which the process is at an end.
        """
        with self._lock:
            self._requests += 1
            dropped = [self._dropped.popleft() for _ in range(len(self._dropped))]
            request = {"id": self._requests, "do": do, "dropped": dropped, **values}
            document = json.dumps(request, allow_nan=False)
            try:
                self._in.write(document.encode() + b"\n")
                self._in.flush()
                answer: dict[str, Any] = json.loads(self._line())
            except BaseException as error:
                # Half a conversation, as after Ctrl-C, would answer the next question with this one's answer.
                self.close()
                if isinstance(error, OSError | ValueError):
                    raise IsolatedError(self._obituary()) from error
                raise
        if answer["id"] != self._requests:
            self.close()
            raise IsolatedError(f"{self.name} answered another question than the one that was asked")
        if "problem" in answer:
            raise IsolatedError(f"{self.name} cannot do that: {answer['problem']}")
        return answer

    def drop(self, handle: int) -> None:
        """Lets the library forget a search, at the next request: a finalizer may run amid another one."""
        self._dropped.append(handle)

    def close(self) -> None:
        """Ends the process; it may have ended already."""
        if self.alive:
            self.process.kill()
        self.process.wait()
        for pipe in (self._in, self._out):
            with suppress(OSError):  # what was still to be written has no reader
                pipe.close()

    def _line(self) -> bytes:
        """The next whole line of the process."""
        ends = time.monotonic() + self.time_limit
        while b"\n" not in self._pending:
            if not self._selector.select(max(0.0, ends - time.monotonic())):
                raise IsolatedError(
                    f"{self.name} gave no answer within {self.time_limit:g} seconds, so its process was ended. "
                    "The study can be resumed"
                )
            more = os.read(self._out.fileno(), 1 << 16)
            if not more:
                with suppress(subprocess.TimeoutExpired):
                    self.process.wait(timeout=1.0)  # so that its own exit code is the one that is shown
                raise ConnectionError("the pipe was closed")
            self._pending += more
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _obituary(self) -> str:
        self.log.seek(0)
        text = re.sub(r"\x1b\[[0-9;]*m", "", self.log.read().decode(errors="replace"))  # without colours
        lines = [line for line in text.splitlines() if line.strip()]
        last = "; its last lines: " + " | ".join(lines[-LAST_LINES:]) if lines else " without a word"
        return f"the process of {self.name} ended with code {self.process.returncode}{last}. The study can be resumed"


#: By process id too: a forked process must not speak into its parent's pipes.
_processes: dict[tuple[int, str], IsolatedProcess] = {}


def process_of(name: str) -> IsolatedProcess:
    """The running process of an environment, started where there is none.

    Raises MissingLibraryError where the environment is not ready.
    """
    key = (os.getpid(), name)
    found = _processes.get(key)
    if found is None or not found.alive:
        found = _processes[key] = IsolatedProcess(name)
    return found


def _environment() -> dict[str, str]:
    """Ours, without what would lead the other Python to our packages."""
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP")}
    return {**kept, **THREADS, "PYTHONWARNINGS": "ignore"}


@atexit.register
def _end_all() -> None:
    for (owner, _), process in _processes.items():
        if owner == os.getpid():
            process.close()
