"""Drawings that were saved: folders with a drawing and the points that were drawn from it.

A folder `NAME/` holds `train.csv`, `dev.csv` and `eval.csv` in IMLD's format, `drawing.json` (the marks; see
`imld_synth.canvas_json`) and `SHA256SUMS`, the sums of these four files, so that `sha256sum -c` and `load_drawing`
notice when one of them was changed and densities would no longer be those of the points.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from datasets.csv_folder import read_split
from datasets.errors import DataError, UsageError
from datasets.source import SET_NUMBER, sources
from datasets.types import SPLIT_NAMES, Dataset, Provenance, SplitName, content_hash
from imld_synth.canvas import Canvas
from imld_synth.canvas_json import MOST_BYTES, canvas_from_json, canvas_to_json
from imld_synth.csv_imld import imld_csv

FOLDER = "HANDTUNE_DRAWINGS"
DEFAULT_FOLDER = Path("runs/drawings")

DRAWING, SUMS = "drawing.json", "SHA256SUMS"

#: No dash in front: a command line would read the word as an option.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,59}")


def folder() -> Path:
    """Where drawings are saved: HANDTUNE_DRAWINGS, else runs/drawings."""
    return Path(os.environ.get(FOLDER) or DEFAULT_FOLDER)


def names() -> tuple[str, ...]:
    """The names of all saved drawings, sorted."""
    try:
        found = [path.name for path in folder().iterdir() if is_drawing(path) and _NAME.fullmatch(path.name)]
    except OSError:  # no folder yet, or one that may not be read: there is nothing to list
        return ()
    return tuple(sorted(found))


@dataclass(frozen=True)
class Saved:
    """One line of a listing. problem: why it cannot be loaded, None where it can."""

    name: str
    title: str
    class_names: tuple[str, ...]
    problem: str | None = None


def saved() -> tuple[Saved, ...]:
    """All saved drawings; a damaged one says so and keeps none of the others from the list."""
    found = []
    for name in names():
        try:
            canvas = _canvas(folder() / name)
        except DataError as error:
            found.append(Saved(name, "a drawing", (), str(error)))
        else:
            found.append(Saved(name, canvas.title or "a drawing", canvas.class_names))
    return tuple(found)


def is_drawing(path: Path) -> bool:
    """Whether a folder holds a saved drawing."""
    return (path / DRAWING).is_file()


def check_name(name: str) -> None:
    """Raises UsageError, with the rule, unless a drawing may be called so."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"a drawing's name has from 1 to 60 letters, digits, - and _, and nothing else, and no - in front; {name[:70]!r} is none"
        )
    taken = {known.lower() for source in sources().values() for known in (source.name, *source.aliases)}
    if name.lower() in taken or SET_NUMBER.fullmatch(name):
        raise UsageError(
            f"{name!r} is, or looks like, a set of the catalogue; choose another name for the drawing"
        )


def save(name: str, canvas: Canvas, replace: bool = False) -> Path:
    """Writes the drawing and its points, all files or none, and returns their folder.

    Points are written with six decimals. Raises UsageError for a name that is not allowed, that exists already
    (unless `replace`), or where the folder cannot be written, and DataError (see `check_complete`) for a drawing
    that no study could use.
    """
    check_name(name)
    check_complete(canvas)
    target = folder() / name
    if target.exists() and not replace:
        raise UsageError(f"there is a drawing called {name!r} already; choose another name, or replace it")
    try:
        folder().mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder()))
        try:
            _write(temporary / "new", canvas)
            if target.exists():
                target.rename(temporary / "old")
            (temporary / "new").rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"the drawing cannot be written to {target}: {error.strerror or error}. Set {FOLDER} to another folder."
        ) from None
    return target


def read(name: str) -> Canvas:
    """The canvas of a saved drawing. Raises UsageError for an unknown name, DataError for a damaged file."""
    if name not in names():
        raise UsageError(f"there is no drawing called {name[:70]!r} in {folder()}; save it first")
    return _canvas(folder() / name)


def holds(name: str, canvas: Canvas) -> bool:
    """Whether that drawing is saved under that name, whole and unchanged."""
    try:
        _check_sums(folder() / name)
        return read(name) == canvas
    except (UsageError, DataError):
        return False


