"""What a contest is about: a data set, a network and its space. One file a task in `tuners/contest/tasks/`."""

from __future__ import annotations

from typing import ClassVar

from datasets.errors import UsageError
from datasets.plugins import Plugin, scan, unknown
from tuners.space import Int, SearchSpace
from tuners.tunable import HYPERMODELS, Tunable

TASKS = "tuners.contest.tasks"


class ContestTask(Plugin):
    """A task. It lists cheaply; data and network are loaded by those who train.

    name: in terms and on the command line. title: one line for instructors, which may name network and data.
    dataset: of the catalogue. model: a hypermodel whose space is that of `tuners.hypermodels._by_hand`.
    classes, sizes, samples: what participants are told of the data, without their name: how many classes, how many
    samples train, dev and eval have, and what one sample is, in the plural ("small grey pictures").
    minutes: suggested for a contest on two cores. install: how to get what `missing` misses.
    seconds: of a training with the defaults on one core of a laptop, for estimates of what a contest costs. Measured for
    the tasks without a download; for the others scaled by samples and, for SqueezeNet, by published costs of an epoch.
    """

    dataset: ClassVar[str]
    model: ClassVar[str]
    classes: ClassVar[int]
    sizes: ClassVar[tuple[int, int, int]]
    samples: ClassVar[str]
    minutes: ClassVar[float] = 10.0
    seconds: ClassVar[float]

    @property
    def tunable(self) -> Tunable:
        """The network to tune. Importing it imports no training library."""
        return scan(HYPERMODELS, Tunable)[self.model]

    @property
    def space(self) -> SearchSpace:
        """What people and autotuners may choose."""
        return self.tunable.space

    @property
    def max_epochs(self) -> int:
        """The most epochs of one training, for people and autotuners alike."""
        epochs = self.space["epochs"].domain
        assert isinstance(epochs, Int)
        return epochs.high

    @property
    def about(self) -> str:
        """What participants are told: the data in numbers, what is measured and when. It names neither data nor network."""
        train, dev, held_back = (f"{size:,}" for size in self.sizes)
        return (
            f"A neural network learns to tell {self.classes} classes apart from {self.samples}. Its layers are fixed; "
            f"you choose how it is trained. It learns from {train} samples (train) and is then shown {dev} others "
            f"(dev): the share of them that it answers correctly is your dev accuracy. Guessing reaches "
            f"{100 / self.classes:.0f} %. After the contest your final configuration is trained again on train and dev "
            f"together, and what counts is its accuracy on {held_back} samples that nobody has seen until then (eval)."
        )


def tasks() -> dict[str, ContestTask]:
    """All tasks by name, those whose library or data are missing included."""
    return scan(TASKS, ContestTask)


def task(name: str) -> ContestTask:
    """The task of that name. Raises UsageError with the closest names where there is none."""
    found = tasks()
    if name not in found:
        raise unknown("task", name, found)
    return found[name]


def task_on(dataset: str) -> ContestTask:
    """The task on a data set of the catalogue. Raises UsageError where there is none."""
    found = {one.dataset: one for one in tasks().values()}
    if dataset not in found:
        raise UsageError(
            f"no contest's task is on data set {dataset}; there are tasks on: {', '.join(found)}"
        )
    return found[dataset]
