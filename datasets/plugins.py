"""Plug-ins: one class per file, found by scanning a folder, known by its `name`.

A plug-in file must be cheap to import: heavy libraries are imported inside its methods and
named in `requires`, so that a listing can say what is missing without importing anything.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import os
import pkgutil
from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, TypeVar

from datasets.errors import MissingLibraryError, UsageError

REQUIRE_ALL = "REQUIRE_ALL_PLUGINS"


class Plugin:
    """Base of everything that a folder scan finds.

    name: how users call it on the command line.
    title: one line for listings.
    requires: modules that must be importable; install: the command that brings them.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    requires: ClassVar[tuple[str, ...]] = ()
    install: ClassVar[str] = "pip install -r requirements.txt"

    def missing(self) -> str | None:
        """Why this plug-in cannot run here, or None. Imports nothing."""
        absent = [module for module in self.requires if importlib.util.find_spec(module) is None]
        if not absent:
            return None
        return f"needs {', '.join(absent)}: {self.install}"


P = TypeVar("P", bound=Plugin)


def scan(package: str, base: type[P]) -> dict[str, P]:
    """All concrete `base` plug-ins defined in the files of `package`, by name, in file order.

    Files whose name starts with an underscore are helpers and are passed over.
    Raises TypeError where a file defines no plug-in or two share a name: a mistake of the author.
    """
    return dict(_scan(package, base))  # type: ignore[arg-type]  # to mypy, classes are not hashable


@cache
def _scan(package: str, base: type[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    folder = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(folder.__path__), key=lambda item: item.name):
        if info.name.startswith("_") or info.ispkg:
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        classes: list[type[Any]] = [
            member
            for _, member in inspect.getmembers(module, inspect.isclass)
            if issubclass(member, base)
            and member.__module__ == module.__name__
            and not inspect.isabstract(member)
        ]
        if not classes:
            raise TypeError(f"{module.__name__} defines no {base.__name__}")
        for plugin_class in classes:
            plugin = plugin_class()
            if plugin.name in found:
                raise TypeError(f"two plug-ins of {package} are called {plugin.name}")
            found[plugin.name] = plugin
    return found


def find(package: str, base: type[P], name: str, what: str) -> P:
    """The plug-in called `name`, ready to run.

    Raises UsageError with the closest names where there is none, and MissingLibraryError where
    its library is not installed.
    """
    plugins = scan(package, base)
    if name not in plugins:
        raise unknown(what, name, plugins)
    plugin = plugins[name]
    reason = plugin.missing()
    if reason:
        raise MissingLibraryError(f"{what} {name} cannot run here: it {reason}")
    return plugin


def unknown(what: str, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that nobody has, with a suggestion where one is close."""
    names = sorted(known)
    digits = name.lower().translate(str.maketrans("oil", "011"))  # letters that pass for digits
    close = [digits] if digits in names else difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.5)
    hint = f" Did you mean {close[0]}?" if close else ""
    return UsageError(f"there is no {what} called {name!r}.{hint} Choose from: {', '.join(names)}.")


def all_plugins_required() -> bool:
    """Whether a missing library is a failure (continuous integration) rather than a reason to skip."""
    return os.environ.get(REQUIRE_ALL) == "1"
