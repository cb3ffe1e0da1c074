"""IMLD's CSV files: rows `class,x1,x2`, with or without a header and comment lines.

Reading goes through numpy's C parser. Only when that fails is the file walked line by line, to
say which line breaks which rule.

Comment lines start with `#`. Three of them carry meaning: `# classes: [a,b]` (names, in class
order), `# colors: [red,blue]` and `# limits: [xmin,xmax,ymin,ymax]`. Anything else after `#` is
ignored, as are blank lines and spaces around values. A first row of three words, none of them a
number, is a header.

Class order: y holds indices into `class_names`, which are, in this order of preference, the names
the caller gave, those of the `# classes:` comment, or the labels that occur, sorted (by value when
all are integers, else as text). Where names are known, integer labels from 0 are taken as indices
unless the names are integers themselves.
"""

import io
import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from imld_synth.errors import DataError
from imld_synth.shapes.base import Floats

_COLUMNS = "class,x1,x2"
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf(inity)?)$", re.IGNORECASE)
_BLANK = re.compile(r"^[ \t]+(?=#|$)", re.MULTILINE)
_LONGEST_LABEL = 64
# One character more than allowed, so that a longer label shows instead of being cut to fit.
_ROW = np.dtype([("label", f"U{_LONGEST_LABEL + 1}"), ("x1", "f8"), ("x2", "f8")])


@dataclass(frozen=True)
class CsvData:
    """Points read from a file: x (n, 2) float64, y (n,) int64 indices into class_names."""

    x: Floats
    y: NDArray[np.int64]
    class_names: tuple[str, ...]
    colors: tuple[str, ...] = ()
    limits: tuple[float, ...] = ()


def read_csv(path: str | os.PathLike[str], class_names: Sequence[str] | None = None) -> CsvData:
    """Read a file in IMLD's format; class_names, when given, are the only labels allowed.

    Raises DataError, naming file and line, for a missing, empty or undecodable file, a row without
    three columns, a coordinate that is no finite number, or an unknown label.
    """
    path = Path(path)
    return parse_csv(_read(path), path, class_names)


def parse_csv(
    raw: bytes,
    name: str | os.PathLike[str],
    class_names: Sequence[str] | None = None,
    most_rows: int | None = None,
) -> CsvData:
    """The same from the bytes of a file, such as an upload; `name` is what errors call it.

    Raises DataError as `read_csv` does, and for more than `most_rows` rows of data.
    """
    path = Path(name)
    text = _decode(path, raw)
    comments = _comments(text)
    names = tuple(class_names) if class_names is not None else comments.get("classes", ())
    skip = _header_lines(text)
    if most_rows is not None and text.count("\n") >= most_rows:
        rows = sum(1 for _ in _rows(text, skip))
        if rows > most_rows:
            raise DataError(f"{path}: at most {most_rows:,} rows are taken, not {rows:,}. Leave some out.")
    x, labels = _parse(path, text, skip)
    if not len(x):
        raise DataError(f"{path}, line 1: the file holds no data. Write one row {_COLUMNS} for each point.")
    if not np.isfinite(x).all():
        _explain(path, text, skip)
    y, names = _encode(path, text, skip, labels, names)
    limits = tuple(float(v) for v in comments.get("limits", ()) if _NUMBER.match(v))
    return CsvData(x, y, names, comments.get("colors", ()), limits)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file. Check the path, or generate the set.") from None
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}. Check the path and its rights.") from None


def _decode(path: Path, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path}, line {line}: the file must be UTF-8 text; byte {raw[error.start]:#04x} is not."
            " Save it as CSV text."
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(f"{path}, line {line}: the file must be text, not zero bytes. Save it as CSV text.")
    # One kind of line end, so that line numbers mean what an editor shows.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # The C parser takes a line of spaces, or spaces before a comment, for a row of one column.
    return _BLANK.sub("", text)


def _comments(text: str) -> dict[str, tuple[str, ...]]:
    """The lists in `# key: [a,b]` lines ahead of the data."""
    found: dict[str, tuple[str, ...]] = {}
    for line in io.StringIO(text):
        if not line.strip():
            continue
        if not line.lstrip().startswith("#"):
            break
        match = re.match(r"\s*#\s*(classes|colors|limits)\s*:\s*\[(.*)\]\s*$", line)
        if match:
            found[match[1]] = tuple(item.strip().strip("'\"") for item in match[2].split(",") if item.strip())
    return found


def _header_lines(text: str) -> int:
    """How many lines to pass over so that the data follow: up to the header, or none."""
    for number, line in enumerate(io.StringIO(text), start=1):
        row = line.split("#")[0].strip(" \t\n")
        if row:
            cells = [cell.strip() for cell in row.split(",")]
            words = len(cells) == 3 and all(cells) and not any(_is_number(cell) for cell in cells)
            return number if words else 0
    return 0


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.match(cell) or _NOT_FINITE.match(cell))


