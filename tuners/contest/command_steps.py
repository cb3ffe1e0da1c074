"""`python -m tuners.contest open`, `extend`, `end` and `delete`: what an instructor does with a contest."""

from __future__ import annotations

import argparse
import math
import time
from typing import Any

from datasets.errors import UsageError


def add(commands: Any, store: argparse.ArgumentParser) -> None:
    """Registers the subcommands. store: a parser with --store, which they take over."""
    helps = {
        "open": "people see the task, and a clock for all begins",
        "extend": "more minutes for everybody while it is open",
        "end": "sooner than the clock says: final configurations are fixed, and scoring begins",
        "delete": "with everything of everybody; the tuners' study stays",
    }
    for name, text in helps.items():
        p = commands.add_parser(name, parents=[store], help=text)
        p.add_argument("contest", metavar="CONTEST", help="id or join code")
        if name == "extend":
            p.add_argument("minutes", type=float, metavar="MINUTES")
        if name == "delete":
            p.add_argument("--yes", action="store_true", help="you mean it")
        p.set_defaults(command=run, step=name)


def run(args: argparse.Namespace) -> int:
    """Does the step. Raises UsageError where the contest's state forbids it."""
    from tuners.contest.book import Book
    from tuners.contest.clock import left
    from tuners.contest.command_list import found
    from tuners.store import Store

    book = Book(Store(args.store))
    contest = found(book, args.contest)
    match args.step:
        case "open":
            book.open(contest.id)
        case "extend":
            book.extend(contest.id, args.minutes)
        case "end":
            book.end(contest.id)
        case "delete":
            if not args.yes:
                raise UsageError(
                    f"everything of {len(book.people(contest.id))} people in {contest.title!r} would be gone for good; "
                    "add --yes if you mean it"
                )
            book.delete(contest.id)
            print(f"contest {contest.id} is deleted")
            return 0
    contest = book.contest(contest.id)
    seconds = left(contest, None, time.time())
    minutes = f"; {math.ceil(seconds / 60)} minutes left" if seconds else ""
    print(f"contest {contest.id} is {contest.state}{minutes}")
    return 0
