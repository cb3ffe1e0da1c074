"""From the name that a user gives to a data set in memory."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from datasets import drawings
from datasets.cache import is_prepared, read_dataset, read_meta
from datasets.csv_folder import load_folder
from datasets.errors import DataError, UsageError
from datasets.plugins import find, unknown
from datasets.source import CATALOG, SET_NUMBER, Source, sources
from datasets.train_limit import limit_train
from datasets.types import Dataset, Split, content_hash

DATA_ROOT = "HANDTUNE_DATA"


def load(
    name: str,
    *,
    seed: int = 0,
    data_root: str | os.PathLike[str] | None = None,
    train_limit: int | None = None,
    workers: int = 1,
) -> Dataset:
    """A set of the catalogue ("10", also "#10" or "set_10"; "eeg"), a saved drawing by its name, a folder with train,
    dev and eval CSV, or a folder that `prepare` wrote.

    seed: draws generated data and the choice of a train limit; real data and drawings do not depend on it.
    data_root: folder with real sets; None asks HANDTUNE_DATA. train_limit: see `limit_train`; the
    content hash is that of the samples that are left, so that records tell them from the full set.
    workers: processes that read a corpus which is not prepared yet; more than one needs a main module that
    may be imported (`if __name__ == "__main__"`), as ever where Python starts processes.
    Raises UsageError (exit code 2) for an unknown name, a negative seed or an impossible limit, and
    DataError (exit code 3) for a data root or folder that does not exist and for bad data in it.
    """
    if seed < 0:
        raise UsageError(f"the seed must be 0 or more, not {seed}")
    known = canonical_name(name)
    if known in sources():
        source = find(CATALOG, Source, known, "data set")
        dataset = source.load(data_root_from(data_root), seed, workers)
    elif known in drawings.names():
        dataset = drawings.load_drawing(drawings.folder() / known, known)
    elif drawings.is_drawing(Path(known)):
        dataset = drawings.load_drawing(Path(known), known)
    elif is_prepared(Path(known)):
        dataset = read_dataset(Path(known))
    else:
        dataset = load_folder(Path(known))
    return dataset if train_limit is None else _limited(dataset, train_limit, seed)


def canonical_name(name: str) -> str:
    """The name in the catalogue or of the drawing that is meant, or the full path of the folder that is.

    A catalogue name wins over a drawing, and a drawing over a folder of the same name; write ./10 for the folder.
    Raises UsageError with a suggestion for an unknown name, DataError for a folder that is not there.
    """
    number = SET_NUMBER.fullmatch(name.strip())
    known = f"{int(number[1]):02d}" if number else name.strip().lower()
    for source in sources().values():
        if known == source.name or known in source.aliases:
            return source.name
    if name.strip() in drawings.names():
        return name.strip()
    path = Path(name).expanduser()
    if name and path.is_dir():
        return str(path.resolve())
    if name and path.exists():
        raise DataError(f"{path} is a file; give the folder that holds train.csv, dev.csv and eval.csv")
    if len(path.parts) > 1 or name.startswith((".", "~")) or name.endswith(os.sep):
        raise DataError(f"there is no folder {path}; check the path")
    error = unknown("data set", known if number else name, [*sources(), *drawings.names()])
    raise UsageError(f"{error} Or give the path of a folder with train.csv, dev.csv and eval.csv.")


def kind_of(name: str) -> str:
    """What sort of samples a data set holds, from what `canonical_name` returned; nothing is loaded."""
    known = sources().get(name)
    if known is not None:
        return known.kind
    if name in drawings.names():
        return "points2d"
    return str(read_meta(Path(name))["kind"]) if is_prepared(Path(name)) else "points2d"


def data_root_from(argument: str | os.PathLike[str] | None) -> Path | None:
    """The folder with real data: the argument, else HANDTUNE_DATA, else None.

    Raises DataError where that folder does not exist: a mistyped root must not fall back to
    generated data.
    """
    given = argument or os.environ.get(DATA_ROOT)
    if not given:
        return None
    root = Path(given).expanduser()
    if not root.is_dir():
        origin = "--data-root" if argument else DATA_ROOT
        raise DataError(
            f"the data root {root} is no folder; correct {origin}, or leave it out for generated data"
        )
    return root.resolve()


def _limited(dataset: Dataset, limit: int, seed: int) -> Dataset:
    whole = dataset.split
    train = limit_train(whole.train, limit, dataset.classes, seed)
    if train is whole.train:
        return dataset
    split = Split(train, whole.dev, whole.eval)
    provenance = replace(dataset.provenance, content_hash=content_hash(split), train_limit=limit)
    return replace(dataset, split=split, provenance=provenance, folder=None)
