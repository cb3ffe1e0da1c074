"""What the PyTorch networks by hand share: how a configuration becomes a training."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from datasets.inputs import input_shape
from datasets.types import TuningSplit
from manual.learner import Baseline, Config, Fitted, Plan, Report
from manual.settings import Settings

if TYPE_CHECKING:
    from torch import nn


class TorchBaseline(Baseline):
    """A network by hand: the file of the model says what the network is and how it is trained.

    Its configurations hold learning_rate, batch_size and patience, and what else of `settings.Settings`
    is not as usual.
    """

    requires = ("torch",)

    @abstractmethod
    def network(self, shape: tuple[int, ...], classes: int) -> nn.Module:
        """The network for samples of `shape`; it returns one logit a class."""

    def check(self, config: Config, shape: tuple[int, ...], classes: int) -> None:
        self.network(shape, classes)

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        import torch

        from manual.training import fit

        torch.manual_seed(plan.seed)
        network = self.network(input_shape(split), classes)
        return fit(network, split, Settings.of(config), plan, report)
