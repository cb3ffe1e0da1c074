"""What a training minimizes, from logits of shape (n, C) and class indices, int64, of shape (n,).

Cross entropy and the negative log-likelihood of the log-softmax are the same number, to the last digit. PyTorch's
`NLLLoss` expects log-probabilities; fed with probabilities it returns their negative mean, another objective
altogether, and says nothing. Hence the log-softmax belongs to the loss here and cannot be forgotten.

Squared and absolute error compare vectors, so that classes become one-hot vectors first. Class indices themselves
would be an error in most shapes, but a batch of as many samples as there are classes broadcasts to a number
without a meaning.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from torch import Tensor
from torch.nn import functional as F

from manual.settings import Loss

LossFunction = Callable[[Tensor, Tensor], Tensor]


def loss_function(loss: Loss) -> LossFunction:
    """The mean loss of a batch. Values of different losses are not comparable."""
    match loss:
        case "cross-entropy":
            return F.cross_entropy
        case "nll":
            return _negative_log_likelihood
        case "mse":
            return _squared_error
        case "l1":
            return _absolute_error
    assert_never(loss)


def _negative_log_likelihood(logits: Tensor, y: Tensor) -> Tensor:
    return F.nll_loss(F.log_softmax(logits, dim=1), y)


def _squared_error(logits: Tensor, y: Tensor) -> Tensor:
    return F.mse_loss(*_probabilities_and_targets(logits, y))


def _absolute_error(logits: Tensor, y: Tensor) -> Tensor:
    return F.l1_loss(*_probabilities_and_targets(logits, y))


def _probabilities_and_targets(logits: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    probabilities = logits.softmax(dim=1)
    return probabilities, F.one_hot(y, logits.shape[1]).to(probabilities.dtype)
