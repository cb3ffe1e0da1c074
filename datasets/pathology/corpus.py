"""The tree of TUDP: svs/{train,dev,eval}/<patient>/<session>/breast/<name>.{svs,csv,xml}."""

from __future__ import annotations

import json
from pathlib import Path

from datasets.errors import DataError
from datasets.preparation import SourceFile
from datasets.types import SPLIT_NAMES, ProvenanceKind, SplitName

#: Lies at the root of a corpus that was made up; the data are called a stand-in wherever it is found.
STAND_IN_FILE = "STAND-IN.json"

#: The word that every slide of a stand-in carries in its ImageDescription.
STAND_IN_WORD = "STAND-IN"


def find_corpus(data_root: Path) -> Path | None:
    """The folder that holds `svs/`: the root itself, one above it, or a subfolder named tudp* or pathology*.

    The newest by name where there are several (tudp_v3.0.0 after tudp_v2.0.0). None where there is none.
    """
    if _is_svs_folder(data_root):
        return data_root.parent
    if _is_svs_folder(data_root / "svs"):
        return data_root
    for folder in sorted(_subfolders(data_root), reverse=True):
        if folder.name.lower().startswith(("tudp", "pathology")):
            found = folder if _is_svs_folder(folder / "svs") else _newest_version(folder)
            if found is not None:
                return found
    return None


def slides(root: Path) -> list[SourceFile]:
    """All slides of the corpus at root (see `find_corpus`), sorted by path.

    The patient is the folder below the split, with its whole name: `<8 digits>_<8 letters>` in version 3, the
    digits alone in version 2.
    Raises DataError where there is no slide.
    """
    found = [
        _source_file(path.relative_to(root), split)
        for split in SPLIT_NAMES
        for path in (root / "svs" / split).rglob("*")
        if path.suffix.lower() == ".svs" and len(path.relative_to(root).parts) > 3
    ]
    if not found:
        raise DataError(
            f"{root}: there is no pathology corpus. Looked for slides named"
            " svs/train/PATIENT/SESSION/breast/NAME.svs, and the same in svs/dev and svs/eval."
        )
    return sorted(found)


def provenance(root: Path, name: str) -> tuple[ProvenanceKind, str]:
    """ "real" or "stand-in", and a sentence about the corpus called `name` at root."""
    if is_stand_in(root):
        return "stand-in", f"a stand-in for {name}: {_stated_settings(root)}"
    return "real", f"read from {name}"


def is_stand_in(root: Path) -> bool:
    return (root / STAND_IN_FILE).is_file()


def _source_file(path: Path, split: SplitName) -> SourceFile:
    return SourceFile(path.as_posix(), patient=path.parts[2], split=split)


def _is_svs_folder(folder: Path) -> bool:
    return folder.name == "svs" and any((folder / split).is_dir() for split in SPLIT_NAMES)


def _newest_version(folder: Path) -> Path | None:
    versions = sorted(_subfolders(folder), reverse=True)
    return next((version for version in versions if _is_svs_folder(version / "svs")), None)


def _subfolders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _stated_settings(root: Path) -> str:
    """Patients, difficulty, seed and the like, from the file that says how the stand-in was made."""
    try:
        stated = json.loads((root / STAND_IN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        stated = None
    if not isinstance(stated, dict):
        return "made up, with settings unknown"
    plain = {key: value for key, value in stated.items() if isinstance(value, int | float)}
    words = ", ".join(f"{key} {value}" for key, value in sorted(plain.items()))
    return f"made up ({words})" if words else "made up, with settings unknown"
