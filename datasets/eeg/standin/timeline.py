"""When what happens in a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Label = Literal["bckg", "seiz"]


@dataclass(frozen=True)
class Event:
    """Seconds from the start of the record, as an annotation states them."""

    start: float
    stop: float
    label: Label


@dataclass(frozen=True)
class Plan:
    """What a record is to hold: `seconds`, and how long gaps between its seizures are (None: no seizures)."""

    seconds: int
    gap: tuple[float, float] | None


def draw_events(rng: np.random.Generator, plan: Plan) -> tuple[Event, ...]:
    """Alternating events that cover the record, with times as fine as annotations write them.

    About one seizure in seven is too short (6-14 s) for a segment.
    """
    events: list[Event] = []
    start = 0.0
    while plan.gap is not None:
        onset = start + rng.uniform(*plan.gap)
        short = rng.random() < 1 / 7
        length = rng.uniform(6, 14) if short else min(16 + rng.gamma(2.0, 11.0), 80)
        if onset + length > plan.seconds - 4:
            break
        events.append(Event(start, round(onset, 4), "bckg"))
        start = round(onset + length, 4)
        events.append(Event(events[-1].stop, start, "seiz"))
    events.append(Event(start, float(plan.seconds), "bckg"))
    return tuple(events)


def draw_spells(rng: np.random.Generator, seconds: float, share: float) -> tuple[tuple[float, float], ...]:
    """(start, stop) of spells that fill `share` of the time, whatever the events are."""
    spells: list[tuple[float, float]] = []
    lasting = 22.0
    pause = lasting * (1 - share) / max(share, 1e-9)
    start = -rng.uniform(0, lasting) if rng.random() < share else rng.exponential(pause)
    while start < seconds:
        stop = start + rng.uniform(0.5, 1.5) * lasting
        if stop > 1:
            spells.append((max(start, 0.0), min(stop, seconds)))
        start = stop + rng.exponential(pause)
    return tuple(spell for spell in spells if spell[1] - spell[0] > 1)
