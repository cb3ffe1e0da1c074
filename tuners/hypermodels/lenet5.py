"""LeNet-5 with its four widths as hyperparameters, and the same on a grid that is small enough to train whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from manual.models.lenet5 import Widths, described, lenet5
from tuners.hypermodels._torch import TorchTunable
from tuners.space import Domain, Fixed, Int, Parameter, SearchSpace

if TYPE_CHECKING:
    from torch import nn


def lenet_space(c1: Domain, c3: Domain, c5: Domain, f6: Domain) -> SearchSpace:
    """The four widths; how they are trained is fixed, and stands in every configuration."""
    own = Widths()
    return SearchSpace(
        (
            Parameter("c1", c1, own.c1),
            Parameter("c3", c3, own.c3),
            Parameter("c5", c5, own.c5),
            Parameter("f6", f6, own.f6),
            Parameter("learning_rate", Fixed(1e-3), 1e-3),
            Parameter("batch_size", Fixed(32), 32),
        )
    )


class LeNet5(TorchTunable):
    name = "lenet5"
    system = "LeNet-5"
    title = "LeNet-5 in PyTorch: widths of C1, C3, C5 and F6, Adam"
    kinds = frozenset({"images"})
    # A width counts by its ratio: 4 maps in place of 2 change more than 34 in place of 32. Hence log scales,
    # from a third of LeCun's widths to at least twice them.
    space = lenet_space(
        Int(2, 32, log=True), Int(4, 64, log=True), Int(16, 256, log=True), Int(16, 256, log=True)
    )

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return described(_widths(config), shape, classes)

    def network(self, config: Config, shape: tuple[int, ...], classes: int) -> nn.Module:
        return lenet5(_widths(config), shape, classes)

    def parameters(self, config: Config, shape: tuple[int, ...], classes: int) -> int:
        return _widths(config).parameters(shape[2], classes)


class LeNet5Grid(LeNet5):
    """64 points: all of them can be trained, so that the regret of a search among them is known.

    Widths in even steps and not by their ratio: a grid of numbers can be searched by every tuner, also by
    those that take no categories, and only a scale without a logarithm has steps.
    """

    name = "lenet5-grid"
    system = "LeNet-5-grid"
    title = "LeNet-5 in PyTorch on a grid of 64 widths, which can be trained whole as ground truth"
    space = lenet_space(Int(3, 12, step=3), Int(8, 32, step=8), Int(60, 120, step=60), Int(42, 84, step=42))


def _widths(config: Config) -> Widths:
    return Widths(*(int(config[name]) for name in ("c1", "c3", "c5", "f6")))
