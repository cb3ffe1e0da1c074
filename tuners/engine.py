"""The contract of engines (where jobs run) and the jobs and events that they exchange with the loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datasets.plugins import Plugin
from manual.learner import Config, EpochReport, Pulse
from tuners.record import TrialState

ENGINES = "tuners.engines"


@dataclass(frozen=True)
class DataFolder:
    """Where the parts of the data lie as .npy files; a tuning job opens train and dev only.

    second_dev, seed: the share of dev that is the study's second dev set and the seed of that division; None
    for no such set (`datasets.second_dev`).
    """

    path: str
    classes: int
    second_dev: float | None = None
    seed: int = 0


@dataclass(frozen=True)
class CheckJob:
    """Build the network of a configuration without training it."""

    data: DataFolder
    learner: str
    config: Config


@dataclass(frozen=True)
class TrainJob:
    """One trial. start and keep: files of weights to begin with and to leave behind.

    synchronous: wait after every epoch for the answer whether to go on. record: the number of the trial and the
    file in which what it answers over the plane is kept (`tuners.recording`); None for no such thing. watched: send
    `Pulsed` while it trains, and end as cancelled where the answer is False, within an epoch as well.
    """

    data: DataFolder
    learner: str
    config: Config
    seed: int
    epochs: int
    first_epoch: int = 0
    start: str | None = None
    keep: str | None = None
    synchronous: bool = False
    record: tuple[int, str] | None = None
    watched: bool = False


@dataclass(frozen=True)
class ScoreJob:
    """Retrain a selected configuration and score it on train, dev and eval.

    files: path stem for arrays. record: keep what the network answers over the plane after its epochs.
    """

    data: DataFolder
    learner: str
    config: Config
    seed: int
    epochs: int
    files: str
    record: bool = False


@dataclass(frozen=True)
class FinalJob:
    """Train a final configuration of a contest on train and dev together and score it on eval.

    There is no dev to choose an epoch by, so the learner has to keep its last one (`tuners.hypermodels._by_hand`).
    """

    data: DataFolder
    learner: str
    config: Config
    seed: int
    epochs: int


@dataclass(frozen=True)
class BayesJob:
    """Estimates of the Bayes error of one split: estimators by name, with their settings."""

    data: DataFolder
    split: str
    estimators: Mapping[str, Mapping[str, int]]
    seed: int


Job = CheckJob | TrainJob | ScoreJob | FinalJob | BayesJob


@dataclass(frozen=True)
class Started:
    """The job has begun; it may have waited for a worker to warm up."""

    ticket: int


@dataclass(frozen=True)
class EpochDone:
    ticket: int
    report: EpochReport
    seconds: float


@dataclass(frozen=True)
class Pulsed:
    """A sign of life from within an epoch of a watched trial."""

    ticket: int
    pulse: Pulse


@dataclass(frozen=True)
class Trained:
    """The training of a trial has ended; what its job does until it is done is charged to no budget."""

    ticket: int


@dataclass(frozen=True)
class Done:
    """A job's result: `values` is what its function in `tuners.tuning_jobs` or `.scoring_jobs` returns."""

    ticket: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Failed:
    """A job that ended without a result. reason: plain words."""

    ticket: int
    state: TrialState
    reason: str
    seconds: float


@dataclass(frozen=True)
class Restarted:
    """The job's worker was lost and the job is given out again from its beginning.

    Comes before the events of the new attempt, whose epochs are reported anew. epochs, seconds: what the
    lost attempt had trained. The machine failed and not the tuner, so no budget is charged for it.
    """

    ticket: int
    epochs: int
    seconds: float


Event = Started | EpochDone | Pulsed | Trained | Done | Failed | Restarted


class JobRunner(ABC):
    """Workers at work."""

    @property
    @abstractmethod
    def free(self) -> int:
        """How many jobs could start now."""

    @abstractmethod
    def submit(self, job: Job) -> int:
        """Hands a job to a free worker and returns its ticket."""

    @abstractmethod
    def wait(self, timeout: float) -> list[Event]:
        """What happened; an empty list after `timeout` seconds of nothing."""

    @abstractmethod
    def answer(self, ticket: int, go_on: bool) -> None:
        """Tells a job after an epoch whether to go on. False also reaches a job that does not wait."""

    @abstractmethod
    def close(self) -> None:
        """Stops all workers at once, whatever they are doing."""


class EnginePlugin(Plugin, ABC):
    """A place where trials run."""

    @abstractmethod
    def start(self, workers: int | None, log: str, address: str | None = None) -> JobRunner:
        """Starts `workers` workers whose own output goes to the file `log`.

        workers: None for as many as suit the place. address: the cluster to join, where there is one.
        Raises UsageError for an address that cannot be used.
        """
