"""What runs inside a Ray cluster: one job a task, and the mailbox that joins tasks with the driver.

A node need not share a file system with the driver: a task gets the bytes of the files that it reads and
sends back the bytes of those it writes. The data are fetched once a node, and only where the node cannot
read the driver's own folder.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import shutil
import tempfile
import traceback
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.cache import META, is_complete, publish
from tuners import worker
from tuners.engine import Done, Event, Failed, Job, ScoreJob, TrainJob

#: Bytes of files by name.
Files = Mapping[str, NDArray[np.uint8]]


@dataclass(frozen=True)
class Key:
    """One attempt at a job. Attempts count from 1."""

    ticket: int
    attempt: int


@dataclass(frozen=True)
class Message:
    """From a task to the driver.

    event: None asks for the data. files: what the job left behind, by name. log: for whoever looks for
    a defect.
    """

    key: Key
    event: Event | None
    files: Files = field(default_factory=dict)
    log: str = ""


class Mailbox:
    """A Ray actor on the driver's node. Its methods wait without keeping each other from running."""

    def __init__(self) -> None:
        self._messages: list[Message] = []
        self._arrived = asyncio.Event()
        self._answers: defaultdict[Key, asyncio.Queue[Any]] = defaultdict(asyncio.Queue)

    async def put(self, message: Message) -> bool:
        """Leaves a message for the driver; says whether an answer for its sender waits."""
        self._messages.append(message)
        self._arrived.set()
        return not self._answers[message.key].empty()

    async def receive(self, key: Key) -> Any:
        """The next answer to an attempt, once it is there."""
        return await self._answers[key].get()

    async def answer(self, key: Key, value: Any) -> None:
        self._answers[key].put_nowait(value)

    async def take(self, timeout: float) -> list[Message]:
        """All messages, in order; none after `timeout` seconds of silence."""
        try:
            await asyncio.wait_for(self._arrived.wait(), timeout)
        except TimeoutError:
            return []
        messages, self._messages = self._messages, []
        self._arrived.clear()
        return messages


def run_job(mailbox: Any, key: Key, job: Job, meta: bytes, start: NDArray[np.uint8] | None) -> None:
    """The body of a task. meta: what meta.json says in the driver's data folder; start: bytes of job.start."""
    with tempfile.TemporaryDirectory(prefix="handtune-") as folder:
        pipe = _MailPipe(mailbox, key, Path(folder) / "out")
        worker.serve(pipe, key.ticket, _placed(job, meta, start, pipe, Path(folder)))


def local_folder(path: Path, meta: bytes, fetch: Callable[[], Files], root: Path) -> Path:
    """Where this node reads the data: `path` itself where it holds them, else a copy below `root`.

    The copy is made of what `fetch` returns, at most once; several tasks may do so at the same moment.
    """
    if _holds(path, meta):
        return path
    target = root / hashlib.sha256(meta).hexdigest()[:16]
    if not _holds(target, meta):
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=root))
        try:
            for name, content in fetch().items():
                content.tofile(temporary / name)
            publish(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return target


def read_files(folder: Path) -> Files:
    """The bytes of the files of a folder; none where there is no folder."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {file.name: np.fromfile(file, dtype=np.uint8) for file in files if file.is_file()}


class _MailPipe:
    """The mailbox as a job sees it (`tuning_jobs.Pipe`)."""

    def __init__(self, mailbox: Any, key: Key, out: Path) -> None:
        self._mailbox = mailbox
        self._key = key
        self._out = out
        self._answered = False

    def send(self, event: Event) -> None:
        files = read_files(self._out) if isinstance(event, Done) else {}
        log = traceback.format_exc() if isinstance(event, Failed) else ""
        self._put(Message(self._key, event, files, log))

    def recv(self) -> Any:
        import ray

        return ray.get(self._mailbox.receive.remote(self._key))

    def poll(self) -> bool:
        return self._answered

    def fetch(self) -> Files:
        """Asks the driver for the data."""
        import ray

        self._put(Message(self._key, None))
        (reference,) = self.recv()
        return ray.get(reference)

    def _put(self, message: Message) -> None:
        import ray

        self._answered = ray.get(self._mailbox.put.remote(message))


def _placed(job: Job, meta: bytes, start: NDArray[np.uint8] | None, pipe: _MailPipe, folder: Path) -> Job:
    """The job with paths of this node: what it reads is there, what it writes goes to the folder "out"."""
    root = Path(tempfile.gettempdir()) / f"handtune-data-{os.getuid()}"
    data = replace(job.data, path=str(local_folder(Path(job.data.path), meta, pipe.fetch, root)))
    out = folder / "out"
    out.mkdir()
    match job:
        case TrainJob():
            begin = None
            if start is not None:
                begin = folder / "start.npz"
                start.tofile(begin)
            return replace(
                job,
                data=data,
                start=None if begin is None else str(begin),
                keep=None if job.keep is None else str(out / Path(job.keep).name),
                record=None if job.record is None else (job.record[0], str(out / Path(job.record[1]).name)),
            )
        case ScoreJob():
            return replace(job, data=data, files=str(out / Path(job.files).name))
        case _:
            return replace(job, data=data)


def _holds(path: Path, meta: bytes) -> bool:
    try:
        return is_complete(path) and (path / META).read_bytes() == meta
    except OSError:
        return False
