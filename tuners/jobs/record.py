"""A job: one run of `tuners/run.py` that somebody asked for, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


#: States in which a job waits for something to happen.
OPEN = (JobState.QUEUED, JobState.RUNNING)

#: Exit codes of `tuners/run.py` after which the same command would end in the same way: wrong arguments, and a
#: study that is finished although all trials of a system failed.
FINAL_CODES = (2, 4)


@dataclass(frozen=True)
class Job:
    """One row of the queue.

    token: who asked for it once asks for it no second time. place: order in the queue; the lowest starts first.
    arguments: of `tuners/run.py`, without --store and --study; none at all goes on with a stored study.
    created: UTC, ISO 8601. started, finished: seconds since 1970; `started` of the last start.
    cancel: somebody wants it ended. exit_code: None while there is none, and where nobody could see it.
    message: plain words, why it ended or what it waits for.
    """

    token: str
    place: int
    study: str
    arguments: tuple[str, ...]
    state: JobState
    created: str
    started: float | None = None
    finished: float | None = None
    pid: int | None = None
    cancel: bool = False
    exit_code: int | None = None
    message: str = ""

    @property
    def resumable(self) -> bool:
        """Whether the same command may go on where it was cut off."""
        return self.state in (JobState.FAILED, JobState.CANCELLED) and self.exit_code not in FINAL_CODES
