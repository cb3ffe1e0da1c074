"""The book of contests as pages use it: one read for all viewers of what is the same for all, and writing.

A person's own tries and practice are read for them alone and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

import streamlit as st

from dashboard import jobs, reading
from dashboard.contest import identity
from tuners.contest.book import Book
from tuners.contest.record import Contest, Live, Person, Place
from tuners.store import Store, location

T = TypeVar("T")

#: Seconds for which the queue is not looked at again: its order depends on what everybody ever tried.
QUEUE = 1.0

#: What names a try in a contest: whose it is, and its number.
Whose = tuple[str, int]


def book() -> Book:
    """The book to read from, as it is at this moment."""
    return Book(reading.store())


def contests() -> list[Contest]:
    """All contests, newest first."""
    return _contests(reading.source())


def contest(id: str) -> Contest | None:
    """The contest of that id; None where there is none."""
    return next((one for one in contests() if one.id == id), None)


def live(contest: str) -> dict[Whose, Live]:
    """What trains now in a contest."""
    return _live(reading.source(), contest)


def places(contest: str) -> dict[Whose, Place]:
    """What waits in a contest."""
    return _places(reading.source(), contest)


def person() -> Person | None:
    """The participant whom this browser belongs to; None where it holds no token, or one that is not known (any more)."""
    token = identity.read(identity.PERSON)
    return book().person_of_token(token) if token else None


def change(action: Callable[[Book], T]) -> T:
    """Does something that writes, and answers with what it answers.

    Raises UsageError where the book refuses it, and what a store that cannot be written raises.
    """
    with closing(Store(location(None))) as store:
        done = action(Book(store))
    for cached in (_contests, _live, _places):
        cached.clear()
    return done


def attempt(action: Callable[[Book], object]) -> str:
    """Does something that writes; returns "" or, in plain words, why it could not be done."""

    def act() -> None:
        change(action)

    return jobs.attempt(act)


def keep(action: Callable[[Book], object]) -> str:
    """The same for what nobody else sees and thirty people write as they type: what was read for all stays remembered, and
    the store stays open, as opening it costs more than the write."""

    def act() -> None:
        action(Book(_writer(reading.source())))

    return jobs.attempt(act)


@st.cache_resource(max_entries=1, show_spinner=False, on_release=Store.close)
def _writer(source: reading.Source) -> Store:
    return Store(source[0])


# As resources, not as data: what they hold is frozen, and a copy for each of thirty viewers costs more than the read.
@st.cache_resource(ttl=reading.FRESH, show_spinner=False)
def _contests(source: reading.Source) -> list[Contest]:
    return list(book().contests())


@st.cache_resource(ttl=reading.FRESH, show_spinner=False)
def _live(source: reading.Source, contest: str) -> dict[Whose, Live]:
    return dict(book().live(contest))


@st.cache_resource(ttl=QUEUE, show_spinner=False)
def _places(source: reading.Source, contest: str) -> dict[Whose, Place]:
    return dict(book().places(contest))
