"""The drawing that somebody works on: kept by a token in the address, saved after every change, with undo and redo.

Drafts are files in `.drafts` beside the saved drawings, so that closing the page or the server loses nothing but the
steps to undo. Those who know a token share its draft.
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

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,40}")


@dataclass
class Draft:
    """name: of the saved drawing that it was opened from or saved as. taken: by canvas of a browser, the last action
    that was done. log: what was done, in plain words, newest last. said: the last of it. trouble: why the last change
    was refused. choice: counts the times that a class was chosen for the person, `chosen` is its index.
    """

    token: str
    canvas: Canvas = field(default_factory=Canvas)
    name: str = ""
    taken: dict[str, int] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    said: str = ""
    trouble: str = ""
    chosen: int = 0
    choice: int = 0
    past: list[Canvas] = field(default_factory=list)
    future: list[Canvas] = field(default_factory=list)
    lock: RLock = field(default_factory=RLock)

    @property
    def chosen_label(self) -> int:
        """The class that was last chosen for the person."""
        return min(self.chosen, len(self.canvas.class_names) - 1)

    @property
    def empty(self) -> bool:
        return not (self.canvas.train or self.canvas.dev or self.canvas.eval)

    def change(self, make: Callable[[Canvas], Canvas], words: str) -> bool:
        """Puts `make(canvas)` in place of the canvas; where a rule forbids it, `trouble` says why and nothing changes."""
        with self.lock:
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
            if self.past:
                self.future.append(self.canvas)
                self._put(self.past.pop(), "Undone")

    def redo(self) -> None:
        with self.lock:
            if self.future:
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
        head = {"name": self.name, "taken": dict(list(self.taken.items())[-20:]), "log": self.log}
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


def begin(canvas: Canvas, name: str, words: str) -> Draft:
    """A new draft with a canvas of its own; the address goes over to it."""
    clean_up()
    token = secrets.token_urlsafe(9)
    draft = _open(str(folder()), token)
    draft.name = name
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
            taken={str(pen): int(number) for pen, number in found["taken"].items()},
            log=[str(line) for line in found["log"]],
        )
    except (DataError, ValueError, KeyError, TypeError, AttributeError):
        return Draft(
            token, trouble=f"the draft in {path(token)} is damaged and cannot be read; this is an empty one"
        )
