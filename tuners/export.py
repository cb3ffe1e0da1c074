"""`python -m tuners.export STUDY --to FORMAT --out PATH`: a study for other programs."""

from __future__ import annotations

import argparse
import sys

from datasets.command_line import Parser
from datasets.command_line import run as run_command
from datasets.errors import UsageError
from datasets.plugins import find, scan, unknown

EPILOG = """examples:
  python -m tuners.export demo --to csv --out demo-tables
  python -m tuners.export demo --to parquet --out demo-tables
  python -m tuners.export demo --to optuna --out optuna.db       then: optuna-dashboard sqlite:///optuna.db
  python -m tuners.export demo --to mlflow --out mlflow.db       then: mlflow ui --backend-store-uri sqlite:///mlflow.db

A study that is not finished is exported as far as it is. What exists is never written over without --overwrite,
which replaces this study alone; other studies in the same database stay.
exit codes: 0 done; 2 wrong arguments, no such study, or something exists already; 3 the store cannot be read."""


def parser() -> Parser:
    p = Parser(
        prog="python -m tuners.export",
        description="Write a study for other programs: tables, an Optuna storage, MLflow runs.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    p.add_argument("study", nargs="?", metavar="STUDY", help="name of a study in the store")
    p.add_argument("--to", metavar="FORMAT", help="csv, parquet, optuna or mlflow")
    p.add_argument(
        "--out",
        metavar="PATH",
        help="csv and parquet: a folder; optuna and mlflow: an SQLite file or a URL; optuna: or a .journal file",
    )
    p.add_argument("--store", metavar="PATH", help="file or database URL of the results (or HANDTUNE_STORE)")
    p.add_argument("--overwrite", action="store_true", help="replace an earlier export of this study")
    return p


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    args = parser().parse_args(arguments)
    # Inside, so that --help answers at once.
    from tuners.exporter import EXPORTS, ExporterPlugin, read
    from tuners.store import Store

    formats = scan(EXPORTS, ExporterPlugin)
    if args.study is None:
        raise UsageError("name a study, for example: python -m tuners.export demo --to csv --out demo-tables")
    if args.to is None or args.to not in formats:
        raise unknown("format", args.to or "", formats)
    exporter = find(EXPORTS, ExporterPlugin, args.to, "format")
    if not args.out:
        raise UsageError(f"--out is missing: name {exporter.target}")
    data = read(Store(args.store, readonly=True), args.study)
    if not data.finished:
        _say(f"study {data.study.name} is {data.study.state.value}: exported as far as it is")
    for line in exporter.write(data, args.out, overwrite=args.overwrite, say=_say):
        print(line)
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(run_command(main))
