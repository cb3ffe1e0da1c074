"""`python -m tuners.jobs`: the process that runs what was asked for on the pages."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from datasets.command_line import Parser, positive
from datasets.command_line import run as run_command

EPILOG = """examples:
  python -m tuners.jobs
  python -m tuners.jobs --store other.sqlite --limit 2
  python -m tuners.jobs --idle-minutes 600

The dashboard starts this by itself. One server runs a store's jobs; a second one says so and ends. Ctrl-C
stops the searches in order, and they go on where they were when a server is started again."""


def parser() -> Parser:
    p = Parser(
        prog="python -m tuners.jobs",
        description="Run the searches that were asked for on the dashboard, one after the other.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    p.add_argument("--store", metavar="PATH", help="file or database URL of the results (or HANDTUNE_STORE)")
    p.add_argument(
        "--limit",
        type=positive,
        default=1,
        metavar="N",
        help="searches at the same time (default 1: one uses all cores)",
    )
    p.add_argument(
        "--idle-minutes",
        type=positive,
        default=10,
        metavar="M",
        help="end after so long without a job (default 10)",
    )
    return p


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    args = parser().parse_args(arguments)
    from tuners.jobs.server import serve  # inside, so that --help answers at once
    from tuners.store import location, shown

    where = location(args.store)
    if "://" not in where:
        where = str(Path(where).expanduser().resolve())
    say(f"runs the jobs of {shown(where)}, {args.limit} at a time; Ctrl-C ends it")
    if not serve(where, args.limit, 60.0 * args.idle_minutes, say):
        say("another server runs the jobs of this store already")
    return 0


def say(text: str) -> None:
    print(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(run_command(main))
