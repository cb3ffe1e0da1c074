"""MLP-M2: the study's second hand-tuned network, two hidden layers with dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from manual.learner import Config
from manual.torch_baseline import TorchBaseline

if TYPE_CHECKING:
    from torch import nn


class MlpM2(TorchBaseline):
    name = "mlp-m2"
    system = "MLP-M2"
    title = "MLP by hand in PyTorch: 64-32, ReLU, dropout 0.3"
    kinds = frozenset({"points2d"})

    def configurations(self) -> tuple[Config, ...]:
        # Dropout smooths the border between the classes, which costs a little on train; with 64 and
        # 32 units the network is small enough that a rate above 0.3 would starve it.
        # 256 points a batch halve the noise of a step that dropout adds noise to already.
        return ({"learning_rate": 1e-3, "batch_size": 256, "patience": 3},)

    def epochs(self) -> int:
        # Five passes over set 10: train error still creeps down after them, dev error gains less
        # than the half point by which it wanders from epoch to epoch.
        return 5

    def architecture(self, config: Config, shape: tuple[int, ...], classes: int) -> str:
        return f"{shape[0]}-64-32-{classes}, ReLU, dropout 0.3"

    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        from torch import nn

        return nn.Sequential(
            nn.Linear(shape[0], 64),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(64, 32),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(32, classes),
        )
