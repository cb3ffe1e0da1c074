"""The folders of TUSZ: where the recordings lie, whose they are, and in which split the corpus puts them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from datasets.eeg.edf import read_header
from datasets.errors import DataError
from datasets.preparation.extractor import BadFile, SourceFile
from datasets.types import SplitName

STANDIN_FILE = "STAND-IN.json"  # at the root of a stand-in corpus; holds its parameters

_SPLITS: Mapping[str, SplitName] = {"train": "train", "dev": "dev", "dev_test": "dev", "eval": "eval"}
_PLACES = ("", "tusz*", "eeg*", "tuh_eeg_seizure*", "tusz*/v*", "eeg*/v*", "tuh_eeg_seizure*/v*")
_MONTAGE = re.compile(r"\d\d_tcp_\w+")  # v1.5 has the montage right below the split


def find_corpus(data_root: Path) -> Path | None:
    """The folder that holds `edf/` with TUSZ's splits, None where `data_root` holds no such corpus.

    It is `data_root`, its parent where `data_root` is the `edf` folder, or a folder tusz*, eeg* or
    tuh_eeg_seizure* in it, or such a folder's v*; the last by name where there are several.
    """
    if data_root.name == "edf" and _has_splits(data_root):
        return data_root.parent
    for place in _PLACES:
        for folder in sorted(data_root.glob(place), reverse=True) if place else [data_root]:
            if _has_splits(folder / "edf"):
                return folder
    return None


def corpus_files(corpus: Path) -> list[SourceFile]:
    """All recordings of a corpus that `find_corpus` found, sorted; paths are relative to its `edf` folder.

    v2: `train|dev|eval/PATIENT/SESSION/MONTAGE/NAME.edf`; the folders are the splits.
    v1.5: `train|dev|dev_test/MONTAGE/DIGITS/PATIENT/SESSION/NAME.edf`. Where this version has no `eval`, its
    held-out folder is eval: it is what the corpus scores on, and dev can be taken from train's patients,
    while eval could not come out of what tuning sees.

    Raises DataError where there is not one recording, or a folder cannot be read.
    """
    folder = corpus / "edf"
    try:
        paths = sorted(_recordings(folder, PurePosixPath()))
    except OSError as error:
        raise DataError(f"a folder of the corpus cannot be read: {error}. Check its permissions.") from None
    if not paths:
        raise DataError(f"{folder} holds no recordings: no file *.edf was found in its folders.")
    held_out_is_eval = not any(path.parts[0] == "eval" for path in paths)
    return [_source_file(path, held_out_is_eval) for path in paths]


def is_standin(corpus: Path) -> bool:
    """Whether the corpus says so: by STAND-IN.json at its root, or in the header of its first readable file."""
    if (corpus / STANDIN_FILE).is_file():
        return True
    for file in corpus_files(corpus):
        try:
            return read_header(corpus / "edf" / file.path).is_standin
        except BadFile:
            continue
    return False


def standin_parameters(corpus: Path) -> Mapping[str, object]:
    """What STAND-IN.json holds; nothing where it is missing. Raises DataError where it is damaged."""
    path = corpus / STANDIN_FILE
    if not path.is_file():
        return {}
    try:
        parameters = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}. Make the stand-in corpus again.") from None
    return parameters if isinstance(parameters, dict) else {}


def _has_splits(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in _SPLITS)


def _recordings(folder: Path, below: PurePosixPath) -> Iterator[PurePosixPath]:
    """Every *.edf in the splits' folders; hidden files, such as the ._* of a Macintosh, are passed over."""
    with os.scandir(folder) as entries:
        for entry in entries:
            inner = below / entry.name
            if entry.name.startswith(".") or (not below.parts and entry.name not in _SPLITS):
                continue
            if entry.is_dir():
                yield from _recordings(folder / entry.name, inner)
            elif entry.name.lower().endswith(".edf"):
                yield inner


def _source_file(path: PurePosixPath, held_out_is_eval: bool) -> SourceFile:
    split = _SPLITS[path.parts[0]]
    old = len(path.parts) == 6 and _MONTAGE.fullmatch(path.parts[1]) is not None
    if old and held_out_is_eval and split == "dev":
        split = "eval"
    return SourceFile(str(path), path.parts[3 if old else 1], split)


def check_place(file: SourceFile) -> None:
    """Raises BadFile where a file's name, PATIENT_sNNN_tNNN, and its folder name different patients."""
    if PurePosixPath(file.path).name.split("_")[0] != file.patient:
        raise BadFile("the file's name and its folder name different patients")