def _parse(path: Path, text: str, skip: int) -> tuple[Floats, NDArray[np.int64] | NDArray[np.str_]]:
    """Coordinates and labels; labels as integers where all are."""
    if not _has_rows(text, skip):
        return np.empty((0, 2)), np.empty(0, np.int64)
    try:
        table = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=skip, ndmin=2)
    except ValueError:
        pass
    else:
        if table.shape[1] != 3:
            _explain(path, text, skip)
        labels = table[:, 0]
        if np.isfinite(labels).all() and (labels == np.rint(labels)).all() and (abs(labels) < 2**53).all():
            return np.ascontiguousarray(table[:, 1:]), labels.astype(np.int64)
    try:
        rows = np.loadtxt(io.StringIO(text), delimiter=",", skiprows=skip, dtype=_ROW, ndmin=1)
    except ValueError:
        _explain(path, text, skip)
    names: NDArray[np.str_] = np.char.strip(rows["label"])
    sizes = np.char.str_len(names)
    if not sizes.all() or sizes.max() > _LONGEST_LABEL:
        _explain(path, text, skip)
    return np.column_stack([rows["x1"], rows["x2"]]), names


def _has_rows(text: str, skip: int) -> bool:
    """Whether anything but comments and blank lines follows; numpy warns about a file without."""
    return any(row for _, row in _rows(text, skip))


def _rows(text: str, skip: int) -> Iterator[tuple[int, str]]:
    """1-based line number and content of each data row."""
    for number, line in enumerate(io.StringIO(text), start=1):
        row = line.split("#")[0].strip(" \t\n")
        if number > skip and row:
            yield number, row


def _explain(path: Path, text: str, skip: int) -> NoReturn:
    """Raise the DataError for the first bad row."""
    for number, row in _rows(text, skip):
        cells = [cell.strip() for cell in row.split(",")]
        where = f"{path}, line {number}"
        if len(cells) != 3:
            raise DataError(
                f"{where}: a row has 3 columns {_COLUMNS} with commas between; this one has {len(cells)}:"
                f" {row[:60]!r}. Correct or remove the line."
            )
        if not cells[0]:
            raise DataError(f"{where}: the class label is empty in {row[:60]!r}. Write {_COLUMNS}.")
        if len(cells[0]) > _LONGEST_LABEL:
            raise DataError(
                f"{where}: a class label has at most {_LONGEST_LABEL} characters; found {cells[0][:30]!r}..."
                " Shorten it."
            )
        for name, cell in zip(("x1", "x2"), cells[1:], strict=True):
            if _NOT_FINITE.match(cell) or (_NUMBER.match(cell) and not math.isfinite(float(cell))):
                raise DataError(
                    f"{where}: {name} must be a finite number; found {cell[:30]!r}."
                    " Correct or remove the line."
                )
            if not _NUMBER.match(cell):
                raise DataError(
                    f"{where}: {name} must be a number such as 0.25; found {cell[:30]!r}."
                    " Correct or remove the line."
                )
    raise DataError(f"{path}: the rows cannot be read as {_COLUMNS}. Save the file as plain CSV.")


def _encode(
    path: Path, text: str, skip: int, labels: NDArray[np.int64] | NDArray[np.str_], names: tuple[str, ...]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Labels as indices, and the class names they index."""
    found, positions = np.unique(labels, return_inverse=True)
    occurring = [str(label) for label in found]
    if not names:
        return positions.reshape(-1).astype(np.int64), tuple(occurring)
    index = {name: i for i, name in enumerate(names)}
    if labels.dtype.kind == "i" and not any(_NUMBER.match(name) for name in names):
        index.update({str(i): i for i in range(len(names))})
    for label in occurring:
        if label not in index:
            raise _unknown_label(path, text, skip, label, names)
    codes = np.array([index[label] for label in occurring], dtype=np.int64)
    return codes[positions.reshape(-1)], names


def _unknown_label(path: Path, text: str, skip: int, label: str, names: tuple[str, ...]) -> DataError:
    def same(cell: str) -> bool:
        return cell == label or (
            bool(_NUMBER.match(cell)) and _NUMBER.match(label) is not None and float(cell) == float(label)
        )

    line = next(number for number, row in _rows(text, skip) if same(row.split(",")[0].strip()))
    return DataError(
        f"{path}, line {line}: the class must be one of {', '.join(names)}; found {label[:30]!r}."
        " Correct the label or the list of classes."
    )


def write_csv(
    path: str | os.PathLike[str],
    x: Floats,
    y: NDArray[np.int64],
    class_names: Sequence[str] | None = None,
) -> None:
    """Write rows `class,x1,x2` with 6 decimals: labels as in y, or by name when names are given.

    With names the file also gets IMLD's `# classes:` line, so that the class order survives. The
    file appears under its name only once it is complete. Raises OSError when it cannot be written
    and ValueError when x and y do not fit together.
    """
    if x.ndim != 2 or x.shape[1] != 2 or len(x) != len(y):
        raise ValueError(f"x must be (n, 2) with one label a row, not {x.shape} and {len(y)} labels")
    path = Path(path)
    part = path.with_name(path.name + ".part")
    labels = [str(label) if class_names is None else class_names[label] for label in y.tolist()]
    with part.open("w", encoding="utf-8", newline="\n") as file:
        if class_names is not None:
            file.write(f"# classes: [{','.join(class_names)}]\n#\n")
        columns = zip(labels, x[:, 0].tolist(), x[:, 1].tolist(), strict=True)
        file.writelines(f"{label},{a:.6f},{b:.6f}\n" for label, a, b in columns)
    part.replace(path)
