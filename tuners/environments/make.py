"""Makes environments: a virtual environment, then exactly the pinned packages, then the stamp."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from datasets.errors import HandtuneError
from tuners.environments import Environment, State, root

#: Lines of a failed command that an error shows.
LAST_LINES = 8

#: Without resolving: the lists are complete, and pip would refuse pins that a library has outlived.
OPTIONS = ("--no-deps", "--disable-pip-version-check", "--progress-bar", "off")

#: What pip says that is worth showing while it works.
PROGRESS = ("Collecting", "Downloading", "Building wheel", "Installing collected")


class MakeError(HandtuneError):
    """An environment could not be made."""


def make(environment: Environment, python: str, say: Callable[[str], None]) -> bool:
    """Makes `environment` with the interpreter `python`; False where it was up to date already.

    What is unfinished or out of date is made anew. Raises MakeError in plain words, and then leaves
    no stamp, so that the environment never counts as ready.
    """
    with _alone(environment):
        if environment.state is State.READY:
            return False
        say(f"{environment.name}: creating {environment.folder} ...")
        _create(environment, python)
        say(f"{environment.name}: installing the packages of {environment.requirements.name} ...")
        digest = environment.digest
        _run(
            [str(environment.python), "-m", "pip", "install", *OPTIONS, "-r", str(environment.requirements)],
            f"the packages of {environment.name} could not be installed",
            lambda line: say(f"  {line}") if line.startswith(PROGRESS) else None,
        )
        try:
            environment.stamp.write_text(digest + "\n")
        except OSError as error:
            raise MakeError(f"{environment.stamp} cannot be written: {error.strerror}") from error
        return True


def _create(environment: Environment, python: str) -> None:
    try:
        # Deleted first of all: whatever happens next, this environment is not ready.
        environment.stamp.unlink(missing_ok=True)
    except OSError as error:
        raise MakeError(f"{environment.stamp} cannot be removed: {error.strerror}") from error
    check = "import ensurepip, venv"
    try:
        able = subprocess.run([python, "-c", check], capture_output=True).returncode == 0
    except OSError as error:
        raise MakeError(f"the Python {python} cannot be run: {error.strerror}") from error
    if not able:
        raise MakeError(
            f"{python} cannot create virtual environments: its modules venv and ensurepip are missing. "
            "On Debian and Ubuntu: apt-get install python3-venv. Or name another with --python"
        )
    _run(
        [python, "-m", "venv", "--clear", str(environment.folder)],
        f"{environment.folder} could not be created",
        lambda line: None,
    )


def _run(command: list[str], failure: str, watch: Callable[[str], None]) -> None:
    """Runs a command and shows its lines to `watch`. Raises MakeError with its last lines."""
    lines: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            watch(lines[-1])
    if process.returncode != 0:
        # A resolver's warnings about indexes say nothing about the failure.
        telling = [line for line in lines if line.strip() and not line.startswith("WARNING")]
        last = "\n  ".join(telling[-LAST_LINES:]) or f"exit code {process.returncode}"
        raise MakeError(f"{failure}:\n  {last}{_disk_hint()}")


def _disk_hint() -> str:
    free = shutil.disk_usage(root()).free
    return f"\nOnly {free / 2**20:.0f} MiB are free in {root()}" if free < 2**29 else ""


@contextmanager
def _alone(environment: Environment) -> Iterator[None]:
    """Two commands at once must not work on the same folder: the second waits, and finds it ready."""
    try:
        root().mkdir(parents=True, exist_ok=True)
        lock = os.open(root() / f".{environment.name}.lock", os.O_CREAT | os.O_RDWR)
    except OSError as error:
        raise MakeError(f"the folder {root()} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def this_python() -> str:
    """The interpreter that our own environment was built with."""
    return getattr(sys, "_base_executable", None) or sys.executable