def delete(name: str) -> None:
    """Deletes a saved drawing. Raises UsageError for an unknown name, or where it cannot be deleted."""
    if name not in names():
        raise UsageError(f"there is no drawing called {name[:70]!r} in {folder()}; it may be deleted already")
    try:
        shutil.rmtree(folder() / name)
    except OSError as error:
        raise UsageError(
            f"the drawing {folder() / name} cannot be deleted: {error.strerror or error}"
        ) from None


def version(name: str) -> str:
    """A text that changes whenever the drawing of that name is saved again; empty where there is none."""
    try:
        return hashlib.sha256((folder() / name / SUMS).read_bytes()).hexdigest()
    except OSError:
        return ""


def check_complete(canvas: Canvas) -> None:
    """Raises DataError, with the way out, unless every split has points of every class, and there are two."""
    if len(canvas.class_names) < 2:
        raise DataError("a drawing with one class has nothing to tell apart; add a second class and draw it")
    for split in SPLIT_NAMES:
        counts = canvas.counts(split)
        lacking = [name for name, count in zip(canvas.class_names, counts, strict=True) if not count]
        if len(lacking) == len(counts):
            raise DataError(
                f"{split} has no points; draw it, or copy the marks of another split with fresh points"
            )
        if lacking:
            raise DataError(
                f"{split} has no points of the class {', '.join(lacking)}; draw some, or delete the class"
            )


def load_drawing(path: Path, name: str) -> Dataset:
    """A folder that `save` wrote as a data set, with densities where those of all splits are known.

    Raises DataError where a file is missing, damaged or was changed since.
    """
    _check_sums(path)
    canvas = _canvas(path)
    split, class_names = read_split(path, canvas.class_names, "save the drawing again")
    known = canvas.densities()
    if known is None:
        source = "drawn by hand, with points imported or erased, so that its density is not known"
        densities = None
    else:
        source = "drawn by hand from strokes and distributions of exactly known density"
        densities = {cast(SplitName, part): drawing for part, drawing in known.items()}
    if canvas.title:
        source = f"{canvas.title}: {source}"
    provenance = Provenance("drawn", source, content_hash(split))
    return Dataset(name, split, class_names, "points2d", provenance, densities)


def _write(path: Path, canvas: Canvas) -> None:
    path.mkdir()
    path.chmod(0o755)
    contents = {DRAWING: canvas_to_json(canvas)}
    for split in SPLIT_NAMES:
        x, y = canvas.points(split)
        file = f"{split}.csv"
        contents[file] = imld_csv(
            x, y, canvas.class_names, colours=canvas.colours, limits=canvas.limits, filename=file
        )
    sums = []
    for file, text in contents.items():
        raw = text.encode("utf-8")
        (path / file).write_bytes(raw)
        sums.append(f"{hashlib.sha256(raw).hexdigest()}  {file}\n")
    (path / SUMS).write_text("".join(sums), encoding="utf-8")


def _canvas(path: Path) -> Canvas:
    file = path / DRAWING
    try:
        if file.stat().st_size > MOST_BYTES:
            raise DataError(f"{file}: a drawing has at most {MOST_BYTES:,} bytes")
        return canvas_from_json(file.read_bytes())
    except OSError as error:
        raise DataError(f"{file}: cannot be read: {error.strerror}. Save the drawing again.") from None
    except DataError as error:
        raise DataError(f"{file}: {error}") from None


def _check_sums(path: Path) -> None:
    try:
        lines = (path / SUMS).read_text(encoding="utf-8").splitlines()
        recorded = {file: value for value, _, file in (line.partition("  ") for line in lines)}
        for file in (DRAWING, *(f"{split}.csv" for split in SPLIT_NAMES)):
            if hashlib.sha256((path / file).read_bytes()).hexdigest() != recorded.get(file):
                raise DataError(
                    f"{path / file} was changed since the drawing was saved, so that its points and its density may"
                    f" differ. Save the drawing again, or delete {path / DRAWING} to use the points alone."
                )
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: the drawing is not complete: {error}. Save the drawing again.") from None
