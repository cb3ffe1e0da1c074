"""What the PyTorch networks by hand share: how a configuration becomes a training."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from datasets.types import TuningSplit
from manual.learner import Baseline, Config, Fitted, Plan, Report

if TYPE_CHECKING:
    from torch import nn


class TorchBaseline(Baseline):
    """A network by hand: the file of the model says what the network is and how it is trained.

    Its configurations hold learning_rate, batch_size and patience (see `training.Settings`).
    """

    requires = ("torch",)

    @abstractmethod
    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """The network for samples of `shape`; it returns one logit a class."""

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        import torch

        from manual.training import Settings, fit

        torch.manual_seed(plan.seed)
        network = self.network(split.train.x.shape[1:], classes)
        settings = Settings(
            learning_rate=float(config["learning_rate"]),
            batch_size=int(config["batch_size"]),
            patience=int(config["patience"]),
        )
        return fit(network, split, settings, plan, report)
