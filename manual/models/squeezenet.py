"""SqueezeNet-M: SqueezeNet 1.0 (Iandola et al., 2016, arXiv 1602.07360) and 1.1, layer by layer.

A fire module squeezes all channels through a few filters of 1 x 1 and then expands them by filters of 1 x 1 and of
3 x 3 side by side. There is no dense layer: the last convolution of 1 x 1 makes one map a class, and the mean of a
map is its logit, so that images of any size from 21 pixels on are taken (the paper's are 224, Imagenette's here 160).
There is no batch norm, as the paper has none.

What differs from the paper: weights are drawn after He et al. (2015), and no ReLU stands behind the last convolution.
Behind it a class whose map has become negative everywhere would never get a gradient again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from manual.learner import Config, ImpossibleArchitecture
from manual.torch_baseline import TorchBaseline

if TYPE_CHECKING:
    from torch import nn

Version = Literal["1.0", "1.1"]

DROPOUT = 0.5

#: Standard deviation of the last layer's first weights: all classes start about equally likely.
LAST_SPREAD = 0.01


@dataclass(frozen=True)
class Fire:
    """A fire module. expand: filters of 1 x 1, and as many of 3 x 3; the two stand side by side in its output."""

    squeeze: int
    expand: int


@dataclass(frozen=True)
class Layout:
    """A version of the network. filters, kernel: of the first convolution, which has stride 2.

    stages: fire modules between pools of 3 with stride 2; a pool stands before each stage.
    least: pixels of a side from which on something is left to pool.
    """

    filters: int
    kernel: int
    stages: tuple[tuple[Fire, ...], ...]
    least: int


LAYOUTS: dict[Version, Layout] = {
    "1.0": Layout(
        96,
        7,
        (
            (Fire(16, 64), Fire(16, 64), Fire(32, 128)),
            (Fire(32, 128), Fire(48, 192), Fire(48, 192), Fire(64, 256)),
            (Fire(64, 256),),
        ),
        least=21,
    ),
    "1.1": Layout(
        64,
        3,
        (
            (Fire(16, 64), Fire(16, 64)),
            (Fire(32, 128), Fire(32, 128)),
            (Fire(48, 192), Fire(48, 192), Fire(64, 256), Fire(64, 256)),
        ),
        least=17,
    ),
}


def squeezenet(shape: tuple[int, ...], classes: int, version: Version = "1.0") -> nn.Module:
    """The network for images of `shape` (height, width, channels); it answers one logit a class.

    For three channels and ten classes 1.0 has 740,554 parameters and 1.1, which needs about half the arithmetic
    for the same errors, 727,626. Raises ImpossibleArchitecture for images that are too small.
    """
    from torch import nn

    from manual.layers import ChannelsFirst, MeanOverMap, SideBySide

    layout = LAYOUTS[version]
    if len(shape) != 3 or min(shape[:2]) < layout.least:
        size = " x ".join(str(side) for side in shape)
        raise ImpossibleArchitecture(
            f"SqueezeNet {version} takes images of {layout.least} x {layout.least} pixels at least, and these samples "
            f"are {size}: its pools would leave nothing of them"
        )
    layers: list[nn.Module] = [
        ChannelsFirst(),
        nn.Conv2d(shape[2], layout.filters, layout.kernel, 2),
        nn.ReLU(),
    ]
    before = layout.filters
    for stage in layout.stages:
        layers.append(nn.MaxPool2d(3, 2, ceil_mode=True))
        for fire in stage:
            layers += [
                nn.Conv2d(before, fire.squeeze, 1),
                nn.ReLU(),
                SideBySide(
                    nn.Conv2d(fire.squeeze, fire.expand, 1),
                    nn.Conv2d(fire.squeeze, fire.expand, 3, padding=1),
                ),
                nn.ReLU(),
            ]
            before = 2 * fire.expand
    last = nn.Conv2d(before, classes, 1)
    network = nn.Sequential(*layers, nn.Dropout(DROPOUT), last, MeanOverMap())
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            assert layer.bias is not None
            nn.init.zeros_(layer.bias)
    nn.init.normal_(last.weight, std=LAST_SPREAD)
    return network


def described(shape: tuple[int, ...], classes: int, version: Version = "1.0") -> str:
    """The network in one line for tables."""
    layout, size = LAYOUTS[version], "x".join(str(side) for side in shape)
    fires = " | ".join("-".join(str(2 * fire.expand) for fire in stage) for stage in layout.stages)
    first = f"{layout.filters}@{layout.kernel}x{layout.kernel}/2"
    return f"{size}, SqueezeNet {version}: {first} | fire {fires} | {classes}, dropout {DROPOUT}"


class SqueezeNet(TorchBaseline):
    name = "squeezenet-m"
    system = "SqueezeNet-M"
    title = "SqueezeNet 1.0 by hand in PyTorch: eight fire modules, no batch norm, Adam"
    kinds = frozenset({"large-images"})

    def configurations(self) -> tuple[Config, ...]:
        # NOT MEASURED on Imagenette, whose files are not part of the project: a starting point, not a result.
        # Adam with a third of its usual rate, because a network of 18 layers without batch norm is easily thrown
        # off its start; the paper's weight decay. 20 epochs, because one takes minutes on a core; the rate falls
        # over all of them, so that none is lost to a rate that was too high.
        return (
            {
                "learning_rate": 3e-4,
                "batch_size": 32,
                "weight_decay": 2e-4,
                "schedule": "cosine",
                "patience": 20,
            },
        )

    def epochs(self) -> int:
        return 20

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return described(shape, classes)

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        return squeezenet(shape, classes)
