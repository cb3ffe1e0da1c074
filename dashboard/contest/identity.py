"""Who somebody is, kept in their browser: a secret in a cookie, never in an address and never in the page.

Within a session the secret lies in the session's state; a reload, a new tab or a page that was closed finds it in the
cookie. The cookie goes to this server alone (SameSite=Strict) and ends by itself. A script sets it, as Streamlit has
no other way to answer with a cookie, so it cannot be HttpOnly; the pages run no script but the dashboard's own.

What was remembered or forgotten is sent to the browser by the page's next run (`deliver`, called by the entry file)
until the browser has said that it was done; so call both in callbacks, or before `st.rerun()`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
import streamlit.components.v2  # `st.components.v2` is there only once it was imported

#: Names of cookies.
PERSON = "handtune_person"
INSTRUCTOR = "handtune_instructor"

KEY = "identity"


@dataclass
class _Secrets:
    """held: by name, what this session was told; None: to forget. letters: what the browser has not confirmed, by name,
    with the number of the letter and the seconds that the cookie shall live."""

    held: dict[str, str | None] = field(default_factory=dict)
    letters: dict[str, tuple[int, int]] = field(default_factory=dict)
    number: int = 0


_component = st.components.v2.component(
    "handtune-identity", js=(Path(__file__).parent / "cookie.js").read_text(encoding="utf-8")
)


def read(name: str) -> str | None:
    """The secret that this session or, where it was told none, this browser holds under a name."""
    held = _secrets().held
    if name in held:
        return held[name]
    found = st.context.cookies.get(name)
    return (
        found if isinstance(found, str) and found else None
    )  # a page under test has a stand-in for a browser


def remember(name: str, secret: str, seconds: float) -> None:
    """Keeps a secret for so long, in this session and in the browser."""
    _send(name, secret, int(seconds))


def forget(name: str) -> None:
    """Takes the secret out of the session and of the browser."""
    _send(name, None, 0)


def deliver() -> None:
    """Hands the browser what it has to keep or to forget; draws nothing."""
    secrets = _secrets()
    # Its place is there in every run: without it all that follows would be another element once it has come, and drawn anew.
    with st.container(key=f"{KEY}-cookies"):  # taken out of the page's flow by the style sheet
        if secrets.letters:
            letters = [
                {"name": name, "secret": secrets.held[name] or "", "seconds": seconds}
                for name, (_, seconds) in secrets.letters.items()
            ]
            _component(
                key=KEY,
                data={"letters": letters, "number": secrets.number},
                default={"kept": 0},
                on_kept_change=_kept,
            )


def _send(name: str, secret: str | None, seconds: int) -> None:
    secrets = _secrets()
    secrets.number += 1
    secrets.held[name] = secret
    secrets.letters[name] = (secrets.number, seconds)


def _kept() -> None:
    """The browser has done all letters up to a number."""
    state: Any = st.session_state.get(KEY)
    done = int(state["kept"] or 0) if state is not None else 0
    secrets = _secrets()
    secrets.letters = {name: letter for name, letter in secrets.letters.items() if letter[0] > done}


def _secrets() -> _Secrets:
    secrets: _Secrets = st.session_state.setdefault(f"{KEY}-secrets", _Secrets())
    return secrets
