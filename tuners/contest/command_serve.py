"""`python -m tuners.contest serve`: the process that trains for the contests of a store."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from datasets.command_line import positive


def add(commands: Any, store: argparse.ArgumentParser) -> None:
    """Registers the subcommand. store: a parser with --store, which it takes over."""
    p = commands.add_parser(
        "serve",
        parents=[store],
        help="train what people and tuners ask for; the dashboard starts it by itself",
        description=(
            "Train for the contests of a store until there has been nothing to do for a while. One process serves a "
            "store; a second one says so and ends. Ctrl-C is no loss: what ran waits for the next server."
        ),
    )
    p.add_argument(
        "--workers", type=positive, metavar="N", help="trainings at the same time (default: one a core)"
    )
    p.add_argument(
        "--idle-minutes",
        type=positive,
        default=10,
        metavar="M",
        help="end after so long without work (default 10)",
    )
    p.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Serves."""
    from tuners.contest.server import default_workers, serve
    from tuners.store import location, shown

    where = location(args.store)
    if "://" not in where:
        where = str(Path(where).expanduser().resolve())
    workers = args.workers or default_workers()
    say(f"runs the contests of {shown(where)} with {workers} worker{'s' * (workers > 1)}; Ctrl-C ends it")
    if not serve(where, workers, 60.0 * args.idle_minutes, say):
        say("another server runs the contests of this store already")
    return 0


def say(text: str) -> None:
    print(f"{datetime.now():%Y-%m-%d %H:%M:%S} {text}", file=sys.stderr, flush=True)
