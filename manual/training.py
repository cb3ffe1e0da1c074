"""The PyTorch training loop by hand.

On a CUDA GPU, images and EEG are computed in bfloat16 where that is safe (autocast; weights and losses stay
float32) and images lie with the channels last, as tensor cores want them. Points stay float32: three digits
would blur a border between classes. On the CPU nothing of that is done.

The same seed gives the same weights on one CPU with one number of threads. On a GPU, cuDNN is told to use
deterministic kernels and cuBLAS a fixed workspace, which LSTM layers need as well; operations outside of
both that add in any order could differ: of this project's networks only SqueezeNet has some, its pools overlap.
Another GPU or another version of the libraries rounds differently.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from datasets.inputs import Inputs, fit_inputs
from datasets.types import Features, TuningSplit
from manual.feed import Feed, evaluation_chunks, feed
from manual.learner import EpochReport, Fitted, Plan, Report, Weights, check_finite
from manual.losses import loss_function
from manual.pulse import Pulses
from manual.settings import ALPHA, EPSILON, Settings, rate


def choose_device() -> torch.device:
    """The fastest device there is: cuda, else mps, else cpu."""
    if torch.cuda.is_available():
        # Read when cuBLAS starts, so it has to stand before the first product.
        os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


class TorchModel(Fitted):
    """A trained PyTorch network together with the inputs that were fitted on train."""

    def __init__(self, network: nn.Module, inputs: Inputs, device: torch.device, best_epoch: int) -> None:
        self.network = network
        self.inputs = inputs
        self.device = device
        self.best_epoch = best_epoch
        self.parameters = sum(parameter.numel() for parameter in network.parameters())

    def probabilities(self, x: Features) -> NDArray[np.float32]:
        self.network.eval()
        with torch.no_grad(), precision(self.inputs, self.device):
            parts = [
                torch.softmax(self.network(part).float(), dim=1).cpu()
                for part in evaluation_chunks(x, self.inputs, self.device)
            ]
        return np.asarray(torch.cat(parts).numpy(), dtype=np.float32)

    def weights(self) -> Weights:
        return [tensor.detach().cpu().numpy() for tensor in self.network.state_dict().values()]


def fit(network: nn.Module, split: TuningSplit, settings: Settings, plan: Plan, report: Report) -> TorchModel:
    """Trains on settings.loss and keeps the weights of the epoch that settings.keep names.

    Stops after plan.epochs, when `report` says so, or, where the best epoch is kept, after settings.patience
    epochs without a better dev error. Raises Diverged when a loss is no longer finite, and Stopped when
    plan.pulse says so.
    """
    device = choose_device()
    inputs = fit_inputs(split)
    train = feed(split.train, inputs, device, train=True, seed=plan.seed)
    dev = feed(split.dev, inputs, device, train=False, seed=plan.seed)
    second = None
    if split.second is not None:
        second = feed(split.second, inputs, device, train=False, seed=plan.seed)
    network = _placed(network, inputs, device)
    if plan.start is not None:
        _load(network, plan.start)
    steps = -(-train.count // settings.batch_size)
    optimizer = _optimizer(network, settings, steps)
    loss_of = loss_function(settings.loss)
    pulses = Pulses(plan, steps)
    shuffler = torch.Generator().manual_seed(plan.seed)
    for _ in range(plan.first_epoch):  # the orders of the epochs that lie behind
        torch.randperm(train.count, generator=shuffler)
    autocast = precision(inputs, device)

    kept_error = float("inf")
    kept_epoch = plan.first_epoch
    kept_weights = copy.deepcopy(network.state_dict())

    for epoch in range(plan.first_epoch + 1, plan.epochs + 1):
        network.train()
        pulses.epoch(epoch)
        loss_sum = torch.zeros((), device=device)
        wrong = torch.zeros((), dtype=torch.int64, device=device)
        order = torch.randperm(train.count, generator=shuffler)
        for step, (x, y) in enumerate(train.batches(order, settings.batch_size, epoch)):
            if settings.schedule != "constant":
                progress = (epoch - 1 + step / steps) / plan.epochs
                optimizer.param_groups[0]["lr"] = settings.learning_rate * rate(settings.schedule, progress)
            with autocast:
                logits = network(x)
                loss = loss_of(logits, y)
            optimizer.zero_grad()
            loss.backward()
            if settings.clip is not None:
                nn.utils.clip_grad_norm_(network.parameters(), settings.clip)
            optimizer.step()
            # Summed on the device: reading a number back after every batch would stall it.
            loss_sum += loss.detach() * len(y)
            wrong += (logits.detach().argmax(dim=1) != y).sum()
            pulses.batch(loss.detach())

        with _averaged(optimizer):
            found = evaluate(network, dev, inputs, device, pulses)
            if settings.keep == "last" or found.error < kept_error:
                kept_error, kept_epoch = found.error, epoch
                kept_weights = copy.deepcopy(network.state_dict())
            second_error = None if second is None else evaluate(network, second, inputs, device, pulses).error
        result = check_finite(
            EpochReport(
                epoch=epoch,
                train_loss=loss_sum.item() / train.count,
                train_error=wrong.item() / train.count,
                dev_loss=found.loss,
                dev_error=found.error,
                dev_answers=found.answers,
                second_error=second_error,
            )
        )
        go_on = report(result) and epoch - kept_epoch < settings.patience
        if plan.look is not None:
            with _averaged(optimizer):
                now = TorchModel(network, inputs, device, epoch)
                plan.look(result, not go_on or epoch == plan.epochs, now.probabilities)
        if not go_on:
            break

    network.load_state_dict(kept_weights)
    return TorchModel(network, inputs, device, kept_epoch)


@dataclass(frozen=True)
class Evaluation:
    """loss: mean cross-entropy in nats. error: in [0, 1]. answers: how many different classes were answered."""

    loss: float
    error: float
    answers: int


def evaluate(
    network: nn.Module, samples: Feed, inputs: Inputs, device: torch.device, pulses: Pulses | None = None
) -> Evaluation:
    """What the network makes of the samples of a feed, in chunks of bounded size, with a pulse after each."""
    network.eval()
    loss_sum, wrong = 0.0, 0
    answered: set[int] = set()
    with torch.no_grad(), precision(inputs, device):
        for x, y in samples.chunks():
            logits = network(x).float()
            loss_sum += nn.functional.cross_entropy(logits, y, reduction="sum").item()
            answers = logits.argmax(dim=1)
            wrong += int((answers != y).sum().item())
            answered.update(torch.bincount(answers).nonzero().flatten().tolist())
            if pulses is not None:
                pulses.beat()
    return Evaluation(loss_sum / samples.count, wrong / samples.count, len(answered))


def precision(inputs: Inputs, device: torch.device) -> AbstractContextManager[object]:
    """bfloat16 where the GPU computes in it and the inputs are no points; else float32 as it is."""
    if device.type != "cuda" or len(inputs.shape) == 1:
        return nullcontext()
    if not torch.cuda.is_bf16_supported(including_emulation=False):
        return nullcontext()
    return torch.autocast("cuda", torch.bfloat16)


def _placed(network: nn.Module, inputs: Inputs, device: torch.device) -> nn.Module:
    if device.type == "cuda" and len(inputs.shape) == 3:
        return network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return network.to(device)


def _optimizer(network: nn.Module, settings: Settings, steps: int) -> torch.optim.Optimizer:
    """steps: of one epoch. Averaged SGD takes the mean of all weights after it; PyTorch begins one step late."""
    weights, lr, decay = network.parameters(), settings.learning_rate, settings.weight_decay
    betas = (settings.beta1, settings.beta2)
    name, optim = settings.optimizer, torch.optim
    eps = EPSILON.get(name, 0.0) if settings.epsilon is None else settings.epsilon
    alpha = ALPHA.get(name, 0.0) if settings.alpha is None else settings.alpha
    match name:
        case "sgd":
            return optim.SGD(weights, lr=lr, momentum=settings.momentum, weight_decay=decay)
        case "asgd":
            lambd = settings.lambd
            return optim.ASGD(weights, lr=lr, lambd=lambd, alpha=alpha, t0=steps - 1, weight_decay=decay)
        case "adagrad":
            fall, start = settings.lr_decay, settings.initial_accumulator_value
            return optim.Adagrad(
                weights, lr=lr, lr_decay=fall, initial_accumulator_value=start, weight_decay=decay
            )
        case "adadelta":
            return optim.Adadelta(weights, lr=lr, rho=settings.rho, eps=eps, weight_decay=decay)
        case "rmsprop":
            momentum = settings.momentum
            return optim.RMSprop(weights, lr=lr, momentum=momentum, alpha=alpha, eps=eps, weight_decay=decay)
        case "adamw":
            return optim.AdamW(weights, lr=lr, betas=betas, eps=eps, weight_decay=decay)
        case "adam":
            return optim.Adam(weights, lr=lr, betas=betas, eps=eps, weight_decay=decay)


@contextmanager
def _averaged(optimizer: torch.optim.Optimizer) -> Iterator[None]:
    """Inside, the network has the weights that the optimizer averaged, where it is one that averages.

    PyTorch's averaged SGD keeps the mean (Polyak and Juditsky, 1992) beside the weights and leaves its use to
    the caller; without this it would be SGD with a falling rate.
    """
    means = [(weight, state["ax"]) for weight, state in optimizer.state.items() if "ax" in state]
    own = [weight.detach().clone() for weight, _ in means]
    with torch.no_grad():
        for weight, mean in means:
            weight.copy_(mean)
    yield
    with torch.no_grad():
        for (weight, _), before in zip(means, own, strict=True):
            weight.copy_(before)


def _load(network: nn.Module, weights: Weights) -> None:
    state = network.state_dict()
    network.load_state_dict(
        {name: torch.from_numpy(np.asarray(array)) for name, array in zip(state, weights, strict=True)}
    )


__all__ = ["Evaluation", "Settings", "TorchModel", "choose_device", "evaluate", "fit", "precision"]
