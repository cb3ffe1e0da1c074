"""`python -m datasets info NAME`: what is in a data set."""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np

from datasets.command_line import text_table
from datasets.inputs import input_shape
from datasets.loading import load
from datasets.percent import percent, percent_text
from datasets.source import sources
from datasets.study import study_dataset
from datasets.types import SPLIT_NAMES, Dataset, SplitName


def info(args: argparse.Namespace) -> None:
    dataset = load(args.name, seed=args.seed, data_root=args.data_root, train_limit=args.train_limit)
    splits = {name: _describe(dataset, name) for name in SPLIT_NAMES}
    if args.json:
        print(json.dumps(_document(dataset, splits), indent=1))
    else:
        _print_info(dataset, splits)


def _describe(dataset: Dataset, name: SplitName) -> dict[str, Any]:
    part = dataset.split.part(name)
    points = dataset.kind == "points2d"
    exact = None if dataset.densities is None else dataset.densities[name].bayes_error()
    return {
        "points": len(part),
        "class_counts": np.bincount(part.y, minlength=dataset.classes).tolist(),
        "patients": None if part.patients is None else len(np.unique(part.patients)),
        "mean": part.x.mean(axis=0).tolist() if points else None,
        "std": part.x.std(axis=0).tolist() if points else None,
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
        "shape": dataset.split.train.x.shape[1:],
        "input_shape": input_shape(dataset.split.for_tuning(dataset.kind)),
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
    if dataset.kind != "points2d":
        _print_samples(dataset, splits)
        return
    header = ["split", "points", *(f"class {label} %" for label in dataset.class_names)]
    header += ["mean x1", "mean x2", "std x1", "std x2", "exact BER %"]
    rows = []
    for name, row in splits.items():
        shares = [percent_text(count / row["points"]) for count in row["class_counts"]]
        scale = [f"{value:.4f}" for value in (*row["mean"], *row["std"])]
        exact = row["exact_bayes_error"]
        rows.append([name, f"{row['points']:,}", *shares, *scale, "–" if exact is None else f"{exact:.2f}"])
    print(text_table(header, rows))


def _print_samples(dataset: Dataset, splits: dict[SplitName, dict[str, Any]]) -> None:
    """The table of sets that are no points: numbers of samples and patients, shapes of samples and inputs."""
    train = dataset.split.train
    shapes = [" x ".join(map(str, train.x.shape[1:]))]
    shapes.append(" x ".join(map(str, input_shape(dataset.split.for_tuning(dataset.kind)))))
    print(f"sample      {shapes[0]} ({train.x.dtype}); a network sees {shapes[1]}")
    if dataset.folder is not None:
        print(f"folder      {dataset.folder}")
    print()
    header = ["split", "samples", "patients", *(f"{label} %" for label in dataset.class_names)]
    rows = []
    for name, row in splits.items():
        shares = [percent_text(count / row["points"]) for count in row["class_counts"]]
        rows.append([name, f"{row['points']:,}", str(row["patients"] or "–"), *shares])
    print(text_table(header, rows))
