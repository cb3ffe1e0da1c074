"""Every autotuned system against the one that a person tuned best, both chosen by dev error before eval is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.statistics import Interval, compare, count_difference, sentences
from tuners.record import HAND
from tuners.summary import SystemSummary


@dataclass(frozen=True)
class Against:
    """Eval error of an autotuned system less that of the reference. shown: whether it is more than chance.

    interval: at 95 %, corrected for the number of comparisons where samples were counted. basis: whose luck it speaks of.
    """

    system: str
    reference: str
    interval: Interval
    shown: bool
    basis: str


def hand_and_tuned(systems: Sequence[SystemSummary], samples: int) -> list[Against]:
    """One comparison an autotuned system, in the order of the study; none where there is nobody on one side.

    samples: of eval. With repeats on both sides, searches from the same seed are paired; with one training, the interval
    is that of the luck of the samples alone, and says nothing of another training.
    """
    scored = [system for system in systems if system.errors]
    by_hand = [system for system in scored if system.tuner == HAND]
    tuned = [system for system in scored if system.tuner != HAND]
    if not by_hand or not tuned:
        return []
    best = min(by_hand, key=lambda system: system.errors["dev"])
    return [_against(system, best, samples, len(tuned)) for system in tuned]


def _against(system: SystemSummary, best: SystemSummary, samples: int, tests: int) -> Against:
    mine, theirs = ({score.repeat: score.errors["eval"] for score in one.scores} for one in (system, best))
    common = sorted(mine.keys() & theirs.keys())
    if len(common) > 1:
        found = compare([mine[repeat] - theirs[repeat] for repeat in common], tests)
        basis = sentences.counted_blocks(found.pairs)
        return Against(system.label, best.label, found.interval, found.shown, basis)
    counted = count_difference(system.errors["eval"], best.errors["eval"], samples, tests)
    basis = f"{samples:,} eval samples"
    return Against(system.label, best.label, counted.interval, counted.shown, basis)
