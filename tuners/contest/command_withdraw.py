"""`python -m tuners.contest withdraw`: deletes what a participant has left, by their personal code."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from datasets.errors import UsageError


def add(commands: Any, store: argparse.ArgumentParser) -> None:
    """Registers the subcommand. store: a parser with --store, which it takes over."""
    p = commands.add_parser(
        "withdraw",
        parents=[store],
        help="delete everything of one participant, who gives their personal code",
        description=(
            "Delete everything of one participant: asks for the personal code that they were shown when they joined, "
            "or reads it from standard input. Not as an argument: other users of the machine could see it there."
        ),
    )
    p.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Deletes them. Raises UsageError where nobody has the code, or it is too late."""
    from tuners.contest.book import Book
    from tuners.store import Store

    code = getpass.getpass("personal code: ") if sys.stdin.isatty() else sys.stdin.readline()
    if not code.strip():
        raise UsageError("no personal code was given; type it, or: python -m tuners.contest withdraw < FILE")
    Book(Store(args.store)).withdraw(code)
    print("everything of this participant is deleted; who keeps copies of the store must replace them")
    return 0
