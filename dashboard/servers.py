"""Processes that work for the pages, one of a kind for each store: how they are woken, and what is wrong if they do not come.

Pages never run anything themselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import reading
from tuners import logs
from tuners.jobs import seat
from tuners.jobs.process import ROOT, last_words
from tuners.store import location

#: Seconds until another server is started in place of one that did not come up.
AGAIN = 15.0


@dataclass(frozen=True)
class Kind:
    """A kind of server. place: its seat. words: `python -m` these. log: below the store's folder. what: it does."""

    place: int
    words: Sequence[str]
    log: str
    what: str


@dataclass
class _Started:
    """A server that nobody has seen at its seat yet. at: when it was started. trouble: why one before it did not come up."""

    process: subprocess.Popen[bytes]
    at: float
    trouble: str


def wake(kind: Kind) -> str:
    """Starts a server of a kind where none lives. A second one would end at once.

    Returns what is wrong, in plain words, until one has come up; else "". One that runs is on its way, however long it takes
    on a busy machine.
    """
    found = seat.holder(reading.store(), kind.place)
    address, woken = f"{kind.place} {location(None)}", _woken()
    if found is not None and found.alive:
        woken.pop(address, None)
        return ""
    log = reading.store().folder / kind.log
    last = woken.get(address)
    if last is not None:
        code = last.process.poll()
        if code:
            last.trouble = f"The process that {kind.what} does not start: {last_words(log)}"
        if code is None or time.monotonic() - last.at < AGAIN:
            return last.trouble
    trouble = last.trouble if last is not None else ""
    store = location(None)
    where = store if "://" in store else str(Path(store).expanduser().resolve())
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    with logs.append(log) as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *kind.words],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            env=os.environ | {"HANDTUNE_STORE": where, "PYTHONPATH": path},
            start_new_session=True,  # its work goes on when the dashboard is ended
        )
    woken[address] = _Started(process, time.monotonic(), trouble)
    return trouble


@st.cache_resource(show_spinner=False)
def _woken() -> dict[str, _Started]:
    """By kind and store, the server that this dashboard started last."""
    return {}
