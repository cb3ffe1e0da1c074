"""The pages: one file each in `views/`, found by a folder scan.

A page declares itself with four constants at the top of its file: TITLE, ICON, SECTION and POSITION.
They are read without running the file, so that a slow or broken page costs the others nothing. Its
address is the file's name: `views/errors.py` answers at `/errors`.

The folder must not be called `pages`: Streamlit takes one of that name beside the entry file for its
own and, where the first address that a fresh server sees is a deep link, runs that file without the
entry (no menu, no plain words for errors).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from streamlit.navigation.page import Page

NAMES = {"TITLE": str, "ICON": str, "SECTION": str, "POSITION": int}


#: Threads share the count of how deep `ast.parse` is, and Python 3.11 breaks off with a SystemError where they disturb each
#: other in it. A dashboard that comes back is asked by all browsers at once.
_parsing = Lock()


@dataclass(frozen=True)
class Declaration:
    """What a page file says about itself. position: order in the menu, over all sections."""

    file: Path
    title: str
    icon: str
    section: str
    position: int

    @property
    def url_path(self) -> str:
        return self.file.stem


def declaration(file: Path) -> Declaration:
    """Raises TypeError where a constant is missing or no literal: a mistake of the page's author."""
    values: dict[str, str | int] = {}
    for statement in ast.parse(file.read_text(encoding="utf-8"), str(file)).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            for target in statement.targets:
                if isinstance(target, ast.Name) and target.id in NAMES:
                    values[target.id] = statement.value.value  # type: ignore[assignment]
    for name, kind in NAMES.items():
        if not isinstance(values.get(name), kind):
            raise TypeError(f"{file} must say {name} = <{kind.__name__}> at its top")
    return Declaration(
        file=file,
        title=str(values["TITLE"]),
        icon=str(values["ICON"]),
        section=str(values["SECTION"]),
        position=int(values["POSITION"]),
    )


@cache
def declarations(folder: Path) -> tuple[Declaration, ...]:
    """All pages of a folder in the order of the menu. Files with a leading underscore are helpers."""
    files = [file for file in sorted(folder.glob("*.py")) if not file.name.startswith("_")]
    with _parsing:
        return tuple(sorted(map(declaration, files), key=lambda page: (page.position, page.title)))


def navigation(
    pages: Sequence[Declaration],
    shown: Sequence[Declaration],
    position: Literal["sidebar", "hidden"] = "sidebar",
) -> tuple[Page, Declaration]:
    """Draws the menu of the pages that are `shown` and returns the page that the address names, of all of them.

    The first one that is shown answers at `/` as well. position: "hidden" draws nothing. Sections stand in the order of
    their first page.
    """
    import streamlit as st

    menu: dict[str, list[Page]] = {}
    for one in pages:
        entries = menu.setdefault(one.section, [])
        first = one == shown[0]
        if one in shown:
            path = "home" if first else one.url_path
            entries.append(st.Page(one.file, title=one.title, icon=one.icon, url_path=path, default=first))
        if (
            first or one not in shown
        ):  # the default page answers at `/` only, so its own name needs an entry too
            entries.append(st.Page(one.file, title=one.title, url_path=one.url_path, visibility="hidden"))
    page = st.navigation(menu, position=position, expanded=True)
    return page, next(one for one in pages if one.title == page.title)
