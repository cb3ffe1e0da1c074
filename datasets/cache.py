"""Data sets as .npy files, so that trial processes open train and dev without being handed eval.

Layout: FOLDER/<first 12 digits of the content hash>/{train,dev,eval}_{x,y}.npy and meta.json, which
describes the set; {train,dev,eval}_patients.npy as well where samples belong to patients, and what
`datasets.known_split` writes where densities are known. The name
depends on the content alone: equal samples share a folder, changed ones get another, and a folder never
changes once it is there. Folders of large corpora are written piece by piece by `datasets.preparation`.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from datasets.errors import DataError, UsageError
from datasets.known_split import write_known
from datasets.types import (
    SPLIT_NAMES,
    Dataset,
    Features,
    Provenance,
    Samples,
    Split,
    SplitName,
    TuningSplit,
    content_hash,
)

HASH_DIGITS = 12
META = "meta.json"

FILES = (*(f"{name}_{array}.npy" for name in SPLIT_NAMES for array in ("x", "y")), META)


def write(dataset: Dataset, folder: Path) -> Path:
    """Writes the set below `folder` where it is not there yet, and returns its own folder.

    A set that lies in files already stays where it is.
    Safe with several writers at once: each writes a folder of its own and renames it; the first one
    wins and the others use its files.
    Raises UsageError where the folder cannot be written, DataError where it holds a damaged copy.
    """
    if dataset.folder is not None:
        return _checked(dataset.folder)
    target = folder / dataset.provenance.content_hash[:HASH_DIGITS]
    try:
        if not target.exists():
            folder.mkdir(parents=True, exist_ok=True)
            temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=folder))
            try:
                _write_files(dataset, temporary)
                publish(temporary, target)
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
        write_known(dataset, _checked(target))
    except OSError as error:
        raise UsageError(
            f"the data cannot be written to {target}: {error.strerror or error}. Choose another folder."
        ) from None
    return target


def stored_hash(folder: Path) -> str:
    """sha256 over the arrays as they are stored, which is the content hash of a set that is read through a view.

    Raises DataError where a file is missing or damaged.
    """
    meta = dict(read_meta(folder), view=None)
    parts = {name: _read_part(folder, name, meta) for name in SPLIT_NAMES}
    return content_hash(Split(parts["train"], parts["dev"], parts["eval"]))


def is_complete(folder: Path) -> bool:
    """Whether all files of a set are in its own folder (as `write` returned it)."""
    return all((folder / file).is_file() for file in FILES)


def is_prepared(folder: Path) -> bool:
    """Whether a folder is the own folder of a set, complete or not."""
    return (folder / META).is_file()


def read_tuning_split(folder: Path) -> TuningSplit:
    """train and dev of the set in its own folder, mapped into memory; eval is not opened.

    Raises DataError where a file is missing or damaged.
    """
    meta = read_meta(folder)
    train, dev = (_read_part(folder, name, meta) for name in ("train", "dev"))
    return TuningSplit(train, dev, meta["kind"])


def read_part(folder: Path, name: SplitName) -> Samples:
    """One part of the set in its own folder, as read-only arrays mapped into memory.

    Raises DataError where a file is missing or damaged.
    """
    return _read_part(folder, name, read_meta(folder))


def read_meta(folder: Path) -> dict[str, Any]:
    """What meta.json says of the set in its own folder. Raises DataError where it is missing or damaged."""
    try:
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        if not isinstance(meta, dict) or not isinstance(meta.get("kind"), str):
            raise ValueError(f"{META} names no kind of data")
        return meta
    except (OSError, ValueError) as error:
        raise DataError(
            f"the data in {folder} cannot be read: {error}. Delete the folder and prepare the set again."
        ) from None


def read_dataset(folder: Path) -> Dataset:
    """The whole set in its own folder, mapped into memory. Raises DataError where it is damaged."""
    meta = read_meta(_checked(folder))
    parts = {name: _read_part(folder, name, meta) for name in SPLIT_NAMES}
    try:
        return Dataset(
            name=meta["name"],
            split=Split(parts["train"], parts["dev"], parts["eval"]),
            class_names=tuple(meta["class_names"]),
            kind=meta["kind"],
            provenance=Provenance(**meta["provenance"]),
            patients=tuple(meta.get("patients", ())),
            folder=folder,
        )
    except (KeyError, TypeError) as error:
        raise DataError(
            f"{folder / META} is incomplete ({error}). Delete the folder and prepare the set again."
        ) from None


def pointed_at(pointer: Path) -> Dataset | None:
    """The set whose folder a small file beside it names, mapped into memory; None where there is no whole one.

    Such a file stands for what a set was prepared from, so that it is found again before it is read again.
    """
    if not pointer.is_file():
        return None
    folder = pointer.parent / pointer.read_text(encoding="utf-8").strip()
    return read_dataset(folder) if is_complete(folder) else None


def _read_part(folder: Path, name: SplitName, meta: Mapping[str, Any]) -> Samples:
    arrays = ("x", "y", "patients") if meta.get("patients") else ("x", "y")
    files = [folder / f"{name}_{array}.npy" for array in arrays]
    try:
        x, y, *patients = (np.load(file, mmap_mode="r", allow_pickle=False) for file in files)
        return Samples(_seen(x, meta.get("view")), y, *patients)
    except (OSError, ValueError, EOFError) as error:
        raise DataError(
            f"the {name} part in {folder} cannot be read: {error}."
            " Delete the folder and prepare the set again."
        ) from None


def _seen(x: Features, view: str | None) -> Features:
    """Stored samples as they are read: overlapping windows, say, are stored without what they share."""
    if view is None:
        return x
    if view == "eeg-windows":
        from datasets.eeg.framing import windows

        return windows(x)
    raise ValueError(f"{META} names a view {view!r} that is not known")


def _write_files(dataset: Dataset, folder: Path) -> None:
    for name in SPLIT_NAMES:
        part = dataset.split.part(name)
        np.save(folder / f"{name}_x.npy", part.x, allow_pickle=False)
        np.save(folder / f"{name}_y.npy", part.y, allow_pickle=False)
        if part.patients is not None:
            np.save(folder / f"{name}_patients.npy", part.patients, allow_pickle=False)
    meta = {
        "name": dataset.name,
        "kind": dataset.kind,
        "class_names": dataset.class_names,
        "patients": dataset.patients,
        "sizes": {name: len(dataset.split.part(name)) for name in SPLIT_NAMES},
        "provenance": asdict(dataset.provenance),
    }
    (folder / META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")


def publish(temporary: Path, target: Path) -> None:
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
