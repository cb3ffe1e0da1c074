"""`python -m datasets.bayes_error`: every estimator of the Bayes error, beside the exact value."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from datasets.bayes_error import RECOMMENDED, closed_loop_settings, exact
from datasets.bayes_error._closed_loop import KNN, RNF
from datasets.bayes_error._copies import first_ones
from datasets.bayes_error._estimator import Estimator
from datasets.bayes_error._judge import Judged, chosen_estimators, judge
from datasets.bayes_error._table import estimator_list, estimator_rows, judged_table, legend
from datasets.command_line import Parser, add_data_options, positive, run
from datasets.errors import UsageError
from datasets.loading import load
from datasets.percent import percent
from datasets.study import study_error
from datasets.train_limit import limit_train
from datasets.types import SPLIT_NAMES, Dataset, Samples
from imld_synth import presets, read_csv

EPILOG = f"""examples:
  python -m datasets.bayes_error --list
  python -m datasets.bayes_error --dataset 10
  python -m datasets.bayes_error --dataset 09 --limit 20000 --estimators {RECOMMENDED} cover-hart
  python -m datasets.bayes_error --dataset 10 --preset poster --data-root path/to/real/sets
  python -m datasets.bayes_error --dataset path/to/my/folder --k 25
  python -m datasets.bayes_error --csv dev.csv --trees 20 --depth 8 --json
  python -m datasets.bayes_error --dataset 12 --limit 500

The recommended estimate comes first, the rows of the study last. Those are closed-loop errors, counted on
the points that the classifier was fitted to: they repeat the study and are no Bayes error. All estimators
on 500,000 points take some two minutes, and half of that is the study's forest.

For EEG, patches and images no estimate of the Bayes error is sound. There the errors of nearest neighbours in
named features are measured: an upper bound on the error that is needed with that feature.

