"""Digits-CNN-15: the digits' CNN, with all that the study of hand tuning let people choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from manual.models.digits_cnn import described, digits_cnn
from tuners.hypermodels._by_hand import ByHand, by_hand_space

if TYPE_CHECKING:
    from torch import nn


class ByHandDigits(ByHand):
    name = "by-hand-digits"
    system = "Digits-CNN-15"
    title = "CNN in PyTorch for 8 x 8 pixels: the 15 hyperparameters that people tune in contests"
    kinds = frozenset({"small-images"})
    # Adam's defaults have reached what they reach after about 15 epochs. The study's smallest batch was a single
    # sample, with which one training takes as long as ten others.
    space = by_hand_space(max_epochs=20, batches=(4, 1024))

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{described(classes)}, {config['optimizer']}, {config['loss']}"

    def network(self, config: Config, shape: tuple[int, ...], classes: int) -> nn.Module:
        return digits_cnn(shape, classes)
