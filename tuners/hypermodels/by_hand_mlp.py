"""MLP-15: the study's first hand-tuned MLP, with all that the study of hand tuning let people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from manual.models.mlp_m1 import MlpM1
from tuners.hypermodels._by_hand import ByHand, by_hand_space

if TYPE_CHECKING:
    from torch import nn

NETWORK = MlpM1()


class ByHandMlp(ByHand):
    name = "by-hand-mlp"
    system = "MLP-15"
    title = "MLP in PyTorch, 64-32-16: the 15 hyperparameters that people tune in contests"
    kinds = frozenset({"points2d"})
    # Set 10 is learnt after a single pass; batches of fewer than 16 of its 100,000 points would take minutes.
    space = by_hand_space(max_epochs=10, batches=(16, 1024))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{NETWORK.architecture(config, shape, classes)}, {config['optimizer']}, {config['loss']}"

    def network(self, config: Config, shape: tuple[int, ...], classes: int) -> nn.Module:
        return NETWORK.network(shape, classes)
