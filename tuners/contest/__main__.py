"""`python -m tuners.contest`: contests of people and autotuners, from a terminal.

Each file command_*.py of this folder brings its own subcommands.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

import tuners.contest as package
from datasets.command_line import Parser
from datasets.command_line import run as run_command

EPILOG = """examples:
  python -m tuners.contest create --task digits --minutes 10 --title "Monday's class"
  python -m tuners.contest serve                      the dashboard starts this by itself
  python -m tuners.contest open CONTEST               people see the task, and the clock begins
  python -m tuners.contest status CONTEST
  python -m tuners.contest end CONTEST                sooner than the clock; scoring begins
  python -m tuners.contest simulate                   what it looks like, with simulated participants

CONTEST is an id or a join code; `list` shows them."""


def parser() -> Parser:
    p = Parser(
        prog="python -m tuners.contest",
        description="Contests: people who tune by hand against autotuners, on equal terms.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    store = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    store.add_argument(
        "--store", metavar="PATH", help="file or database URL of the results (or HANDTUNE_STORE)"
    )
    commands = p.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=Parser)
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda one: one.name):
        if info.name.startswith("command_"):
            importlib.import_module(f"{package.__name__}.{info.name}").add(commands, store)
    return p


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    args = parser().parse_args(arguments)
    code: int = args.command(args)
    return code


if __name__ == "__main__":
    sys.exit(run_command(main))
