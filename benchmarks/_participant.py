"""A participant of a contest without a browser: a session that speaks Streamlit's own protocol, clicks and types.

It does what the page in a browser does: it holds the state of all widgets, sends it with every click, and asks for a
fragment again as often as the page wants. So what it waits for is the server.
"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

#: Elements that can be used, by their field in the protocol, and the field of a widget's state that holds their value.
STATES = {
    "button": "trigger_value",
    "checkbox": "bool_value",
    "number_input": "double_value",
    "radio": "string_value",
    "selectbox": "string_value",
    "text_input": "string_value",
}

#: Ways in which a run of a script ends that answer a click; one that begins again answers later.
ANSWERED = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)

#: Seconds after which an answer counts as never.
PATIENCE = 60.0


@dataclass(frozen=True)
class Widget:
    """fragment: that runs when it is used, "" for the whole page. options: in words."""

    id: str
    kind: str
    label: str
    fragment: str
    disabled: bool
    options: tuple[str, ...] = ()


@dataclass
class Visit:
    """One participant's page. reactions: seconds of each click or entry until the script had ended; polls: of each fragment
    that ran by itself; shown: texts on the page, with the moment of the last time that each came."""

    address: str
    page: str
    query: str = ""
    cookie: str = ""
    reactions: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    shown: dict[str, float] = field(default_factory=dict)
    widgets: dict[str, Widget] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    async def __aenter__(self) -> Visit:
        self._values: dict[str, tuple[str, Any]] = {}
        self._known: dict[str, ForwardMsg] = {}
        self._timers: dict[str, asyncio.Task[None]] = {}
        self._script = ""
        self._ended = asyncio.Event()
        self._turn = asyncio.Lock()
        headers = {"Cookie": self.cookie} if self.cookie else {}
        self._line: ClientConnection = await connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None,
            origin=self.address,  # type: ignore[arg-type]
            additional_headers=headers,
        )
        self._reader = asyncio.create_task(self._read())
        self.reactions.append(await self._ask())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (*self._timers.values(), self._reader):
            task.cancel()
        await self._line.close()

    def find(self, name: str) -> Widget | None:
        """The widget of a key, or the newest one of a label, that can be used."""
        for widget in reversed(self.widgets.values()):
            if (widget.id.endswith(f"-{name}") or widget.label == name) and not widget.disabled:
                return widget
        return None

    async def wait_for(self, name: str, patience: float = PATIENCE) -> Widget:
        """The widget, once it is there. Raises TimeoutError."""
        until = time.monotonic() + patience
        while (found := self.find(name)) is None:
            if time.monotonic() > until:
                raise TimeoutError(
                    f"there is no {name!r} after {patience:.0f} s, only {sorted(self.widgets)}"
                )
            await asyncio.sleep(0.05)
        return found

    async def wait_for_text(self, pattern: str, since: float, patience: float = PATIENCE) -> float:
        """Seconds from `since` (monotonic) until a text that matches stood there. Raises TimeoutError."""
        until = time.monotonic() + patience
        while True:
            moments = [at for text, at in self.shown.items() if at >= since and re.search(pattern, text)]
            if moments:
                return min(moments) - since
            if time.monotonic() > until:
                raise TimeoutError(f"no {pattern!r} after {patience:.0f} s")
            await asyncio.sleep(0.02)

    async def use(self, name: str, value: Any = True, *, in_form: bool = False) -> float:
        """Clicks a button or gives a widget a value; seconds until the script had ended. in_form: nothing is sent yet."""
        widget = await self.wait_for(name)
        if widget.kind == "button":
            seconds = await self._ask(widget, trigger=widget.id)
        else:
            self._values[widget.id] = (STATES[widget.kind], value)
            if in_form:
                return 0.0
            seconds = await self._ask(widget)
        self.reactions.append(seconds)
        return seconds

    async def _ask(self, widget: Widget | None = None, trigger: str = "", fragment: str = "") -> float:
        """Asks for a run and waits for its end."""
        async with self._turn:
            message = BackMsg()
            state = message.rerun_script
            state.query_string = self.query
            state.page_script_hash = self._script
            state.page_name = "" if self._script else self.page
            state.fragment_id = fragment or (widget.fragment if widget else "")
            state.is_auto_rerun = bool(fragment)
            for id, (kind, value) in self._values.items():
                setattr(state.widget_states.widgets.add(id=id), kind, value)
            if trigger:
                state.widget_states.widgets.add(id=trigger).trigger_value = True
            self._ended.clear()
            begun = time.monotonic()
            with suppress(ConnectionClosed):
                await self._line.send(message.SerializeToString())
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._ended.wait(), PATIENCE)
            return time.monotonic() - begun

    async def _read(self) -> None:
        with suppress(ConnectionClosed):
            async for data in self._line:
                message = ForwardMsg.FromString(data)  # type: ignore[arg-type]
                if message.WhichOneof("type") == "ref_hash":
                    message = self._known[message.ref_hash]
                elif message.hash:
                    self._known[message.hash] = message
                self._take(message)

    def _take(self, message: ForwardMsg) -> None:
        kind = message.WhichOneof("type")
        if kind == "new_session":
            if not message.metadata.run.fragment_ids:  # a run of the whole page asks anew for what repeats
                self._stop(list(self._timers))
                self.widgets.clear()
        elif kind == "navigation":
            self._script = message.navigation.page_script_hash
        elif kind == "auto_rerun":
            again = message.auto_rerun
            self._stop([again.fragment_id])
            self._timers[again.fragment_id] = asyncio.create_task(
                self._again(again.fragment_id, again.interval)
            )
        elif kind == "stop_auto_rerun":
            self._stop(list(message.stop_auto_rerun.fragment_ids))
        elif kind == "script_finished" and message.script_finished in ANSWERED:
            self._ended.set()
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._element(message.delta.new_element, message.delta.fragment_id)

    def _element(self, element: Any, fragment: str) -> None:
        kind = element.WhichOneof("type")
        one = getattr(element, kind)
        if kind in STATES:
            options = tuple(one.options) if kind in ("radio", "selectbox") else ()
            self.widgets.pop(one.id, None)  # so that the newest stands last
            self.widgets[one.id] = Widget(one.id, kind, one.label, fragment, one.disabled, options)
        elif kind in ("markdown", "html", "alert", "heading"):
            text = one.body
            self.shown[text] = time.monotonic()
            if kind == "alert" and one.format == one.ERROR:  # others tell what goes on, such as the lobby
                self.errors.append(text)
        elif kind == "exception":
            self.errors.append(one.message)

    def _stop(self, fragments: list[str]) -> None:
        for fragment in fragments:
            if timer := self._timers.pop(fragment, None):
                timer.cancel()

    async def _again(self, fragment: str, interval: float) -> None:
        while True:
            await asyncio.sleep(interval)
            if not self._turn.locked():  # a page does not ask while it waits for an answer
                self.polls.append(await asyncio.shield(self._ask(fragment=fragment)))
