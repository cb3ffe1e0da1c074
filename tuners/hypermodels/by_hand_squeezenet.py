"""SqueezeNet-15: the network of the study of hand tuning, with all that it let people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from manual.models.squeezenet import described, squeezenet
from tuners.hypermodels._by_hand import ByHand, by_hand_space

if TYPE_CHECKING:
    from torch import nn


class ByHandSqueezeNet(ByHand):
    name = "by-hand-squeezenet"
    system = "SqueezeNet-15"
    title = "SqueezeNet 1.0 in PyTorch: the 15 hyperparameters that people tune in contests"
    kinds = frozenset({"large-images"})
    # Larger batches of 160 x 160 pixels do not fit into the memory of most machines.
    space = by_hand_space(max_epochs=20, batches=(8, 256))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{described(shape, classes)}, {config['optimizer']}, {config['loss']}"

    def network(self, config: Config, shape: tuple[int, ...], classes: int) -> nn.Module:
        return squeezenet(shape, classes)
