"""LeNet-5-15: LeNet-5 with LeCun's widths, and all that the study of hand tuning let people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from manual.models.lenet5 import Widths, described, lenet5
from tuners.hypermodels._by_hand import ByHand, by_hand_space

if TYPE_CHECKING:
    from torch import nn


class ByHandLeNet5(ByHand):
    name = "by-hand-lenet5"
    system = "LeNet-5-15"
    title = "LeNet-5 in PyTorch: the 15 hyperparameters that people tune in contests"
    kinds = frozenset({"images"})
    # As many epochs as LeNet-5 by hand has. A core needs a quarter of a minute for one of CIFAR-10.
    space = by_hand_space(max_epochs=20, batches=(8, 1024))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{described(Widths(), shape, classes)}, {config['optimizer']}, {config['loss']}"

    def network(self, config: Config, shape: tuple[int, ...], classes: int) -> nn.Module:
        return lenet5(Widths(), shape, classes)
