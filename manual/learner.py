"""The contract of everything that can be trained: by hand here, by Keras in `tuners/hypermodels`.

A learner is told what to do by a configuration and a plan, reports its errors after every epoch,
and returns a fitted model. It never decides what to try next; that is a searcher's business.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.plugins import Plugin
from datasets.types import Features, IntArray, TuningSplit

Value = str | int | float | bool
Config = Mapping[str, Value]
Weights = Sequence[NDArray[np.float32]]


@dataclass(frozen=True)
class EpochReport:
    """What one epoch of training did.

    epoch: counted from 1. Errors are fractions in [0, 1]; losses are means over samples: train_loss of what was
    minimized (cross entropy in nats, where nobody chose another), dev_loss always the cross entropy in nats.
    train_error and train_loss are running means over the epoch's mini-batches (dropout active), as
    measuring them again on all of train would double the cost; dev values are measured afterwards.
    None where a classifier is fitted at once and has no such thing.
    dev_answers: how many different classes the model answers on dev; 1 is a collapse (`Collapse`).
    second_error: the error on `TuningSplit.second`, None without one. It is for the record alone.
    """

    epoch: int
    train_loss: float | None
    train_error: float | None
    dev_loss: float
    dev_error: float
    dev_answers: int | None = None
    second_error: float | None = None


#: Called after every epoch; the answer False means: stop now.
Report = Callable[[EpochReport], bool]

#: Called after every epoch that was reported, with its report, whether it is the last one, and a function that
#: answers class probabilities, shape (n, C), for unscaled x as the network stands then; it may be left uncalled,
#: and is not to be kept. Neither the call nor the answers change anything about the training.
Look = Callable[[EpochReport, bool, Callable[[Features], NDArray[np.float32]]], None]


@dataclass(frozen=True)
class Pulse:
    """A sign of life from within an epoch.

    epoch: counted from 1, of epochs. batches: of one epoch. done: those of this epoch that are trained.
    losses: of the newest ones among them, the last of which is batch number `done`; they follow on those of the
    pulse before where that was in the same epoch, and begin with the first batch where it was not. Empty where
    nothing new was trained, as while dev is measured.
    """

    epoch: int
    epochs: int
    batches: int
    done: int
    losses: tuple[float, ...]


@dataclass(frozen=True)
class Plan:
    """How long to train and from where.

    epochs: the last epoch, counted from 1; first_epoch: epochs already behind `start`.
    seed: of initial weights, order of samples and dropout; same seed, same result on one device.
    look: shows the network after every epoch to somebody who draws it; learners without epochs never call it.
    pulse: called within an epoch, about five times a second at most, however fast the batches are. The answer
    False ends the training at once, by the exception `Stopped`. It changes nothing about the training, and where
    there is none nothing is collected. Networks in PyTorch call it; a single batch or chunk of dev that takes
    longer delays it by as much. The last batches of an epoch may stay unsaid, as its report follows.
    """

    epochs: int
    seed: int
    first_epoch: int = 0
    start: Weights | None = None
    look: Look | None = None
    pulse: Callable[[Pulse], bool] | None = None


class Stopped(Exception):
    """A training that was ended from outside within an epoch. It left no model.

    epochs: those trained whole and reported, since the plan's first_epoch. begun: whether one more was begun.
    """

    def __init__(self, epochs: int, begun: bool) -> None:
        super().__init__(f"stopped after {epochs} whole epochs")
        self.epochs = epochs
        self.begun = begun


class Diverged(ArithmeticError):
    """A loss or an error is no longer a finite number."""


class ImpossibleArchitecture(ValueError):
    """A configuration from which no network can be built."""


class Fitted(ABC):
    """A trained model. best_epoch: the epoch whose weights it holds (0 where there are no epochs)."""

    best_epoch: int = 0
    parameters: int | None = None

    @abstractmethod
    def probabilities(self, x: Features) -> NDArray[np.float32]:
        """Class probabilities, shape (n, C), for unscaled x of shape (n, ...)."""

    def predict(self, x: Features) -> IntArray:
        """Class indices, shape (n,)."""
        return np.asarray(self.probabilities(x).argmax(axis=1), dtype=np.int64)

    def weights(self) -> Weights | None:
        """The weights as plain arrays, in a fixed order; None for models that have none to share."""
        return None


class Learner(Plugin, ABC):
    """Something that can be trained.

    system: its name in tables. kinds: the kinds of data sets that it takes.
    deterministic: the seed changes nothing, so that repeats would only repeat.
    """

    system: ClassVar[str]
    kinds: ClassVar[frozenset[str]]
    deterministic: ClassVar[bool] = False

    def prepare(self) -> None:
        """Imports the libraries that training needs, so that no trial's clock counts their loading."""
        for module in self.requires:
            importlib.import_module(module)

    @abstractmethod
    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        """One line for tables, for example "2-64-32-2, ReLU"."""

    @abstractmethod
    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        """Trains on split.train, watches split.dev, keeps the weights of the best dev error, or, where its
        settings say so, of the last epoch.

        Raises Diverged, ImpossibleArchitecture, MemoryError, and Stopped where plan.pulse asked for it; anything
        else is a defect.
        """

    def check(self, config: Config, shape: tuple[int, ...], classes: int) -> None:
        """Builds the model of `config` without training it. Raises what `train` would raise."""


class Baseline(Learner):
    """A learner with the settings that a person chose, and the reasons for them in its file."""

    @abstractmethod
    def configurations(self) -> tuple[Config, ...]:
        """What the person would try, best guess first; the dev error picks among them."""

    def poster(self, dataset: str) -> Config | None:
        """The study's own settings for a data set, where they are known to differ."""
        return None

    def epochs(self) -> int:
        """The most epochs one training may take."""
        return 1


def check_finite(report: EpochReport) -> EpochReport:
    """Passes a report on, or raises Diverged with a way out."""
    for name in ("train_loss", "dev_loss", "train_error", "dev_error"):
        value = getattr(report, name)
        if value is not None and not np.isfinite(value):
            raise Diverged(
                f"the {name.replace('_', ' ')} became {value} in epoch {report.epoch}: "
                "training diverged, usually because the learning rate is too high"
            )
    return report
