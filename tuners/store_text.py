"""Text as every database keeps it.

A form may bring what no keyboard types, by a paste, and a path or an error of a library what is no Unicode. PostgreSQL
refuses the one, both databases the other; neither is worth a study, and nobody could see what they should delete.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


def storable(text: str) -> str:
    """The same without NUL, and with a question mark for each half of a character."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode(errors="replace").decode()


class Line(TypeDecorator[str]):
    """A column of short text: names, states, moments."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return storable(value) if isinstance(value, str) else value


class Words(TypeDecorator[str]):
    """A column of text of any length."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return storable(value) if isinstance(value, str) else value
