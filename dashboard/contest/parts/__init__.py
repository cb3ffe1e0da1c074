"""What moves in the browser by itself: the countdown, and the losses of a training. No library and no network.

Both only draw what Python says; the clock that counts is the server's.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v2  # `st.components.v2` is there only once it was imported

from tuners.contest.record import CurvePoint, Live

_HERE = Path(__file__).parent

#: Points of a curve that are sent; more cannot be told apart on a screen.
MOST_POINTS = 240


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_countdown = st.components.v2.component(
    "handtune-countdown",
    html='<div class="clock"></div>',
    css=_read("countdown.css"),
    js=_read("countdown.js"),
)
_losses = st.components.v2.component(
    "handtune-losses", html='<div class="losses"></div>', css=_read("losses.css"), js=_read("losses.js")
)


def countdown(left: float, total: float, key: str, news: str = "") -> None:
    """The time that is left, of so much in all, in seconds. Whatever holds it runs again once when it is first drawn, so that
    the browser learns the time of the server, and at its end.

    news: what a screen reader says when it changes.
    """
    state: Any = st.session_state.get(key)
    asked = state["asked"] if state is not None else None
    data = {"left": left, "total": total, "at": time.time(), "asked": asked, "news": news}
    _countdown(key=key, data=data, default={"asked": None}, on_asked_change=_nothing)


def losses(live: Live | None, curve: Sequence[CurvePoint], epochs: int, key: str) -> None:
    """The batch loss of the present epoch, where the training is in one, beside the mean loss of every epoch."""
    charts: list[dict[str, Any]] = []
    if live is not None:
        charts.append(
            {
                "title": f"Batch loss, epoch {live.epoch} of {live.epochs}",
                "points": thinned(range(1, len(live.losses) + 1), live.losses),
                "last": max(live.batches, 1),
                "unit": "batch",
            }
        )
    charts.append(
        {
            "title": "Epoch loss",
            "points": thinned([point.epoch for point in curve], [point.train_loss for point in curve]),
            "last": max(epochs, 1),
            "unit": "epoch",
        }
    )
    _losses(key=key, data={"charts": charts})


def thinned(places: Sequence[int], values: Sequence[float]) -> list[tuple[int, float]]:
    """At most MOST_POINTS of a curve, evenly, the last one always; a loss that is not finite is left out."""
    step = -(-len(places) // MOST_POINTS) or 1
    kept = [*range(0, len(places) - 1, step), len(places) - 1] if places else []
    return [(places[i], values[i]) for i in kept if abs(values[i]) < float("inf")]


def _nothing() -> None:
    """That it runs again is all that has to happen."""
