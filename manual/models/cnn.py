"""CNN-M: the study's hand-tuned network for patches of breast tissue, layer by layer as it was published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config, ImpossibleArchitecture
from manual.torch_baseline import TorchBaseline

if TYPE_CHECKING:
    from torch import nn

CHANNELS = (16, 32, 64)
KERNEL = 5
POOL = 2


class Cnn(TorchBaseline):
    name = "cnn-m"
    system = "CNN-M"
    title = "CNN by hand in PyTorch as in the study: 16-32-64 filters of 5 x 5, 128 units, SGD"
    kinds = frozenset({"patches"})

    def configurations(self) -> tuple[Config, ...]:
        # SGD at 0.001, batches of 8 and 15 epochs are the study's. It states no momentum. 0.9 is an
        # ASSUMPTION: it is the usual companion of SGD at 0.001 for a small CNN (PyTorch's own tutorial
        # for one trains so), and without it 15 epochs of a small train set hardly leave the start.
        # The study trained all 15 epochs, hence the patience of 15; the best of them by dev error is kept.
        return (
            {"optimizer": "sgd", "learning_rate": 1e-3, "momentum": 0.9, "batch_size": 8, "patience": 15},
        )

    def epochs(self) -> int:
        return 15

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        filters = "-".join(str(channels) for channels in CHANNELS)
        return f"conv {filters} (5 x 5, ReLU, max pool 2), {flat_features(shape)}-128-{classes}, dropout 0.25"

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        from manual.layers import ChannelsFirst

        features = flat_features(shape)
        layers: list[nn.Module] = [ChannelsFirst()]
        before = shape[2]
        for channels in CHANNELS:
            layers += [nn.Conv2d(before, channels, KERNEL), nn.ReLU(), nn.MaxPool2d(POOL)]
            before = channels
        return nn.Sequential(
            *layers,
            nn.Flatten(),
            nn.Linear(features, 128),
            nn.ReLU(),
            nn.Dropout(0.25),
            nn.Linear(128, classes),
        )


def flat_features(shape: tuple[int, ...]) -> int:
    """Values that the last feature map holds: 64 x 12 x 12 = 9216 for the study's 128 x 128 pixels.

    Raises ImpossibleArchitecture for images that are too small for three convolutions and pools.
    """
    height, width = (_side(side) for side in shape[:2])
    if min(height, width) < 1:
        raise ImpossibleArchitecture(
            f"images of {shape[0]} x {shape[1]} pixels are too small for this network: three convolutions of"
            " 5 x 5, each with a pool of 2, need 36 x 36 at least"
        )
    return CHANNELS[-1] * height * width


def _side(pixels: int) -> int:
    for _ in CHANNELS:
        pixels = (pixels - KERNEL + 1) // POOL
    return pixels
