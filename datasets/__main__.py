"""`python -m datasets list | info | prepare | make-standin`: what there is, what is in it, get it ready."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from datasets.command_line import Parser, add_data_options, run, seed, text_table
from datasets.drawings import saved
from datasets.source import sources

EPILOG = """examples:
  python -m datasets list
  python -m datasets info 10
  python -m datasets info 10 --data-root path/to/real/sets --json
  python -m datasets info path/to/my/folder          (holds train.csv, dev.csv and eval.csv)
  python -m datasets prepare 08 --data-root path/to/real/sets
  python -m datasets prepare eeg --data-root path/to/tusz --out runs/cache --workers 2
  python -m datasets prepare pathology --data-root path/to/tudp --sizes 2000 500 500
  python -m datasets make-standin eeg --out standin --patients 60 --difficulty 0.5 --seed 1

exit codes: 0 done; 2 wrong arguments; 3 data missing or bad; 130 interrupted (the same command goes on)."""


def _parser() -> Parser:
    from datasets.info import info
    from datasets.prepare_command import add_prepare_options, add_standin_options, run_prepare, run_standin

    parser = Parser(
        prog="python -m datasets",
        description="Data sets: list them, look into one, check it and get it ready for trials.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="list | info | prepare | make-standin", required=True)
    listing = commands.add_parser("list", help="the catalogue, and what is missing to use it")
    listing.set_defaults(command=_list)
    details = commands.add_parser("info", help="classes, sizes, balance, scale, origin and exact Bayes error")
    details.set_defaults(command=info)
    prepare = commands.add_parser("prepare", help="read and check a set and write it as .npy files")
    prepare.set_defaults(command=run_prepare)
    for command in (listing, details):
        command.add_argument("--json", action="store_true", help="print one JSON document")
    for command in (details, prepare):
        command.add_argument(
            "name",
            metavar="NAME",
            help="such as 10 or eeg, a saved drawing, or a folder with three CSV files",
        )
        add_data_options(command)
    add_prepare_options(prepare)
    standin = commands.add_parser("make-standin", help="make up a corpus in the real file formats")
    standin.set_defaults(command=run_standin)
    add_standin_options(standin)
    standin.add_argument("--seed", type=seed, default=0, metavar="N", help="of what is made up (default 0)")
    return parser


def main(words: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""

    def command() -> None:
        args = _parser().parse_args(words)
        args.command(args)

    return run(command)


def _list(args: argparse.Namespace) -> None:
    rows: list[dict[str, Any]] = [
        {
            "name": source.name,
            "title": source.title,
            "kind": source.kind,
            "class_names": source.class_names,
            "missing": source.missing(),
        }
        for source in sources().values()
    ]
    rows += [
        {
            "name": one.name,
            "title": one.title,
            "kind": "points2d",
            "class_names": one.class_names,
            "missing": one.problem,
        }
        for one in saved()
    ]
    if args.json:
        print(json.dumps(rows, indent=1))
        return
    cells = [
        (row["name"], row["kind"], str(len(row["class_names"])), _remark(row["title"], row["missing"]))
        for row in rows
    ]
    print(text_table(("name", "kind", "classes", "title"), cells, left=4))
    print(
        "\nA folder with train.csv, dev.csv and eval.csv (rows class,x1,x2) is a data set too: give its path."
    )


def _remark(title: str, missing: str | None) -> str:
    return title if missing is None else f"{title} (not available here, {missing})"


if __name__ == "__main__":
    sys.exit(main())
