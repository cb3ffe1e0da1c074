"""Data sets as .npy files, so that trial processes open train and dev without being handed eval.

Layout: FOLDER/<first 12 digits of the content hash>/{train,dev,eval}_{x,y}.npy and meta.json, which
describes the set for people. The name depends on the content alone: equal samples share a folder,
changed ones get another, and a folder never changes once it is there.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path

import numpy as np

from datasets.errors import DataError, UsageError
from datasets.types import SPLIT_NAMES, Dataset, Samples, SplitName, TuningSplit

HASH_DIGITS = 12
META = "meta.json"
FILES = (*(f"{name}_{array}.npy" for name in SPLIT_NAMES for array in ("x", "y")), META)


def write(dataset: Dataset, folder: Path) -> Path:
    """Writes the set below `folder` where it is not there yet, and returns its own folder.

    Safe with several writers at once: each writes a folder of its own and renames it; the first one
    wins and the others use its files.
    Raises UsageError where the folder cannot be written, DataError where it holds a damaged copy.
    """
    target = folder / dataset.provenance.content_hash[:HASH_DIGITS]
    if target.exists():
        return _checked(target)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=folder))
        try:
            _write_files(dataset, temporary)
            _publish(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"the data cannot be written to {target}: {error.strerror or error}. Choose another folder."
        ) from None
    return _checked(target)


def is_complete(folder: Path) -> bool:
    """Whether all files of a set are in its own folder (as `write` returned it)."""
    return all((folder / file).is_file() for file in FILES)


def read_tuning_split(folder: Path) -> TuningSplit:
    """train and dev of the set in its own folder, mapped into memory; eval is not opened.

    Raises DataError where a file is missing or damaged.
    """
    return TuningSplit(read_part(folder, "train"), read_part(folder, "dev"))


def read_part(folder: Path, name: SplitName) -> Samples:
    """One part of the set in its own folder, as read-only arrays mapped into memory.

    Raises DataError where a file is missing or damaged.
    """
    files = [folder / f"{name}_{array}.npy" for array in ("x", "y")]
    try:
        x, y = (np.load(file, mmap_mode="r", allow_pickle=False) for file in files)
        return Samples(x, y)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"the {name} part in {folder} cannot be read: {error}."
            " Delete the folder and prepare the set again."
        ) from None


def _write_files(dataset: Dataset, folder: Path) -> None:
    for name in SPLIT_NAMES:
        part = dataset.split.part(name)
        np.save(folder / f"{name}_x.npy", part.x, allow_pickle=False)
        np.save(folder / f"{name}_y.npy", part.y, allow_pickle=False)
    meta = {
        "name": dataset.name,
        "kind": dataset.kind,
        "class_names": dataset.class_names,
        "sizes": {name: len(dataset.split.part(name)) for name in SPLIT_NAMES},
        "provenance": asdict(dataset.provenance),
    }
    (folder / META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")


def _publish(temporary: Path, target: Path) -> None:
    temporary.chmod(0o755)  # mkdtemp's folders are closed to other users
    try:
        temporary.rename(target)
    except OSError:
        if not target.exists():  # else another writer was first, with the same content
            raise


def _checked(target: Path) -> Path:
    if not is_complete(target):
        lacks = next(file for file in FILES if not (target / file).is_file())
        raise DataError(f"the prepared data in {target} lack {lacks}. Delete the folder and run again.")
    return target
