"""A person's try while a worker trains it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from tuners.contest.record import CurvePoint, Live
from tuners.contest.work import Asked
from tuners.engine import EpochDone, Pulsed, Started

#: Significant digits of a loss that is shown: more would only make rows longer.
DIGITS = 4


@dataclass
class Training:
    """What is known of it so far.

    planned: the epochs that it may train, which are fewer than it asked for where its person has fewer left.
    begun: the epoch that it has begun, which is what is charged where it has no result; 0 before the first. epoch,
    batches, losses: of the newest epoch of which batches are known. cancelled: it was asked to end.
    """

    asked: Asked
    planned: int
    begun: int = 0
    epoch: int = 0
    batches: int = 0
    losses: list[float] = field(default_factory=list)
    curve: list[CurvePoint] = field(default_factory=list)
    cancelled: bool = False
    news: bool = False
    longer: bool = False

    def hear(self, event: Started | EpochDone | Pulsed) -> None:
        """Takes in what its worker says."""
        self.news = True
        match event:
            case Started():
                self.begun = 1
            case Pulsed(_, pulse):
                if pulse.epoch != self.epoch:
                    self.epoch, self.losses = pulse.epoch, []
                self.begun = max(self.begun, pulse.epoch)
                self.batches = pulse.batches
                self.losses += [_shown(loss) for loss in pulse.losses if math.isfinite(loss)]
            case EpochDone(_, report, seconds):
                if report.train_loss is not None:
                    self.curve.append(CurvePoint(report.epoch, report.train_loss, seconds))
                self.longer = True
                self.begun = min(report.epoch + 1, self.planned)

    def live(self) -> Live:
        """The row that shows it."""
        contest, person, number = self.asked.key
        return Live(
            contest, person, number, self.epoch, self.planned, self.batches, tuple(self.losses), time.time()
        )


def _shown(loss: float) -> float:
    return float(f"{loss:.{DIGITS}g}")
