"""The program at the other end of the pipe: asks and tells a library that has an environment of its own.

    python server.py SIDE        SIDE is a module beside this file, such as nni_side

One JSON document a line comes in and one goes out; every answer repeats the `id` of its request.
    {"id", "do": "start", "algorithm", "seed", "space", "settings"}          -> {"handle"}
    {"id", "do": "ask", "handle", "number", "attempt", "refused", "budget"}  -> {"values"}
    {"id", "do": "tell", "handle", "number", "values", "error", "asked", "budget"}   -> {}
A request also names searches that are over, as "dropped": [handles]. What goes wrong is answered by
{"problem": text}. A space is a list of what the side documents; `values` map names to numbers; `error` is
null for a trial without a result; `asked` is false where another point was trained than the one asked for,
`attempt` counts the points that were `refused` for a trial; `budget` is for the reference alone.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import sys
import threading
import time
import traceback
from typing import Any

#: Seconds between two looks at whether the program that started this one still lives.
LOOK = 1.0


def main() -> None:
    incoming, outgoing = _own_pipes()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    server = Server(importlib.import_module(sys.argv[1]))
    for line in incoming:
        request = json.loads(line)
        try:
            answer = server.answer(request)
        except Exception as error:
            traceback.print_exc()
            answer = {"problem": f"{type(error).__name__}: {error}"}
        outgoing.write(json.dumps({"id": request["id"], **answer}, allow_nan=False) + "\n")
        outgoing.flush()


class Server:
    """The searches in progress, by handle. Each has the global generators of numbers for itself."""

    def __init__(self, side: Any) -> None:
        self.side = side
        self.searches: dict[int, tuple[Any, Any]] = {}
        self.started = 0

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        for handle in request["dropped"]:
            self.searches.pop(handle, None)
        if request["do"] == "start":
            _seed(request["seed"])
            search = self.side.start(
                request["algorithm"], request["seed"], request["space"], request["settings"]
            )
            self.started += 1
            self.searches[self.started] = (search, _state())
            return {"handle": self.started}
        handle = request["handle"]
        search, state = self.searches[handle]
        _restore(state)
        try:
            if request["do"] == "ask":
                return {"values": search.ask(request)}
            search.tell(request)
            return {}
        finally:
            self.searches[handle] = (search, _state())


def _own_pipes() -> tuple[Any, Any]:
    """The pipes of the protocol; whatever a library prints goes to the log instead."""
    incoming, outgoing = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return incoming, outgoing


def _end_with_parent(parent: int) -> None:
    """A parent that was killed closes its pipe, unless a process that it forked holds the other end."""
    while os.getppid() == parent:
        time.sleep(LOOK)
    os._exit(1)


def _numpy() -> Any:
    return sys.modules.get("numpy")


def _seed(seed: int) -> None:
    random.seed(seed)
    if _numpy():
        _numpy().random.seed(seed % 2**32)


def _state() -> Any:
    return random.getstate(), _numpy().random.get_state() if _numpy() else None


def _restore(state: Any) -> None:
    random.setstate(state[0])
    if state[1] is not None:
        _numpy().random.set_state(state[1])


if __name__ == "__main__":
    main()
