"""Digits-CNN-M: the plainest network for images of 8 x 8 pixels, two convolutions and one dense layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config, ImpossibleArchitecture
from manual.torch_baseline import TorchBaseline

if TYPE_CHECKING:
    from torch import nn

CHANNELS = (16, 32)
KERNEL = 3
POOL = 2


def digits_cnn(shape: tuple[int, ...], classes: int) -> nn.Module:
    """Two padded convolutions of 3 x 3 with pools of 2, then one logit a class: 6,090 parameters for 8 x 8 x 1.

    Weights are drawn after He et al. (2015), for layers with ReLU; biases start at 0.
    Raises ImpossibleArchitecture for images smaller than 4 x 4 pixels.
    """
    from torch import nn

    from manual.layers import ChannelsFirst

    if len(shape) != 3 or min(shape[:2]) < POOL ** len(CHANNELS):
        size = " x ".join(str(side) for side in shape)
        raise ImpossibleArchitecture(
            f"this network takes images of 4 x 4 pixels at least, and these samples are {size}"
        )
    layers: list[nn.Module] = [ChannelsFirst()]
    height, width, before = shape
    for channels in CHANNELS:
        layers += [nn.Conv2d(before, channels, KERNEL, padding=KERNEL // 2), nn.ReLU(), nn.MaxPool2d(POOL)]
        height, width, before = height // POOL, width // POOL, channels
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(before * height * width, classes))
    for layer in network:
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)
    return network


def described(classes: int) -> str:
    """The network in one line for tables."""
    filters = "-".join(str(channels) for channels in CHANNELS)
    return f"conv {filters} (3 x 3, ReLU, max pool 2), {classes}"


class DigitsCnn(TorchBaseline):
    name = "digits-cnn-m"
    system = "Digits-CNN-M"
    title = "CNN by hand in PyTorch for 8 x 8 pixels: 16-32 filters of 3 x 3, Adam as PyTorch has it"
    kinds = frozenset({"small-images"})

    def configurations(self) -> tuple[Config, ...]:
        # What somebody types who types nothing: Adam with PyTorch's defaults and batches of 32.
        return ({"learning_rate": 1e-3, "batch_size": 32, "patience": 10},)

    def epochs(self) -> int:
        return 20

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return described(classes)

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        return digits_cnn(shape, classes)
