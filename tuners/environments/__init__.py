"""Environments of their own for libraries that cannot share ours, made on demand.

    python -m tuners.environments                  lists them with their states
    python -m tuners.environments vizier nni       makes these, or does nothing where they are up to date
    python -m tuners.environments --all            makes all of them

An environment is a folder `.environments/NAME` beside the project, or below the folder that
HANDTUNE_ENVIRONMENTS names. The file NAME.txt here pins every package in it. What speaks to the library
inside is `tuners.isolated_search`; other code takes the interpreter from `python_of`.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from datasets.errors import MissingLibraryError
from datasets.plugins import unknown

VARIABLE = "HANDTUNE_ENVIRONMENTS"
COMMAND = "python -m tuners.environments"


class State(StrEnum):
    READY = "ready"
    MISSING = "missing"
    OUT_OF_DATE = "out of date"
    UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Environment:
    """One environment: its name, what it is for, where it is or would be, and how far it has come."""

    name: str
    title: str

    @property
    def command(self) -> str:
        return f"{COMMAND} {self.name}"

    @property
    def requirements(self) -> Path:
        """The pinned packages, one a line."""
        return Path(__file__).parent / f"{self.name}.txt"

    @property
    def folder(self) -> Path:
        return root() / self.name

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def stamp(self) -> Path:
        """Holds the digest of what was installed; written last, so that a broken install has none."""
        return self.folder / ".handtune-installed"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.requirements.read_bytes()).hexdigest()

    @property
    def state(self) -> State:
        if not self.folder.is_dir():
            return State.MISSING
        if not self.stamp.is_file() or not self.python.exists():
            return State.UNFINISHED
        return State.READY if self.stamp.read_text().strip() == self.digest else State.OUT_OF_DATE

    def missing(self) -> str | None:
        """Why it cannot be used, with the command that mends it, or None. Imports nothing."""
        match self.state:
            case State.READY:
                return None
            case State.MISSING:
                return f"needs an environment of its own: {self.command}"
            case state:
                return f"needs its own environment, which is {state}: {self.command}"


ENVIRONMENTS = {
    environment.name: environment
    for environment in (
        Environment("vizier", "Google Vizier, for the tuner vizier-gp-bandit"),
        Environment("nni", "NNI, for the tuners nni-tpe and nni-anneal"),
        Environment("mlflow", "MLflow, for exporting studies as its runs"),
        Environment("hpbandster", "HpBandSter, which the tests and a benchmark hold our BOHB against"),
    )
}


def root() -> Path:
    """The folder of all environments."""
    named = os.environ.get(VARIABLE)
    return Path(named).expanduser().absolute() if named else Path(__file__).parents[2] / ".environments"


def environment(name: str) -> Environment:
    """The environment called `name`. Raises UsageError with the closest name where there is none."""
    if name not in ENVIRONMENTS:
        raise unknown("environment", name, ENVIRONMENTS)
    return ENVIRONMENTS[name]


def python_of(name: str) -> Path:
    """The interpreter of the environment `name`, ready to use.

    Raises MissingLibraryError with the command that makes it, and UsageError where none has this name.
    """
    wanted = environment(name)
    reason = wanted.missing()
    if reason:
        raise MissingLibraryError(f"{name} {reason}")
    return wanted.python
