"""MLP-M1: the study's first hand-tuned network, three hidden layers and no dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from manual.torch_baseline import TorchBaseline

if TYPE_CHECKING:
    from torch import nn


class MlpM1(TorchBaseline):
    name = "mlp-m1"
    system = "MLP-M1"
    title = "MLP by hand in PyTorch: 64-32-16, ReLU, no dropout"
    kinds = frozenset({"points2d"})

    def configurations(self) -> tuple[Config, ...]:
        # Adam at its usual rate needs no schedule here: set 10 is learnt after a single pass.
        # 128 points a batch are 780 steps an epoch; 512 learnt as well but wandered more on dev.
        # The dev drawing differs from train, so dev error wanders by about a point from epoch to
        # epoch without a trend. Waiting longer than five epochs would mostly pick lucky ones.
        return ({"learning_rate": 1e-3, "batch_size": 128, "patience": 5},)

    def epochs(self) -> int:
        return 20

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{shape[0]}-64-32-16-{classes}, ReLU"

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        return nn.Sequential(
            nn.Linear(shape[0], 64),
            nn.ReLU(),
            nn.Linear(64, 32),
            nn.ReLU(),
            nn.Linear(32, 16),
            nn.ReLU(),
            nn.Linear(16, classes),
        )
