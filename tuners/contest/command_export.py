"""`python -m tuners.contest export`: a contest as a zip file for others."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from datasets.errors import UsageError


def add(commands: Any, store: argparse.ArgumentParser) -> None:
    """Registers the subcommand. store: a parser with --store, which it takes over."""
    p = commands.add_parser(
        "export",
        parents=[store],
        help="tables and a codebook of a contest in a zip file, without anything that names somebody",
        description=(
            "Write a contest that has ended as CSV tables with a codebook. It holds only people who agreed to that, "
            "under new ids, and tells of them only what at least five share."
        ),
    )
    p.add_argument("contest", metavar="CONTEST", help="id or join code")
    p.add_argument("--out", metavar="FILE.zip", type=Path, required=True, help="the file to write")
    p.add_argument(
        "--free-text",
        action="store_true",
        help="with the comments that people wrote; read them before you pass them on",
    )
    p.add_argument(
        "--before-freeze",
        action="store_true",
        help="though people may still withdraw; the export is marked as provisional",
    )
    p.add_argument("--overwrite", action="store_true", help="replace the file where it exists")
    p.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Writes the file. Raises UsageError with the reason where it cannot."""
    from tuners.contest.book import Book
    from tuners.contest.command_list import found
    from tuners.contest.export import export
    from tuners.store import Store

    out = args.out.expanduser()
    if out.is_dir():
        raise UsageError(
            f"--out takes a file, and {out} is a folder; for example: --out {out / 'contest.zip'}"
        )
    if out.exists() and not args.overwrite:
        raise UsageError(f"{out} exists already; choose another --out, or add --overwrite to replace it")
    book = Book(Store(args.store, readonly=True))
    made = export(
        book, found(book, args.contest).id, free_text=args.free_text, before_freeze=args.before_freeze
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f"{out.name}.part")
    part.write_bytes(made)
    part.replace(out)  # never half a file under its name
    print(
        f"{out}: {len(made) / 1024:.0f} KiB; README.txt in it says what was done so that nobody is recognised"
    )
    return 0
