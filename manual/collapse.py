"""The collapse watch: a network that answers one class for every sample is stopped early.

The rule is the same for every library, so that a network by hand and one of an autotuner are judged alike.
It costs nothing: it reads what an epoch reports anyway.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from datasets.types import IntArray
from manual.learner import EpochReport

#: Epochs from the first one on in which one class is the only answer before a training is stopped.
EPOCHS = 3

#: Share of the entropy of the classes by which the train loss has to lie below it to count as learning.
GAIN = 0.01


class Collapse:
    """Watches one training, epoch by epoch. A fresh training takes a fresh watch.

    A training has collapsed when, from its first epoch on and for at least EPOCHS epochs, the network
    answered one class for all of dev, and its train loss shows no learning either:

    - it never lay more than GAIN below the entropy of the class shares of train, which is the loss of the
      best answer that ignores the sample. A network below it has learnt something: where one class is
      rare, the other is rightly the first answer; where dev differs from train, one class can be the only
      answer on dev for a while;
    - it no longer falls from epoch to epoch. A network with a small learning rate (the study's CNN: SGD at
      0.001) can stay at one answer for many epochs while its loss creeps down, and learn after that.

    One epoch with a second answer ends the watch for good. So does what is not known: a report without
    answers or train loss, and a training that goes on from weights (its first report is not epoch 1).
    """

    def __init__(self, train_y: IntArray, classes: int) -> None:
        """train_y: int64, shape (n,), class indices below `classes`."""
        counts = np.bincount(train_y, minlength=classes)
        shares = counts[counts > 0] / max(1, counts.sum())
        entropy = float(-(shares * np.log(shares)).sum())
        self.learning_below = (1 - GAIN) * entropy
        self.watching = len(shares) > 1  # of one class, one answer is the right one
        self.losses: list[float] = []

    def collapsed(self, report: EpochReport) -> bool:
        """Whether the training has collapsed by the end of this epoch. Call it once an epoch, in order."""
        fresh = report.epoch == len(self.losses) + 1
        loss = 0.0 if report.train_loss is None else report.train_loss
        self.losses.append(loss)
        self.watching &= fresh and report.dev_answers == 1 and loss > self.learning_below
        return self.watching and len(self.losses) >= EPOCHS and not self._falls()

    def _falls(self) -> bool:
        recent = self.losses[-EPOCHS:]
        return all(later < earlier for earlier, later in pairwise(recent))
