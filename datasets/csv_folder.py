"""Folders with train.csv, dev.csv and eval.csv: a student's own data, and real sets in a data root."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from datasets.errors import DataError
from datasets.types import SPLIT_NAMES, Dataset, Provenance, Samples, Split, content_hash
from imld_synth import CsvData, read_csv


def load_folder(folder: Path) -> Dataset:
    """A folder of one's own as a data set; its name is the folder's full path, so that it loads again.

    Class names come from train.csv: from its `# classes:` line, else the labels that occur.
    Raises DataError, see `read_split`.
    """
    split, class_names = read_split(folder, None, f"a data set is a folder with {_files()}; add the file")
    if len(class_names) < 2:
        raise DataError(
            f"{folder / 'train.csv'}: all rows have the class {class_names[0]!r}."
            " There is nothing to tell apart; a data set needs two classes or more."
        )
    return Dataset(
        name=str(folder),
        split=split,
        class_names=class_names,
        kind="points2d",
        provenance=Provenance("real", f"read from the folder {folder}", content_hash(split)),
    )


def read_split(
    folder: Path, class_names: Sequence[str] | None, way_out: str
) -> tuple[Split, tuple[str, ...]]:
    """The three parts (x float64 (n, 2), y int64 (n,)) and the class names that y indexes.

    class_names: the only labels allowed; None takes those of train.csv. way_out: what the error for
    a missing file suggests.
    Raises DataError, with file and where possible line, for a missing or unreadable file, a bad row,
    a label in dev or eval that train does not know, and a class without a point in train.
    """
    for name in SPLIT_NAMES:
        # Before any is read: half a minute of reading should not end in "there is no eval.csv".
        if not (folder / f"{name}.csv").is_file():
            raise DataError(f"{folder / f'{name}.csv'}: there is no such file; {way_out}.")
    train_file = folder / "train.csv"
    train = read_csv(train_file, class_names)
    counts = np.bincount(train.y, minlength=len(train.class_names))
    for label, count in zip(train.class_names, counts, strict=True):
        if count == 0:
            raise DataError(
                f"{train_file}: no row has the class {label!r} (the classes are"
                f" {', '.join(train.class_names)}). Training needs points of every class."
            )
    dev, evaluation = (_read_as(folder / f"{name}.csv", train) for name in ("dev", "eval"))
    return Split(Samples(train.x, train.y), dev, evaluation), train.class_names


def _read_as(file: Path, train: CsvData) -> Samples:
    """A file with its labels as indices into the class names of train.

    Matched by name: where a file lists its classes in another order than train does, its indices
    mean other classes.
    """
    data = read_csv(file)
    if not set(data.class_names) <= set(train.class_names):
        data = read_csv(file, train.class_names)  # names the line, or takes 0, 1, ... as train's indices
    index = np.array([train.class_names.index(name) for name in data.class_names], dtype=np.int64)
    return Samples(data.x, index[data.y])


def _files() -> str:
    *first, last = (f"{name}.csv" for name in SPLIT_NAMES)
    return f"{', '.join(first)} and {last}"
