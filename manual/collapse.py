"""The collapse watch: a network that answers one class for every sample is stopped early.

The rule is the same for every library, so that a network by hand and one of an autotuner are judged alike.
It costs nothing: it reads what an epoch reports anyway.
"""

from __future__ import annotations

import numpy as np

from datasets.types import IntArray
from manual.learner import EpochReport

#: Epochs from the first one on in which one class is the only answer before a training is stopped.
EPOCHS = 3

#: Share of the entropy of the classes by which a loss has to lie below it to show learning: rounding only.
MARGIN = 1e-4


class Collapse:
    """Watches one training, epoch by epoch. A fresh training takes a fresh watch.

    A training has collapsed when, from its first epoch on and for at least EPOCHS epochs, the network
    answered one class for all of dev, and its last EPOCHS train losses show no learning either:

    - none lies below the entropy of the class shares of train. That is the loss of the best answer that
      ignores the sample; what lies below it has learnt something, even where one class is still the only
      answer: because the other is rare, or because the network starts slowly;
    - the last is not below the first of them. A network that starts slowly creeps down to that entropy.

    One answer alone would not do. On a toy task, the study's CNN with SGD (0.001, with and without momentum)
    answered one class for three to nine epochs in several trainings and then learnt the task; all of those lay
    below the entropy by a few thousandths within four epochs. Networks that never answered a second class in
    15 epochs (Adam at 0.01 and 0.03) stayed a few thousandths above it, and were found in epoch 4 to 8.

    One epoch with a second answer ends the watch for good. So does what is not known: a report without
    answers or train loss, and a training that goes on from weights (its first report is not epoch 1).
    """

    def __init__(self, train_y: IntArray, classes: int) -> None:
        """train_y: int64, shape (n,), class indices below `classes`."""
        counts = np.bincount(train_y, minlength=classes)
        shares = counts[counts > 0] / max(1, counts.sum())
        self.learning_below = (1 - MARGIN) * float(-(shares * np.log(shares)).sum())
        self.watching = len(shares) > 1  # of one class, one answer is the right one
        self.losses: list[float] = []

    def collapsed(self, report: EpochReport) -> bool:
        """Whether the training has collapsed by the end of this epoch. Call it once an epoch, in order."""
        if report.train_loss is None or report.dev_answers != 1 or report.epoch != len(self.losses) + 1:
            self.watching = False
        if not self.watching or report.train_loss is None:
            return False
        self.losses.append(report.train_loss)
        recent = self.losses[-EPOCHS:]
        return len(recent) == EPOCHS and min(recent) >= self.learning_below and recent[-1] >= recent[0]
