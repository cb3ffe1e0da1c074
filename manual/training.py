"""The PyTorch training loop by hand.

The data of a 2-D set fits into the device's memory whole, so mini-batches are gathered from tensors
that lie there already; a DataLoader that fetches single points would cost more than the network.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from datasets.scaling import Scaling
from datasets.types import Features, Samples, TuningSplit
from manual.learner import EpochReport, Fitted, Plan, Report, Weights, check_finite

#: Rows that go through a network at once where no gradient is needed.
CHUNK = 65_536


@dataclass(frozen=True)
class Settings:
    """How a person set the training. patience: epochs without a better dev error before it stops."""

    learning_rate: float
    batch_size: int
    patience: int


def choose_device() -> torch.device:
    """The fastest device there is: cuda, else mps, else cpu."""
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


class TorchModel(Fitted):
    """A trained PyTorch network together with the scaling that was fitted on train."""

    def __init__(self, network: nn.Module, scaling: Scaling, device: torch.device, best_epoch: int) -> None:
        self.network = network
        self.scaling = scaling
        self.device = device
        self.best_epoch = best_epoch
        self.parameters = sum(parameter.numel() for parameter in network.parameters())

    def probabilities(self, x: Features) -> NDArray[np.float32]:
        inputs = torch.from_numpy(self.scaling.apply(x))
        self.network.eval()
        with torch.no_grad():
            parts = [
                torch.softmax(self.network(part.to(self.device)), dim=1).cpu() for part in inputs.split(CHUNK)
            ]
        return np.asarray(torch.cat(parts).numpy(), dtype=np.float32)

    def weights(self) -> Weights:
        return [tensor.detach().cpu().numpy() for tensor in self.network.state_dict().values()]


def fit(network: nn.Module, split: TuningSplit, settings: Settings, plan: Plan, report: Report) -> TorchModel:
    """Trains with Adam on cross-entropy and keeps the weights of the epoch with the lowest dev error.

    Stops after plan.epochs, when `report` says so, or after settings.patience epochs without a better
    dev error. Raises Diverged when a loss is no longer finite.
    """
    device = choose_device()
    scaling = Scaling.fit(split.train.x)
    train_x, train_y = _on_device(split.train, scaling, device)
    dev_x, dev_y = _on_device(split.dev, scaling, device)

    network = network.to(device)
    if plan.start is not None:
        _load(network, plan.start)
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    loss_of = nn.CrossEntropyLoss()
    shuffler = torch.Generator().manual_seed(plan.seed)

    best_error = float("inf")
    best_epoch = plan.first_epoch
    best_weights = copy.deepcopy(network.state_dict())

    for epoch in range(plan.first_epoch + 1, plan.epochs + 1):
        network.train()
        loss_sum = torch.zeros((), device=device)
        wrong = torch.zeros((), dtype=torch.int64, device=device)
        for batch in _batches(len(train_y), settings.batch_size, shuffler, device):
            x, y = train_x[batch], train_y[batch]
            logits = network(x)
            loss = loss_of(logits, y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            # Summed on the device: reading a number back after every batch would stall it.
            loss_sum += loss.detach() * len(y)
            wrong += (logits.detach().argmax(dim=1) != y).sum()

        dev_loss, dev_error = evaluate(network, dev_x, dev_y)
        result = check_finite(
            EpochReport(
                epoch=epoch,
                train_loss=loss_sum.item() / len(train_y),
                train_error=wrong.item() / len(train_y),
                dev_loss=dev_loss,
                dev_error=dev_error,
            )
        )
        if dev_error < best_error:
            best_error, best_epoch = dev_error, epoch
            best_weights = copy.deepcopy(network.state_dict())
        if not report(result) or epoch - best_epoch >= settings.patience:
            break

    network.load_state_dict(best_weights)
    return TorchModel(network, scaling, device, best_epoch)


def evaluate(network: nn.Module, x: Tensor, y: Tensor) -> tuple[float, float]:
    """Mean cross-entropy in nats and error rate in [0, 1] on points that lie on the device."""
    network.eval()
    loss_sum, wrong = 0.0, 0
    with torch.no_grad():
        for part_x, part_y in zip(x.split(CHUNK), y.split(CHUNK), strict=True):
            logits = network(part_x)
            loss_sum += nn.functional.cross_entropy(logits, part_y, reduction="sum").item()
            wrong += int((logits.argmax(dim=1) != part_y).sum().item())
    return loss_sum / len(y), wrong / len(y)


def _batches(
    count: int, batch_size: int, shuffler: torch.Generator, device: torch.device
) -> Iterator[Tensor]:
    order = torch.randperm(count, generator=shuffler).to(device)
    yield from order.split(batch_size)


def _on_device(samples: Samples, scaling: Scaling, device: torch.device) -> tuple[Tensor, Tensor]:
    x = torch.from_numpy(scaling.apply(samples.x)).to(device)
    y = torch.from_numpy(np.array(samples.y)).to(device)  # a copy: torch warns of read-only memory
    return x, y


def _load(network: nn.Module, weights: Weights) -> None:
    state = network.state_dict()
    network.load_state_dict(
        {name: torch.from_numpy(np.asarray(array)) for name, array in zip(state, weights, strict=True)}
    )
