"""How a person set a training: loss, optimizer, learning rate and its course, batches, which epoch is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import cos, pi
from typing import Literal, get_args

from manual.learner import Config

Optimizer = Literal["adam", "adamw", "sgd", "asgd", "adagrad", "adadelta", "rmsprop"]
Schedule = Literal["constant", "cosine", "one-cycle"]
Loss = Literal["cross-entropy", "nll", "mse", "l1"]
Keep = Literal["best", "last"]

#: PyTorch's own values where optimizers share a name and not its default.
EPSILON: Mapping[Optimizer, float] = {"adam": 1e-8, "adamw": 1e-8, "rmsprop": 1e-8, "adadelta": 1e-6}
ALPHA: Mapping[Optimizer, float] = {"rmsprop": 0.99, "asgd": 0.75}

#: Share of a one-cycle training in which the rate rises, and the part of the highest rate it rises from
#: (Smith and Topin, 2019, "Super-convergence"; the values of PyTorch's OneCycleLR).
RISE = 0.3
START = 1 / 25


@dataclass(frozen=True)
class Settings:
    """batch_size in samples; patience in epochs without a better dev error before training stops.

    momentum: of SGD and RMSprop. weight_decay: added to the gradient by all but AdamW, where it is decoupled.
    lambd: how fast the rate of averaged SGD falls, alpha: the power of that fall. lr_decay: the fall of
    Adagrad's rate; initial_accumulator_value: where its sum of squares starts. rho: of Adadelta, and alpha: of
    RMSprop, the share of the past in the mean square of the gradient; beta1, beta2: of Adam, the shares of the
    past in its mean and mean square. epsilon: added to the root by which Adam, Adadelta and RMSprop divide.
    The defaults are PyTorch's; alpha and epsilon of None stand for that of the optimizer (ALPHA, EPSILON).
    loss: what is minimized; see `manual.losses`.
    keep: the weights of the epoch with the lowest dev error, or of the last one, with which patience never ends
    a training.
    clip: the longest gradient (2-norm over all weights) a step is taken with, None for any.
    schedule: the course of the learning rate over all epochs of the plan; see `rate`.
    """

    learning_rate: float
    batch_size: int
    patience: int
    optimizer: Optimizer = "adam"
    momentum: float = 0.0
    weight_decay: float = 0.0
    lambd: float = 1e-4
    lr_decay: float = 0.0
    rho: float = 0.9
    alpha: float | None = None
    beta1: float = 0.9
    beta2: float = 0.999
    epsilon: float | None = None
    initial_accumulator_value: float = 0.0
    loss: Loss = "cross-entropy"
    keep: Keep = "best"
    clip: float | None = None
    schedule: Schedule = "constant"

    def __post_init__(self) -> None:
        for name, known in (
            ("optimizer", Optimizer),
            ("schedule", Schedule),
            ("loss", Loss),
            ("keep", Keep),
        ):
            if getattr(self, name) not in get_args(known):
                raise ValueError(f"{name} {getattr(self, name)!r} is none of {', '.join(get_args(known))}")

    @classmethod
    def of(cls, config: Config) -> Settings:
        """The settings that a configuration names; its other values belong to the network."""
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in config.items() if name in names})  # type: ignore[arg-type]


def rate(schedule: Schedule, progress: float) -> float:
    """The part of the highest learning rate that a step is taken with, in (0, 1].

    progress: the share of all steps of a training that lie behind it, in [0, 1); a training that goes on
    from weights begins where the earlier one stood.
    """
    if schedule == "cosine":
        return _half_cosine(progress, 1.0, 0.0)
    if schedule == "one-cycle":
        if progress < RISE:
            return _half_cosine(progress / RISE, START, 1.0)
        return _half_cosine((progress - RISE) / (1 - RISE), 1.0, 0.0)
    return 1.0


def _half_cosine(progress: float, start: float, end: float) -> float:
    return end + (start - end) * (1 + cos(pi * progress)) / 2
