"""Signs of life from within an epoch, at a pace that people see and a training does not feel."""

from __future__ import annotations

import time

import torch
from torch import Tensor

from manual.learner import Plan, Pulse, Stopped

#: Seconds from one pulse to the next, at least. Five a second look continuous.
PACE = 0.2


class Pulses:
    """Counts the batches of one training for `Plan.pulse`. Without one, it does nothing.

    Losses stay where they were computed until a pulse is due, and come back together: reading every one of them
    would stall a GPU.
    """

    def __init__(self, plan: Plan, batches: int) -> None:
        """batches: of one epoch."""
        self._plan = plan
        self._batches = batches
        self._epoch = plan.first_epoch
        self._done = 0
        self._losses: list[Tensor] = []
        self._last = time.monotonic()

    def epoch(self, epoch: int) -> None:
        """A new epoch begins; what the one before left unsaid stays so."""
        self._epoch, self._done = epoch, 0
        self._losses.clear()

    def batch(self, loss: Tensor) -> None:
        """A batch is trained. loss: detached, of shape (). Raises Stopped where the pulse's answer is False."""
        self._done += 1
        if self._plan.pulse is not None:
            self._losses.append(loss)
            self.beat()

    def beat(self) -> None:
        """Pulses where it is time to. Raises Stopped."""
        if self._plan.pulse is None or time.monotonic() - self._last < PACE:
            return
        losses = tuple(torch.stack(self._losses).tolist()) if self._losses else ()
        self._losses.clear()
        go_on = self._plan.pulse(Pulse(self._epoch, self._plan.epochs, self._batches, self._done, losses))
        self._last = time.monotonic()
        if not go_on:
            raise Stopped(self._epoch - self._plan.first_epoch - 1, begun=True)
