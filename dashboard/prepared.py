"""Prepared sets on this machine: what lies in their folders, for the pages that show samples."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from datasets import cache
from datasets.errors import DataError
from datasets.preparation.write import INDEX, INDEX_COLUMNS, PREVIEWS
from datasets.types import SPLIT_NAMES, SplitName
from tuners.record import StudyRecord

#: The own folder of a set is named by its content (see `datasets.cache`).
_OWN_NAME = re.compile(f"[0-9a-f]{{{cache.HASH_DIGITS}}}")


@dataclass(frozen=True)
class Preview:
    """A file of which more was kept. rows: its samples in the split, in the order of the arrays."""

    split: SplitName
    file: str
    patient: str
    arrays: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class Prepared:
    """A prepared set. files: of the corpus, None where the folder does not say; skipped: reasons and counts;
    studies: names of those that used it."""

    folder: Path
    name: str
    kind: str
    provenance: str
    source: str
    train_limit: int | None
    class_names: tuple[str, ...]
    sizes: Mapping[str, int]
    settings: Mapping[str, Any]
    files: int | None
    skipped: Mapping[str, int]
    previews: tuple[Preview, ...]
    studies: tuple[str, ...]

    @property
    def key(self) -> str:
        """Names its content in an address."""
        return self.folder.name

    def previews_of(self, split: str) -> list[Preview]:
        return [preview for preview in self.previews if preview.split == split]


def prepared_sets(kind: str, studies: Sequence[StudyRecord], root: Path) -> list[Prepared]:
    """Sets of a kind that the studies used and that lie below `root`, those with previews first.

    A folder that is gone or damaged is passed over: the study that names it may be older than its data.
    """
    used: dict[Path, list[str]] = {}
    for study in studies:
        if study.data.kind == kind:
            used.setdefault(Path(study.data.folder), []).append(study.name)
    folders = [*used, *(path for path in _below(root) if path not in used)]
    found: dict[str, Prepared] = {}
    for folder in folders:
        try:
            one = _read(folder, tuple(used.get(folder, ())))
        except DataError:
            continue
        if one.kind == kind and one.key not in found:
            found[one.key] = one
    return sorted(found.values(), key=lambda one: not one.previews)


def index(prepared: Prepared) -> pd.DataFrame:
    """Where every sample came from: split, row, patient, label (class index), file, position (text).

    Copies that a train limit made keep no index: there, file and position are empty.
    """
    return _index(str(prepared.folder))


def preview_arrays(prepared: Prepared, preview: Preview) -> dict[str, NDArray[Any]]:
    """The arrays of a preview by name. Raises DataError where they cannot be read."""
    return _arrays(str(prepared.folder / PREVIEWS / preview.arrays))


def preview_with(prepared: Prepared, split: str, row: int) -> tuple[Preview, int] | None:
    """The preview that holds a sample, and its place in the arrays; None where its file was not kept."""
    for preview in prepared.previews_of(split):
        if row in preview.rows:
            return preview, preview.rows.index(row)
    return None


def _below(root: Path) -> list[Path]:
    """Own folders of sets in `root`, the newest first."""
    try:
        paths = [
            path for path in root.iterdir() if _OWN_NAME.fullmatch(path.name) and cache.is_prepared(path)
        ]
    except OSError:
        return []
    return sorted(paths, key=lambda path: (-(path / cache.META).stat().st_mtime, path.name))


def _read(folder: Path, studies: tuple[str, ...]) -> Prepared:
    meta = cache.read_meta(folder)
    if not cache.is_complete(folder):
        raise DataError(f"the prepared data in {folder} are incomplete")
    try:
        corpus = meta.get("corpus", {})
        return Prepared(
            folder=folder,
            name=str(meta["name"]),
            kind=str(meta["kind"]),
            provenance=str(meta["provenance"]["kind"]),
            source=str(meta["provenance"]["source"]),
            train_limit=meta["provenance"].get("train_limit"),
            class_names=tuple(meta["class_names"]),
            sizes={name: int(meta["sizes"][name]) for name in SPLIT_NAMES},
            settings=dict(meta.get("settings", {})),
            files=corpus.get("files"),
            skipped=dict(corpus.get("skipped", {})),
            previews=tuple(_previews(folder, meta.get("previews", []))),
            studies=studies,
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise DataError(f"{folder / cache.META} is incomplete ({error})") from None


def _previews(folder: Path, kept: Sequence[Mapping[str, str]]) -> list[Preview]:
    """Those whose files are there; a file name that leaves the folder is none of ours."""
    found = []
    for one in kept:
        path = folder / PREVIEWS / Path(one["arrays"]).name
        try:
            rows = tuple(int(row) for row in _rows(str(path)))
        except DataError:
            continue
        found.append(Preview(cast(SplitName, one["split"]), one["file"], one["patient"], path.name, rows))
    return found


# Folders never change once they are there (see `datasets.cache`), so what was read stays true.


@st.cache_data(max_entries=256, show_spinner=False)
def _rows(path: str) -> NDArray[np.int64]:
    return np.asarray(_load(path, ("rows",))["rows"])


@st.cache_data(max_entries=8, show_spinner=False)
def _arrays(path: str) -> dict[str, NDArray[Any]]:
    return _load(path, None)


@st.cache_data(max_entries=8, show_spinner=False)
def _index(folder: str) -> pd.DataFrame:
    path = Path(folder) / INDEX
    try:
        if path.is_file():
            text = {"patient": str, "file": str, "position": str}
            return pd.read_csv(path, dtype=text, keep_default_na=False)[list(INDEX_COLUMNS)]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{path} cannot be read: {error}. Delete the folder and prepare the set again."
        ) from None
    names = np.array(cache.read_meta(Path(folder)).get("patients", ()), dtype=object)
    parts = []
    for split in SPLIT_NAMES:
        part = cache.read_part(Path(folder), split)
        patient = "" if part.patients is None else names[np.asarray(part.patients)]
        columns = {
            "split": split,
            "row": np.arange(len(part)),
            "patient": patient,
            "label": np.asarray(part.y),
        }
        parts.append(pd.DataFrame(columns | {"file": "", "position": ""})[list(INDEX_COLUMNS)])
    return pd.concat(parts, ignore_index=True)


def _load(path: str, names: Sequence[str] | None) -> dict[str, NDArray[Any]]:
    import zipfile

    try:
        with np.load(path, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in (names or arrays.files)}
    except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(f"the preview {path} cannot be read: {error}. Prepare the set again.") from None
