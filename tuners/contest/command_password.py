"""`python -m tuners.contest password`: another instructor's password, for who forgot it or has none yet."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import Any

from datasets.errors import UsageError


def add(commands: Any, store: argparse.ArgumentParser) -> None:
    """Registers the subcommand. store: a parser with --store, which it takes over."""
    p = commands.add_parser(
        "password",
        parents=[store],
        help="set the instructor's password; the present one is not asked for",
        description="Set the instructor's password of the dashboard. Whoever is logged in has to log in again. It is asked "
        "for twice, or read as one line from standard input where that is no terminal.",
    )
    p.add_argument("--make-up", action="store_true", help="make one up and print it, once")
    p.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Sets it. Raises UsageError for one that is too short, or was typed in two ways."""
    from tuners.contest.access import Access, made_up
    from tuners.store import Store

    password = made_up() if args.make_up else _asked()
    Access(Store(args.store)).replace_password(password)
    print(f"The instructor's password is now: {password}" if args.make_up else "The password is set.")
    return 0


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    first = getpass.getpass("New instructor's password: ").strip()
    if getpass.getpass("The same again: ").strip() != first:
        raise UsageError("the two were not the same; nothing is changed. Try again")
    return first
