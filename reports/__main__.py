"""`python -m reports STUDY... --out DIR`: reports in markdown with figures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from datasets.errors import DataError, HandtuneError, UsageError
from datasets.types import SPLIT_NAMES
from tuners.store import Store

EPILOG = """examples:
  python -m reports demo --out report
  python -m reports set10-first set10-second --out report     two reports and an index.md
  python -m reports demo --out report --split dev             points of dev on the decision surfaces
  HANDTUNE_STORE=other.sqlite python -m reports demo --out report

writes DIR/STUDY/report.md and its pictures; prints the path of the report.
exit codes: 0 done; 2 wrong arguments or no such study; 3 the store cannot be read."""


class Parser(argparse.ArgumentParser):
    """argparse with one plain line instead of the usage text."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See: python -m reports --help")


def parser() -> Parser:
    p = Parser(
        prog="python -m reports",
        description="Write the report of one or more studies: tables and figures in markdown.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    p.add_argument("studies", nargs="*", metavar="STUDY", help="names of studies in the store")
    p.add_argument("--out", metavar="DIR", help="folder to write into; made where it is missing")
    p.add_argument("--store", metavar="PATH", help="file or database URL of the results (or HANDTUNE_STORE)")
    p.add_argument(
        "--split",
        choices=SPLIT_NAMES,
        default="eval",
        help="whose points lie over the decision surfaces (default eval)",
    )
    return p


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    try:
        return _main(parser().parse_args(arguments))
    except KeyboardInterrupt:
        return 130
    except (HandtuneError, DataError) as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except SQLAlchemyError as error:  # a store that opens, and breaks while it is read
        reason = getattr(error, "orig", None) or type(error).__name__
        print(f"error: the store cannot be read: {reason}", file=sys.stderr)
        return DataError.exit_code


def _main(args: argparse.Namespace) -> int:
    # Inside, so that --help answers at once.
    from reports.markdown import write_index, write_report

    if args.out is None:
        raise UsageError("--out is missing: name the folder to write into, for example --out report")
    store = Store(args.store, readonly=True)
    names = list(dict.fromkeys(args.studies))
    if not names:
        raise UsageError(_which(store))
    for name in names:  # all of them before anything is written
        store.study(name)
    out = Path(args.out)
    paths = [write_report(store, name, out, args.split, _progress) for name in names]
    if len(names) > 1:
        paths.append(write_index(store, names, out))
    for path in paths:
        print(path)
    return 0


def _which(store: Store) -> str:
    known = [study.name for study in store.studies()]
    if not known:
        return f"the store {store.address} is empty. Start a study with: python tuners/run.py --preset demo"
    return f"name at least one study. The store has: {', '.join(known)}"


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
