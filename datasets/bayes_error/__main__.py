"""`python -m datasets.bayes_error`: closed-loop errors as in the study, beside the exact Bayes error."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from datasets.bayes_error import closed_loop_settings, exact, study_bayes_error
from datasets.command_line import Parser, add_data_options, positive, run, text_table
from datasets.errors import UsageError
from datasets.loading import load
from datasets.percent import percent
from datasets.study import study_error
from datasets.types import SPLIT_NAMES, Dataset, Samples, SplitName
from imld_synth import presets, read_csv

EPILOG = """examples:
  python -m datasets.bayes_error --dataset 10
  python -m datasets.bayes_error --dataset 10 --preset poster --data-root path/to/real/sets
  python -m datasets.bayes_error --dataset path/to/my/folder --k 25
  python -m datasets.bayes_error --csv dev.csv --trees 20 --depth 8 --json

A closed-loop error is counted on the points that the classifier was fitted to. It is what the study
calls the Bayes error, and mostly too low: each point votes for itself, and the smaller of the two
errors is that of the classifier that overfits more.

exit codes: 0 done; 2 wrong arguments; 3 data missing or bad."""

SETTINGS = ("k", "trees", "depth")
ERRORS = ("knn", "rnf", "ber")


def _parser() -> Parser:
    parser = Parser(
        prog="python -m datasets.bayes_error",
        description="Closed-loop errors of KNN and RNF, as in the study, beside the exact Bayes error.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--dataset", metavar="NAME", help="such as 10, or a folder with three CSV files")
    what.add_argument("--csv", type=Path, metavar="FILE", help="one file with rows class,x1,x2")
    defaults = closed_loop_settings(None, "train")
    meaning = {"k": "neighbours of KNN", "trees": "trees of the forest", "depth": "their greatest depth"}
    for name in SETTINGS:
        parser.add_argument(
            f"--{name}", type=positive, metavar="N", help=f"{meaning[name]} (default {defaults[name]})"
        )
    parser.add_argument("--preset", choices=("poster",), help="the study's settings for its own sets")
    add_data_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON document, errors in percent")
    return parser


def main(words: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    return run(lambda: _run(_parser().parse_args(words)))


def _run(args: argparse.Namespace) -> None:
    given = {name: getattr(args, name) for name in SETTINGS if getattr(args, name) is not None}
    if args.preset and given:
        raise UsageError(f"--preset sets k, trees and depth; leave out {', '.join(f'--{n}' for n in given)}")
    rows = _rows_of_file(args, given) if args.csv else _rows_of_dataset(args, given)
    if args.json:
        print(json.dumps(rows, indent=1))
        return
    print(f"data set {rows['dataset']} ({rows['provenance']}), errors in %, closed loop\n")
    _print_table(rows["splits"])
    print(
        "\nClosed loop: fitted and scored on the same points, as in the study. BER is the smaller of the two;"
    )
    print("it follows the study and is no estimate of the Bayes error to rely on.")


def _rows_of_file(args: argparse.Namespace, given: dict[str, int]) -> dict[str, Any]:
    for option in ("preset", "data_root", "train_limit"):
        if getattr(args, option) is not None:
            raise UsageError(f"--csv reads one file of its own; leave out --{option.replace('_', '-')}")
    data = read_csv(args.csv)
    settings = {**closed_loop_settings(None, "train"), **given}
    row = {"split": args.csv.name} | _errors(Samples(data.x, data.y), settings, args.seed, None)
    return {"dataset": str(args.csv), "provenance": "real", "unit": "percent", "splits": [row]}


def _rows_of_dataset(args: argparse.Namespace, given: dict[str, int]) -> dict[str, Any]:
    dataset = load(args.dataset, seed=args.seed, data_root=args.data_root, train_limit=args.train_limit)
    if dataset.kind != "points2d":
        raise UsageError(f"data set {dataset.name} is {dataset.kind}; the closed loop is for points2d only")
    if args.preset and not _in_study(dataset):
        raise UsageError(f"the study has no settings for {dataset.name}; give --k, --trees and --depth")
    rows = []
    for split in SPLIT_NAMES:
        base = closed_loop_settings(dataset.name if args.preset else None, split)
        rows.append(_row(dataset, split, {**base, **given}, args.seed))
    return {
        "dataset": dataset.name,
        "provenance": dataset.provenance.kind,
        "unit": "percent",
        "splits": rows,
    }


def _row(dataset: Dataset, split: SplitName, settings: dict[str, int], seed: int) -> dict[str, Any]:
    row = {"split": split} | _errors(dataset.split.part(split), settings, seed, split)
    as_in_study = _in_study(dataset) and settings == closed_loop_settings(dataset.name, split)
    row["study"] = study_error(dataset.name, "BER", split) if as_in_study else None
    truth = exact(dataset, split)
    row["exact"] = None if truth is None else percent(truth.value)
    for name in ERRORS:
        # From the printed figures, so that the columns of a table add up.
        row[f"{name}_off"] = None if truth is None else round(row[name] - row["exact"], 2)
    return row


def _errors(samples: Samples, settings: dict[str, int], seed: int, split: SplitName | None) -> dict[str, Any]:
    print(
        f"{split or 'points'}: scoring {len(samples):,} points with k = {settings['k']},"
        f" {settings['trees']} trees, depth {settings['depth']}",
        file=sys.stderr,
    )
    both = study_bayes_error(samples, settings, seed, split)
    errors = {"knn": both.knn.value, "rnf": both.rnf.value, "ber": both.value}
    return {"points": len(samples), **settings, **{name: percent(errors[name]) for name in ERRORS}}


def _in_study(dataset: Dataset) -> bool:
    return any(dataset.name == known.name for known in presets())


def _print_table(rows: list[dict[str, Any]]) -> None:
    titles = {"split": "split", "points": "points", "k": "k", "trees": "trees", "depth": "depth"}
    titles |= {"knn": "KNN", "rnf": "RNF", "ber": "BER", "study": "study's BER", "exact": "exact"}
    titles |= {f"{name}_off": f"{titles[name]} - exact" for name in ERRORS}
    shown = [name for name in titles if any(row.get(name) is not None for row in rows)]
    cells = [[_cell(name, row[name]) for name in shown] for row in rows]
    print(text_table([titles[name] for name in shown], cells))


def _cell(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:+.2f}" if name.endswith("_off") else f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    sys.exit(main())
