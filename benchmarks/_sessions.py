"""Viewers of the live page without a browser: sessions that speak Streamlit's own protocol and look at the table.

What they see is what the server sends, so they say how many viewers it keeps up with where ten browsers on the same
machine would only wait for each other.
"""

from __future__ import annotations

import asyncio
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

#: Trials that have ended, in the table of the first system.
_COUNT = re.compile(r"errors live.*?<progress.*?</td><td>(\d+)", re.DOTALL)

#: (count, milliseconds since the epoch) whenever the table was sent.
Seen = list[tuple[int, float]]


def watch(address: str, study: str, viewers: int, settle: float, seconds: float) -> list[Seen]:
    """What each of so many sessions saw of a study. settle: seconds until all of them count as there."""
    with ThreadPoolExecutor(1) as own:  # Playwright has an event loop of its own in the caller's thread
        return own.submit(asyncio.run, _watch(address, study, viewers, settle + seconds)).result()


async def _watch(address: str, study: str, viewers: int, seconds: float) -> list[Seen]:
    until = time.monotonic() + seconds
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    each = (_viewer(url, study, number * 0.37 % 1, until) for number in range(viewers))
    return await asyncio.gather(*each)


async def _viewer(url: str, study: str, delay: float, until: float) -> Seen:
    """One session: a first run of the page, then its fragment as often as the page asks for."""
    await asyncio.sleep(delay)  # nobody opens a page at the same instant
    seen: Seen = []
    known: dict[str, Any] = {}
    async with connect(
        url, subprotocols=["streamlit"], max_size=None, origin=url[:-16].replace("ws", "http", 1)
    ) as line:  # type: ignore[arg-type, list-item]
        await line.send(_run(study))
        timers: list[asyncio.Task[None]] = []
        page = ""
        while (left := until - time.monotonic()) > 0:
            try:
                message = ForwardMsg.FromString(await asyncio.wait_for(line.recv(), left))  # type: ignore[arg-type]
            except TimeoutError:
                break
            if message.WhichOneof("type") == "ref_hash":
                message = known[message.ref_hash]
            elif message.hash:
                known[message.hash] = message
            kind = message.WhichOneof("type")
            if kind == "new_session":
                page = message.new_session.page_script_hash
            elif kind == "auto_rerun":
                again = message.auto_rerun
                timers.append(
                    asyncio.create_task(_again(line, study, page, again.fragment_id, again.interval))
                )
            elif kind == "delta" and (found := _COUNT.search(message.delta.new_element.html.body)):
                seen.append((int(found[1]), 1000 * time.time()))
        for timer in timers:
            timer.cancel()
    return seen


async def _again(line: ClientConnection, study: str, page: str, fragment: str, interval: float) -> None:
    while True:
        await asyncio.sleep(interval)
        await line.send(_run(study, page, fragment))


def _run(study: str, page: str = "", fragment: str = "") -> bytes:
    """Asks for a run of the page, or of one of its fragments."""
    message = BackMsg()
    state = message.rerun_script
    state.query_string = f"study={study}"
    state.page_script_hash = page
    state.page_name = "" if page else "live"
    state.fragment_id = fragment
    state.is_auto_rerun = bool(fragment)
    return bytes(message.SerializeToString())
