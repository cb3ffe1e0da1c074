"""Joining a Ray cluster: in bounded time, with plain words where it fails, with this process's own signals."""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from datasets.errors import UsageError

#: Names a share of a GPU for each task, such as 0.5; 0 keeps tasks off GPUs.
GPUS = "HANDTUNE_RAY_GPUS"

#: Tasks on one GPU where nothing else is said: each holds a deep learning library on it.
TASKS_A_GPU = 4

#: Seconds until something answers at an address: a wrong one is named soon.
CONNECT = 10

#: Seconds that a cluster has to let a process join. That process loads Ray first, which takes a busy machine long;
#: Ray's own patience is two minutes.
PATIENCE = 60

WAY_OUT = "Start it with `ray start --head`, or join it on this machine with `ray start --address HOST:PORT`"


def gpu_share(total: float, workers: int) -> float:
    """The share of a GPU that each of `workers` tasks asks for in a cluster of `total` GPUs.

    Raises UsageError where HANDTUNE_RAY_GPUS cannot be followed.
    """
    text = os.environ.get(GPUS, "").strip()
    if not text:
        if total < 1:
            return 0.0
        tasks = min(TASKS_A_GPU, math.ceil(workers / total))
        return math.floor(1e4 / tasks) / 1e4  # Ray counts shares to four digits
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not math.isfinite(share) or share < 0 or (share > 1 and share != int(share)):
        raise UsageError(
            f"{GPUS} is a share of a GPU from 0 to 1, or a whole number of GPUs, and {text!r} is neither"
        )
    if share > total:
        raise UsageError(
            f"{GPUS} asks for {share:g} of a GPU a trial, and the cluster has {total:g} GPUs; "
            f"set {GPUS}=0, or add a node with GPUs"
        )
    return share


def probe(address: str) -> None:
    """Joins the cluster from a process of its own: Ray neither gives up soon nor can it be interrupted.

    Raises UsageError where it cannot be joined.
    """
    if "://" in address:
        raise UsageError(
            f"--address takes HOST:PORT of a Ray cluster, or auto, and {address!r} is neither; run the study on a "
            "machine of the cluster (ray start --address HOST:PORT)"
        )
    _reach(address)
    code = "import sys, ray; ray.init(address=sys.argv[1], log_to_driver=False)"
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, address], capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired as error:
        if b"Unauthenticated" in (error.stderr or b""):
            raise UsageError(
                f"the Ray cluster at {address!r} asks for its token. Set RAY_AUTH_MODE=token here, with the token of its "
                "nodes in RAY_AUTH_TOKEN or in the file ~/.ray/auth_token"
            ) from None
        raise UsageError(
            f"no Ray cluster answered at {address!r} within {PATIENCE} seconds. {WAY_OUT}"
        ) from None
    if done.returncode:
        raise UsageError(f"the Ray cluster at {address!r} cannot be joined: {reason(done.stderr)} {WAY_OUT}")


def _reach(address: str) -> None:
    """Raises UsageError where nothing listens at HOST:PORT; another address is left to Ray."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT).close()
    except OSError as error:
        raise UsageError(f"nothing answers at {address!r} ({error.strerror or error}). {WAY_OUT}") from None


def reason(stderr: str) -> str:
    """The message of the exception that ended a process."""
    _, _, message = stderr.rpartition("\nTraceback ")
    lines = message.strip().splitlines()
    first = next((n for n, line in enumerate(lines) if n and line and not line[0].isspace()), len(lines) - 1)
    text = " ".join(" ".join(lines[first:]).split())
    return text.partition(": ")[2] or text


@contextmanager
def own_signals() -> Iterator[None]:
    """Ray puts a handler of its own on SIGTERM, which would end a study without a word to its store."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
