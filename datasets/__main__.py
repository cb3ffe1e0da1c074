"""`python -m datasets list | info NAME | prepare NAME`: what there is, what is in it, get it ready."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from datasets import cache
from datasets.command_line import Parser, add_data_options, run, text_table
from datasets.loading import load
from datasets.percent import percent, percent_text
from datasets.source import sources
from datasets.study import study_dataset
from datasets.types import SPLIT_NAMES, Dataset, SplitName

EPILOG = """examples:
  python -m datasets list
  python -m datasets info 10
  python -m datasets info 10 --data-root path/to/real/sets --json
  python -m datasets info path/to/my/folder          (holds train.csv, dev.csv and eval.csv)
  python -m datasets prepare 08 --data-root path/to/real/sets

exit codes: 0 done; 2 wrong arguments; 3 data missing or bad."""


def _parser() -> Parser:
    parser = Parser(
        prog="python -m datasets",
        description="Data sets: list them, look into one, check it and get it ready for trials.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(metavar="list | info | prepare", required=True)
    listing = commands.add_parser("list", help="the catalogue, and what is missing to use it")
    listing.set_defaults(command=_list)
    info = commands.add_parser("info", help="classes, sizes, balance, scale, origin and exact Bayes error")
    info.set_defaults(command=_info)
    prepare = commands.add_parser("prepare", help="read and check a set and write it as .npy files")
    prepare.set_defaults(command=_prepare)
    for command in (listing, info):
        command.add_argument("--json", action="store_true", help="print one JSON document")
    for command in (info, prepare):
        command.add_argument("name", metavar="NAME", help="such as 10, or a folder with three CSV files")
        add_data_options(command)
    prepare.add_argument(
        "--out", type=Path, default=Path("runs/cache"), metavar="DIR", help="default: runs/cache"
    )
    return parser


def main(words: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""

    def command() -> None:
        args = _parser().parse_args(words)
        args.command(args)

    return run(command)


def _list(args: argparse.Namespace) -> None:
    rows = [
        {
            "name": source.name,
            "title": source.title,
            "kind": source.kind,
            "class_names": source.class_names,
            "missing": source.missing(),
        }
        for source in sources().values()
    ]
    if args.json:
        print(json.dumps(rows, indent=1))
        return
    cells = [
        (source.name, source.kind, str(len(source.class_names)), _remark(source.title, source.missing()))
        for source in sources().values()
    ]
    print(text_table(("name", "kind", "classes", "title"), cells, left=4))
    print(
        "\nA folder with train.csv, dev.csv and eval.csv (rows class,x1,x2) is a data set too: give its path."
    )


def _remark(title: str, missing: str | None) -> str:
    return title if missing is None else f"{title} (not available here, {missing})"


def _info(args: argparse.Namespace) -> None:
    dataset = load(args.name, seed=args.seed, data_root=args.data_root, train_limit=args.train_limit)
    splits = {name: _describe(dataset, name) for name in SPLIT_NAMES}
    if args.json:
        print(json.dumps(_document(dataset, splits), indent=1))
    else:
        _print_info(dataset, splits)


def _describe(dataset: Dataset, name: SplitName) -> dict[str, Any]:
    part = dataset.split.part(name)
    exact = None if dataset.densities is None else dataset.densities[name].bayes_error()
    return {
        "points": len(part),
        "class_counts": np.bincount(part.y, minlength=dataset.classes).tolist(),
        "mean": part.x.mean(axis=0).tolist(),
        "std": part.x.std(axis=0).tolist(),
        "exact_bayes_error": None if exact is None else percent(exact.value),
    }


def _document(dataset: Dataset, splits: dict[SplitName, dict[str, Any]]) -> dict[str, Any]:
    origin = dataset.provenance
    return {
        "dataset": dataset.name,
        "kind": dataset.kind,
        "class_names": dataset.class_names,
        "provenance": origin.kind,
        "source": origin.source,
        "content_hash": origin.content_hash,
        "seed": origin.seed,
        "train_limit": origin.train_limit,
        "splits": splits,
    }


def _print_info(dataset: Dataset, splits: dict[SplitName, dict[str, Any]]) -> None:
    origin = dataset.provenance
    known = sources().get(dataset.name)
    print(f"data set    {dataset.name}{f': {known.title}' if known else ''}")
    print(f"kind        {dataset.kind}, classes {', '.join(dataset.class_names)}")
    print(f"provenance  {origin.kind}: {origin.source}")
    if origin.train_limit is not None:
        print(f"limited     to {origin.train_limit:,} training points")
    print(f"hash        {origin.content_hash}")
    study = study_dataset(dataset.name)
    if study is not None:
        print(f"the study   {study.train:,} / {study.dev:,} / {study.eval:,} points; {study.description}")
    print()
    header = ["split", "points", *(f"class {label} %" for label in dataset.class_names)]
    header += ["mean x1", "mean x2", "std x1", "std x2", "exact BER %"]
    rows = []
    for name, row in splits.items():
        shares = [percent_text(count / row["points"]) for count in row["class_counts"]]
        scale = [f"{value:.4f}" for value in (*row["mean"], *row["std"])]
        exact = row["exact_bayes_error"]
        rows.append([name, f"{row['points']:,}", *shares, *scale, "–" if exact is None else f"{exact:.2f}"])
    print(text_table(header, rows))


def _prepare(args: argparse.Namespace) -> None:
    dataset = load(args.name, seed=args.seed, data_root=args.data_root, train_limit=args.train_limit)
    folder = cache.write(dataset, args.out)
    sizes = ", ".join(f"{name} {len(dataset.split.part(name)):,}" for name in SPLIT_NAMES)
    print(f"prepared    {dataset.name} ({dataset.provenance.kind}: {dataset.provenance.source})")
    print(f"points      {sizes}")
    print(f"hash        {dataset.provenance.content_hash}")
    print(f"folder      {folder}")


if __name__ == "__main__":
    sys.exit(main())
