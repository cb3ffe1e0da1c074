"""A try of somebody's while it waits and trains, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import messages
from dashboard.age import lasting
from dashboard.contest import desk, parts
from dashboard.contest.history import WORDS, accuracy, outcome
from dashboard.contest.joining import SAID
from tuners.contest.closing import best
from tuners.contest.record import OPEN_TRIES, Contest, Try, TryState

#: Seconds between two looks: while it trains, while it waits, while only the instructor may change something.
TRAINS, WAITS, RESTS = 1.0, 2.0, 5.0


def open_one(tries: Sequence[Try]) -> Try | None:
    """The try that has not ended."""
    return next((one for one in tries if one.state in OPEN_TRIES), None)


def pace(tries: Sequence[Try]) -> float:
    one = open_one(tries)
    return RESTS if one is None else TRAINS if one.state == TryState.RUNNING else WAITS


def news(tries: Sequence[Try]) -> str:
    """How the newest try stands, for who hears the page: one sentence for each of its states, none for its epochs."""
    if not tries:
        return ""
    one = tries[-1]
    if one.state in OPEN_TRIES:
        return f"Try {one.number} {WORDS[one.state]}."
    told = f", {accuracy(one)} dev accuracy" if one.dev_error is not None else ""
    return f"Try {one.number} has ended: {outcome(one) or WORDS[one.state]}{told}."


def show(contest: Contest, who: str, tries: Sequence[Try], *, scored: bool = True) -> None:
    """How the newest try stands. who: the person, or the practice, that it is of. scored: its dev accuracy is told."""
    if not tries:
        st.caption("The losses of your training are drawn here while it trains.")
        return
    one = tries[-1]
    if one.state == TryState.QUEUED:
        _waits(contest, who, one)
    elif one.state == TryState.RUNNING:
        _trains(contest, who, one)
    else:
        _ended(one, tries, scored)


def _waits(contest: Contest, who: str, one: Try) -> None:
    place = desk.places(contest.id).get((who, one.number))
    ahead = place.ahead if place is not None else 0
    text = "It is the next one." if ahead == 0 else f"**{ahead}** before it."
    if place is not None and place.wait is not None:
        text += f" Expected wait: {lasting(place.wait)}."
    st.markdown(f"### :material/hourglass_top: Try {one.number} waits", anchors=False)
    st.markdown(text)
    _cancel(who, one)


def _trains(contest: Contest, who: str, one: Try) -> None:
    live = desk.live(contest.id).get((who, one.number))
    epochs = int(one.config["epochs"])
    done = live.epoch if live is not None else len(one.curve)
    st.markdown(f"### :material/play_arrow: Try {one.number} trains: epoch {done} of {epochs}", anchors=False)
    parts.losses(live, one.curve, epochs, key=f"part-losses-{one.number}")
    _cancel(who, one)


def _ended(one: Try, tries: Sequence[Try], scored: bool) -> None:
    if scored and one.dev_error is not None:
        top = best(tries)
        mark = " :material/star: your best so far" if top is not None and top.number == one.number else ""
        st.markdown(f"### Try {one.number}: {accuracy(one)} dev accuracy{mark}", anchors=False)
    else:
        st.markdown(f"### Try {one.number} has ended", anchors=False)
    said = outcome(one)
    if said:
        st.markdown(messages.escaped(f"{said[:1].upper()}{said[1:]}."))
    if one.curve:
        parts.losses(None, one.curve, int(one.config["epochs"]), key=f"part-losses-{one.number}")


def _cancel(who: str, one: Try) -> None:
    st.button(
        "It is being stopped …" if one.cancel else "Cancel this try",
        icon=":material/cancel:",
        disabled=one.cancel,
        on_click=_stop,
        args=(who, one),
        key=f"part-cancel-{one.number}",
    )


def _stop(who: str, one: Try) -> None:
    st.session_state[SAID] = desk.attempt(lambda book: book.cancel(one.contest, who, one.number))
