"""`python -m reports`: writes reports, and verifies them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import NoReturn

from sqlalchemy.exc import SQLAlchemyError

from datasets.errors import DataError, HandtuneError, UsageError
from datasets.types import SPLIT_NAMES
from reports.document import FORMATS, MD
from reports.kind import FORMER, Kind, Request, kind, kinds
from tuners.store import Store
from tuners.store_format import NOTHING

VERIFY = "verify"
STUDY = "study"

CODES = """exit codes: 0 done; 2 wrong arguments or no such study; 3 the store or the data cannot be read."""

VERIFY_EPILOG = """examples:
  python -m reports verify report/demo/report.md
  python -m reports verify report/demo/report.html --store other.sqlite --json
  python -m reports verify report/demo/report.md --skip pictures data    figures and words only

Makes the report again from the store and compares line by line, figure by figure, picture by picture; then
compares what follows from each other in the store: errors and confusion tables, winners and dev errors, hashes.

exit codes: 0 all of it holds; 1 something differs, or the store has no such study; 2 wrong arguments or no
report; 3 the store or the data cannot be read."""


class Parser(argparse.ArgumentParser):
    """argparse with one plain line instead of the usage text."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. See: {self.prog} --help")


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        if words[:1] == [VERIFY]:
            return _verify(_verify_parser().parse_args(words[1:]))
        named = bool(words) and words[0] in (*kinds(), *FORMER)
        chosen = kind(words[0] if named else STUDY)
        return _write(chosen, _parser(chosen, named).parse_args(words[named:]))
    except KeyboardInterrupt:
        return 130
    except (HandtuneError, DataError) as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except SQLAlchemyError as error:  # a store that opens, and breaks while it is read
        reason = getattr(error, "orig", None) or type(error).__name__
        print(f"error: the store cannot be read: {reason}", file=sys.stderr)
        return DataError.exit_code


def _write(kind: Kind, args: argparse.Namespace) -> int:
    # Inside, so that --help answers at once.
    from reports.markdown import make_folder, write_document, write_index

    if args.out is None:
        raise UsageError("--out is missing: name the folder to write into, for example --out report")
    store = Store(args.store if kind.reads_store else NOTHING, readonly=True)
    names = tuple(dict.fromkeys(args.of))
    if len(names) < kind.fewest:
        raise UsageError(_which(kind, store))
    kind.check(store, names)  # all of them before anything is written
    given = {option: getattr(args, option) for option in (*kind.options, "data_root") if option in args}
    out = Path(args.out)
    for of in [names] if kind.together else [(name,) for name in names]:
        request = Request(of, **given)
        folder = make_folder(out / kind.folder(request))  # before the work is done, not after
        document = kind.document(store, request, _progress)
        print(write_document(document, folder, list(dict.fromkeys(args.format))))
    if kind.name == STUDY and len(names) > 1:
        print(write_index(store, names, out, f"report.{args.format[0]}"))
    return 0


def _verify(args: argparse.Namespace) -> int:
    from reports.verdict_text import lines
    from reports.verify import verify

    path = Path(args.report)
    verdict = verify(path, Store(args.store, readonly=True), args.skip, args.data_root, _progress)
    print(json.dumps(verdict.as_json(), indent=1) if args.json else "\n".join(lines(verdict)))
    return 0 if verdict.holds else 1


def _parser(kind: Kind, named: bool) -> Parser:
    p = Parser(
        prog=f"python -m reports {kind.name}" if named else "python -m reports",
        description=f"Write a report with tables and figures. This kind: {kind.title}.",
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    p.add_argument("of", nargs="*", metavar=kind.subject, help=_subject_help(kind))
    p.add_argument("--out", metavar="DIR", help="folder to write into; made where it is missing")
    p.add_argument(
        "--format",
        nargs="+",
        choices=FORMATS,
        default=[MD],
        help="one or more of them (default md); html and pdf are one file each",
    )
    if kind.reads_store:
        _add_store(p)
    if "split" in kind.options:
        p.add_argument(
            "--split",
            choices=SPLIT_NAMES,
            default="eval",
            help="whose points lie over the decision surfaces (default eval)",
        )
    if "random_study" in kind.options:
        p.add_argument(
            "--random-study",
            metavar="STUDY",
            help="show this study's random search, such as one of --preset random-320, in place of the contest's own",
        )
    if "train_limit" in kind.options:
        p.add_argument("--seed", type=int, default=0, metavar="N", help="draws generated data (default 0)")
        p.add_argument("--train-limit", type=int, metavar="N", help="keep so many samples of train")
        p.add_argument("--data-root", metavar="DIR", help="folder with real data (or HANDTUNE_DATA)")
    return p


def _verify_parser() -> Parser:
    from reports.verify import LEFT_OUT

    p = Parser(
        prog="python -m reports verify",
        description="Recompute every figure of a report from the store and say whether it holds.",
        epilog=VERIFY_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    p.add_argument("report", metavar="REPORT", help="report.md (its pictures beside it) or report.html")
    _add_store(p)
    p.add_argument(
        "--skip", nargs="+", choices=LEFT_OUT, default=(), help="what not to compare; the answer says so"
    )
    p.add_argument(
        "--data-root", metavar="DIR", help="real data, for the report of a data set (or HANDTUNE_DATA)"
    )
    p.add_argument("--json", action="store_true", help="print one JSON document")
    return p


def _add_store(p: Parser) -> None:
    p.add_argument("--store", metavar="PATH", help="file or database URL of the results (or HANDTUNE_STORE)")


def _epilog() -> str:
    """Every kind with an example; a study is the kind that needs no word."""
    rows = [(kind.example, kind.title) for kind in kinds().values()]
    rows.append(("python -m reports verify report/demo/report.md", "is a report what its store gives?"))
    width = max(len(example) for example, _ in rows)
    return "\n".join(
        [
            "examples:",
            *(f"  {example:<{width}}  {title}" for example, title in rows),
            "  python -m reports set10-first set10-second --out report     two reports and an index.md",
            "  python -m reports demo --out report --format md html pdf    three forms of the same report",
            "  HANDTUNE_STORE=other.sqlite python -m reports demo --out report",
            "",
            "The first word may be a kind of report; each has a --help of its own. A study that is called like one is",
            "named after the word study: python -m reports study verify --out report",
            "",
            "writes DIR/STUDY/report.md and its pictures (.html, .pdf: all in one file); prints the path of the report.",
            CODES,
        ]
    )


def _subject_help(kind: Kind) -> str:
    return (
        f"names of {_several(kind)} in the store"
        if kind.reads_store
        else "a data set, as in --dataset of other commands"
    )


def _which(kind: Kind, store: Store) -> str:
    if not kind.reads_store:
        return f"name a data set: {kind.example}"
    known = kind.offered(store)
    if not known and kind.subject != Kind.subject:
        return f"the store {store.address} has no {kind.subject.lower()} that has ended"
    if not known:
        return f"the store {store.address} is empty. Start a study with: python tuners/run.py --preset demo"
    count = f"one {kind.subject.lower()}" if kind.fewest == 1 else f"{kind.fewest} {_several(kind)}"
    hint = (
        f" A study called {kind.name} is written with: python -m reports study {kind.name} --out DIR."
        if kind.name in known
        else ""
    )
    return f"name at least {count}. The store has: {', '.join(known)}.{hint}"


def _several(kind: Kind) -> str:
    return "studies" if kind.subject == Kind.subject else f"{kind.subject.lower()}s"


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
