"""A tunable network that PyTorch builds, trained by the loop of the networks by hand."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from datasets.inputs import input_shape
from datasets.types import TuningSplit
from manual.learner import Config, Fitted, ImpossibleArchitecture, Plan, Report
from manual.settings import Settings
from tuners.tunable import Tunable

if TYPE_CHECKING:
    from torch import nn


class TorchTunable(Tunable):
    """Configurations hold learning_rate, batch_size and what else of `manual.settings.Settings` is searched.

    A trial trains as many epochs as its searcher asked for, without a patience of its own: whether it is worth
    going on is what a searcher decides.
    """

    requires = ("torch",)

    @abstractmethod
    def network(self, config: Config, shape: tuple[int, ...], classes: int) -> nn.Module:
        """The network for samples of `shape`; it returns one logit a class."""

    def check(self, config: Config, shape: tuple[int, ...], classes: int) -> None:
        self._built(config, shape, classes)

    def train(self, config: Config, split: TuningSplit, classes: int, plan: Plan, report: Report) -> Fitted:
        import torch

        from manual.training import fit

        torch.manual_seed(plan.seed)
        network = self._built(config, input_shape(split), classes)
        settings = Settings.of({**config, "patience": plan.epochs})
        return fit(network, split, settings, plan, report)

    def _built(self, config: Config, shape: tuple[int, ...], classes: int) -> nn.Module:
        problem = self.space_for(shape).problem(config)
        if problem is not None:
            raise ImpossibleArchitecture(problem)
        return self.network(config, shape, classes)
