"""The drawing that somebody works on: kept by a token in the address, saved after every change, with undo and redo.

Drafts are files in `.drafts` beside the saved drawings, so that closing the page or the server loses nothing but the
steps to undo. Those who know a token share its draft: strokes of all tabs stay, and whatever goes by what a tab shows is
refused where that is not the drawing any more.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import deep_links
from datasets import drawings
from imld_synth.canvas import Canvas
from imld_synth.canvas_json import canvas_from_json, canvas_to_json
from imld_synth.errors import DataError

KEY = "draft"

FOLDER = ".drafts"

#: Days after which a draft that nobody changed is deleted, and how many are kept at most.
DAYS, MOST_DRAFTS = 14, 500

#: Steps that can be undone, and lines of the log.
MOST_STEPS, MOST_LINES = 200, 200

#: Tabs of a draft that are remembered, and seconds after which one that was not heard of is closed.
MOST_TABS, GONE = 50, 15.0

ELSEWHERE = (
    "Not done: the drawing was changed in another browser tab meanwhile. This one shows it as it is now; if you still "
    "want it, do it again"
)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,40}")


@dataclass
class Draft:
    """name: of the saved drawing that it was opened from or saved as, `version` what was saved there then. taken: by canvas of a browser, the last action
    that was done. log: what was done, in plain words, newest last. said: the last of it. trouble: why the last change
    was refused. choice: counts the times that a class was chosen for the person, `chosen` is its index. shown: by
    session, the canvas that its page shows. seen: when it last said that it is open.
    """

    token: str
    canvas: Canvas = field(default_factory=Canvas)
    name: str = ""
    version: str = ""
    taken: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    said: str = ""
    trouble: str = ""
    chosen: int = 0
    choice: int = 0
    past: list[Canvas] = field(default_factory=list)
    future: list[Canvas] = field(default_factory=list)
    shown: dict[str, Canvas] = field(default_factory=dict)
    seen: dict[str, float] = field(default_factory=dict)
    lock: RLock = field(default_factory=RLock)

    @property
    def chosen_label(self) -> int:
        """The class that was last chosen for the person."""
        return min(self.chosen, len(self.canvas.class_names) - 1)

    @property
    def empty(self) -> bool:
        return not (self.canvas.train or self.canvas.dev or self.canvas.eval)

    @property
    def stale(self) -> bool:
        """Whether another tab has changed what this one shows."""
        return self.shown.get(_session(), self.canvas) is not self.canvas

    def show(self) -> None:
        """This tab is about to show the canvas."""
        with self.lock:
            self.shown[_session()] = self.canvas
            self.here()
            for one in sorted(self.seen, key=self.seen.__getitem__)[:-MOST_TABS]:
                del self.seen[one]
                self.shown.pop(one, None)

    def here(self) -> None:
        """This tab is open."""
        self.seen[_session()] = time.monotonic()

    @property
    def elsewhere(self) -> bool:
        """Whether another tab is open on this draft."""
        since = time.monotonic() - GONE
        return any(one != _session() and moment > since for one, moment in list(self.seen.items()))

    def known(self, *, classes: bool = False) -> bool:
        """Whether this tab shows the canvas, or at least its classes; where it does not, `trouble` says so."""
        shown = self.shown.get(_session(), self.canvas)
        if shown is self.canvas or (classes and shown.class_names == self.canvas.class_names):
            return True
        self.trouble = ELSEWHERE
        return False

    def change(self, make: Callable[[Canvas], Canvas], words: str, *, stroke: bool = False) -> bool:
        """Puts `make(canvas)` in place of the canvas; where a rule forbids it, `trouble` says why and nothing changes.

        stroke: it may be done whatever another tab has drawn, as it means nothing of what is there but its class.
        """
        with self.lock:
            if not self.known(classes=stroke):
                return False
            try:
                after = make(self.canvas)
            except DataError as error:
                self.trouble = str(error)
                return False
            self.trouble = ""
            self.past = [*self.past[1 - MOST_STEPS :], self.canvas]
            self.future = []
            self._put(after, words)
            return True

    def undo(self) -> None:
        with self.lock:
            if self.past and self.known():
                self.future.append(self.canvas)
                self._put(self.past.pop(), "Undone")

    def redo(self) -> None:
        with self.lock:
            if self.future and self.known():
                self.past.append(self.canvas)
                self._put(self.future.pop(), "Done again")

    def choose(self, label: int) -> None:
        """Makes the canvas draw with this class."""
        self.chosen, self.choice = label, self.choice + 1

    def note(self, words: str) -> None:
        """A line of the log, with the time."""
        self.said = words
        self.log = [*self.log[1 - MOST_LINES :], f"{time.strftime('%H:%M:%S')} {words}"]

    def save(self) -> None:
        """Writes the draft; what cannot be written is said as `trouble`."""
        head = {
            "name": self.name,
            "version": self.version,
            "taken": dict(list(self.taken.items())[-20:]),
            "log": self.log,
        }
        try:
            folder().mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=".new-", dir=folder())
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(json.dumps(head) + "\n" + canvas_to_json(self.canvas))
            Path(temporary).replace(path(self.token))
        except OSError as error:
            self.trouble = (
                f"the draft cannot be kept in {folder()}: {error.strerror or error}; save it as a file"
            )

    def _put(self, canvas: Canvas, words: str) -> None:
        if _session() in self.shown and not self.stale:
            self.shown[_session()] = canvas  # who does it knows it
        self.canvas = canvas
        self.note(words)
        self.save()


def folder() -> Path:
    return drawings.folder() / FOLDER


def path(token: str) -> Path:
    return folder() / f"{token}.json"


def current() -> Draft:
    """The draft of the address, else that of this session, else a new one; its token stands in the address then."""
    asked = deep_links.followed(KEY)
    token = asked if asked is not None else st.session_state.get(KEY)
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        clean_up()
        token = secrets.token_urlsafe(9)
    settle(token)
    return _open(str(folder()), token)


def begin(canvas: Canvas, name: str, version: str, words: str) -> Draft:
    """A new draft with a canvas of its own; the address goes over to it. name, version: as `Draft` has them."""
    clean_up()
    token = secrets.token_urlsafe(9)
    draft = _open(str(folder()), token)
    draft.name, draft.version = name, version
    draft.change(lambda _: canvas, words)
    draft.past = []
    settle(token)
    return draft


def settle(token: str) -> None:
    """Writes the token into address and session."""
    st.session_state[KEY] = token
    deep_links.write(KEY, [token])


def clean_up() -> None:
    """Deletes the drafts that nobody changed for long, and the oldest where there are too many."""
    try:
        files = sorted(folder().glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
        oldest = time.time() - DAYS * 86_400
        for place, file in enumerate(files):
            if place >= MOST_DRAFTS or file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)
    except OSError:
        return  # another session is at it, or the folder cannot be read: nothing depends on it


def _session() -> str:
    """The tab that this runs for."""
    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.session_id


# Shared by the tabs that show the same draft, so that neither overwrites what the other drew.
@st.cache_resource(max_entries=200, show_spinner=False)
def _open(where: str, token: str) -> Draft:
    try:
        raw = path(token).read_bytes()
    except OSError:
        return Draft(token)
    head, _, rest = raw.partition(b"\n")
    try:
        found = json.loads(head)
        return Draft(
            token,
            canvas_from_json(rest),
            name=str(found["name"]),
            version=str(found["version"]) if "version" in found else drawings.version(str(found["name"])),
            taken={str(pen): int(number) for pen, number in found["taken"].items()},
            log=[str(line) for line in found["log"]],
        )
    except (DataError, ValueError, KeyError, TypeError, AttributeError):
        return Draft(
            token, trouble=f"the draft in {path(token)} is damaged and cannot be read; this is an empty one"
        )