exit codes: 0 done; 2 wrong arguments; 3 data missing or bad."""

SETTINGS = ("k", "trees", "depth")
STUDY_ROWS = {"knn": KNN, "rnf": RNF}


def _parser() -> Parser:
    parser = Parser(
        prog="python -m datasets.bayes_error",
        description="Estimates of the Bayes error, beside the exact value where the density is known.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--dataset", metavar="NAME", help="such as 10, or a folder with three CSV files")
    what.add_argument("--csv", type=Path, metavar="FILE", help="one file with rows class,x1,x2")
    what.add_argument(
        "--list", action="store_true", help="the estimators: formula, source, what they are for"
    )
    parser.add_argument(
        "--estimators", nargs="+", metavar="NAME", help="these alone (default: all that suit the data)"
    )
    parser.add_argument(
        "--limit",
        type=positive,
        metavar="N",
        help="use N samples of each split, drawn by --seed (default all; 2000 for EEG, patches, images)",
    )
    parser.add_argument(
        "--distinct", action="store_true", help="count points once that occur several times, class and all"
    )
    defaults = closed_loop_settings(None, "train")
    meaning = {
        "k": "neighbours of the study's KNN",
        "trees": "trees of its forest",
        "depth": "their greatest depth",
    }
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
    if args.list:
        print(json.dumps(estimator_rows(), indent=1) if args.json else estimator_list())
        return
    given = {name: getattr(args, name) for name in SETTINGS if getattr(args, name) is not None}
    if args.preset and given:
        raise UsageError(f"--preset sets k, trees and depth; leave out {', '.join(f'--{n}' for n in given)}")
    chosen = chosen_estimators(args.estimators)
    known = {name for estimator in chosen for name in estimator.defaults}
    for name in given:
        if name not in known:
            raise UsageError(f"--{name} is a setting of the study's rows, which --estimators leaves out")
    if args.csv:
        document = _of_file(args, chosen, given)
    else:
        dataset = load(args.dataset, seed=args.seed, data_root=args.data_root, train_limit=args.train_limit)
        if dataset.kind != "points2d":
            _in_features(args, dataset)
            return
        document = _of_points(args, dataset, chosen, given)
    print(json.dumps(document, indent=1) if args.json else _text(document))


def _of_file(args: argparse.Namespace, chosen: list[Estimator], given: dict[str, int]) -> dict[str, Any]:
    for option in ("preset", "data_root", "train_limit"):
        if getattr(args, option) is not None:
            raise UsageError(f"--csv reads one file of its own; leave out --{option.replace('_', '-')}")
    data = read_csv(args.csv)
    samples = _limited(Samples(data.x, data.y), args)
    settings = {**closed_loop_settings(None, "train"), **given}
    judged = judge(chosen, samples, settings, args.seed, None, args.csv.name, None, _say)
    return {
        "dataset": str(args.csv),
        "provenance": "real",
        "unit": "percent",
        "splits": [_split(judged, settings)],
    }


def _in_features(args: argparse.Namespace, dataset: Dataset) -> None:
    """Prints what nearest neighbours reach in features: no estimate of the Bayes error is sound for the rest."""
    from datasets.bayes_error.features import LIMIT, measure, report_json, report_text

    for option in ("estimators", "preset", "distinct", *SETTINGS):
        if getattr(args, option):
            raise UsageError(
                f"data set {dataset.name} is {dataset.kind}, for which errors in features are measured;"
                f" leave out --{option}, which is for points2d"
            )
    report = measure(dataset, args.seed, args.limit or LIMIT, _say)
    print(json.dumps(report_json(report), indent=1) if args.json else report_text(report))


def _of_points(
    args: argparse.Namespace, dataset: Dataset, chosen: list[Estimator], given: dict[str, int]
) -> dict[str, Any]:
    in_study = any(dataset.name == known.name for known in presets())
    if args.preset and not in_study:
        raise UsageError(f"the study has no settings for {dataset.name}; give --k, --trees and --depth")
    splits = []
    for split in SPLIT_NAMES:
        settings = {**closed_loop_settings(dataset.name if args.preset else None, split), **given}
        samples = _limited(dataset.split.part(split), args)
        truth = exact(dataset, split)
        judged = judge(chosen, samples, settings, args.seed, split, split, truth, _say)
        row = _split(judged, settings)
        as_in_study = (
            in_study
            and settings == closed_loop_settings(dataset.name, split)
            and not (args.limit or args.distinct)
        )
        row["study"] = study_error(dataset.name, "BER", split) if as_in_study else None
        splits.append(row)
    return {
        "dataset": dataset.name,
        "provenance": dataset.provenance.kind,
        "unit": "percent",
        "splits": splits,
    }


def _limited(samples: Samples, args: argparse.Namespace) -> Samples:
    """The points that --distinct and --limit leave."""
    if args.distinct:
        kept = first_ones(samples)
        _say(f"{int(kept.sum()):,} of {len(samples):,} points are distinct")
        samples = Samples(samples.x[kept], samples.y[kept])
    if args.limit is None:
        return samples
    classes = int(samples.y.max()) + 1
    if args.limit < classes:
        raise UsageError(f"--limit must be at least {classes}, one point for each class, not {args.limit}")
    return limit_train(samples, args.limit, classes, args.seed)


def _split(judged: Judged, settings: dict[str, int]) -> dict[str, Any]:
    """One split of the document; with the study's figure, the smaller closed loop, where both were asked for."""
    rows = judged.rows()
    found = {row["estimator"]: row for row in rows}
    part: dict[str, Any] = {"split": judged.split, "points": judged.points}
    part["exact"] = None if judged.exact is None else percent(judged.exact.value)
    part["exact_bound"] = None if judged.exact is None else round(100 * judged.exact.bound, 4)
    part |= {"study": None, "estimates": rows, "left_out": dict(judged.left_out)}
    if not set(STUDY_ROWS.values()) <= set(found):
        return part
    both = {name: found[estimator] for name, estimator in STUDY_ROWS.items()}
    both["ber"] = min(both.values(), key=lambda row: row["value"])
    part |= settings
    part |= {name: row["value"] for name, row in both.items()}
    return part | {f"{name}_off": row["off"] for name, row in both.items()}


def _text(document: dict[str, Any]) -> str:
    blocks = [f"data set {document['dataset']} ({document['provenance']}), errors in %"]
    for part in document["splits"]:
        head = f"{part['split']}: {part['points']:,} points"
        if part["exact"] is not None:
            head += f"; exact Bayes error {part['exact']:.2f}, true within {part['exact_bound']:.3f}"
        lines = [head, judged_table(part["estimates"])]
        lines += [f"  left out {name}: {why}" for name, why in part["left_out"].items()]
        if "ber" in part:
            lines.append(_study_line(part))
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, legend(document["splits"])])


def _study_line(part: dict[str, Any]) -> str:
    reported = "" if part["study"] is None else f"; the study reports {part['study']:.2f}"
    return f"  the study's way, the smaller closed loop: {part['ber']:.2f}{reported}. No Bayes error."


def _say(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
