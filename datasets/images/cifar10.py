"""CIFAR-10 from its official files: the binary version, or the Python version without running its pickles.

Format (https://www.cs.toronto.edu/~kriz/cifar.html): five batches to train on and one to test on. Binary: each
image is a byte of its class and 3,072 bytes, the red, green and blue plane of 32 x 32 pixels, row by row.
Python: a pickled dictionary with the classes as `labels` and the same bytes as an array `data`.

A pickle can run any code, so none is loaded the usual way. The unpickler here knows no class and no function:
where the pickle names numpy's array it gets a record that keeps what it is handed, which is then checked and
read as plain bytes. The binary version needs none of this and is taken first.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.errors import DataError
from datasets.types import IntArray, Samples

PAGE = "https://www.cs.toronto.edu/~kriz/cifar.html"

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
SIDE = 32
PIXELS = 3 * SIDE * SIDE

#: Batches to train on, and the one to test on, without the ending of the version.
TRAIN = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST = "test_batch"

#: No official batch is larger than 32 MB; a file beyond this is none.
MOST_BYTES = 64 * 2**20

Pixels = NDArray[np.uint8]
Parse = Callable[[bytes], tuple[Pixels, IntArray]]


@dataclass(frozen=True)
class Version:
    """A version of the set as it is published. md5: of the archive, as the official page states it."""

    folder: str
    archive: str
    ending: str
    md5: str
    parse: Parse


@dataclass(frozen=True)
class Found:
    """The official train and test part, x uint8 of shape (n, 32, 32, 3), and where they came from in words."""

    train: Samples
    test: Samples
    source: str


def read_cifar10(root: Path) -> Found | None:
    """The set in `root`: a folder or an archive of a version, by its name, or root itself; None where it has none.

    The number of images is what the files hold. An archive whose md5 is not the official one is read and
    called so in `source`: what the files hold is checked in any case, and a subset of one's own is useful.
    Raises DataError for a batch that is missing, cut off, or none at all.
    """
    for version in VERSIONS:
        for folder in (root, root / version.folder):
            if folder.name == version.folder and folder.is_dir():
                batches = _from_folder(folder, version)
                remark = ", not compared with the official archive"
                return _found(batches, version, f"the folder {folder}", remark)
        archive = root / version.archive
        if archive.is_file():
            batches = _from_archive(archive, version)
            return _found(batches, version, f"the archive {archive}", _official(archive, version))
    return None


def _found(batches: dict[str, bytes], version: Version, where: str, remark: str) -> Found:
    parsed = {}
    for name, content in batches.items():
        try:
            parsed[name] = version.parse(content)
        except ValueError as error:
            raise DataError(
                f"{name}{version.ending} in {where} is no batch of CIFAR-10: {error}. Download it again from {PAGE}"
            ) from None
    train = [parsed[name] for name in TRAIN]
    return Found(
        Samples(np.concatenate([x for x, _ in train]), np.concatenate([y for _, y in train])),
        Samples(*parsed[TEST]),
        where + remark,
    )


def _from_folder(folder: Path, version: Version) -> dict[str, bytes]:
    batches = {}
    for name in (*TRAIN, TEST):
        path = folder / f"{name}{version.ending}"
        try:
            batches[name] = path.read_bytes()
        except OSError as error:
            raise DataError(
                f"CIFAR-10 in {folder} is incomplete: {path.name} cannot be read ({error.strerror}). "
                f"Unpack {version.archive} again, from {PAGE}"
            ) from None
    return batches


def _from_archive(path: Path, version: Version) -> dict[str, bytes]:
    """Batches, read in memory: nothing is unpacked, so that no name in the archive can reach the disk."""
    wanted = {f"{name}{version.ending}": name for name in (*TRAIN, TEST)}
    batches: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                name = wanted.get(Path(member.name).name)
                if name is None or not member.isfile() or member.size > MOST_BYTES:
                    continue
                content = archive.extractfile(member)
                assert content is not None  # it is a plain file
                batches[name] = content.read()
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"the archive {path} cannot be read: {error}. Download it again from {PAGE}"
        ) from None
    missing = [file for file, name in wanted.items() if name not in batches]
    if missing:
        raise DataError(f"the archive {path} lacks {', '.join(missing)}. Download it again from {PAGE}")
    return batches


def _official(path: Path, version: Version) -> str:
    with path.open("rb") as file:
        md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    if md5 == version.md5:
        return ": the official archive, its md5 is right"
    return ": its md5 is NOT that of the official archive"


def _parse_binary(content: bytes) -> tuple[Pixels, IntArray]:
    rows, rest = divmod(len(content), PIXELS + 1)
    if rest or not rows:
        raise ValueError(
            f"its {len(content):,} bytes are not a whole number of images of {PIXELS + 1:,} bytes"
        )
    table = np.frombuffer(content, dtype=np.uint8).reshape(rows, PIXELS + 1)
    return _images(table[:, 1:]), _classes(table[:, 0])


def _parse_python(content: bytes) -> tuple[Pixels, IntArray]:
    try:
        batch = _Unpickler(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # bytes that are no pickle raise whatever their opcodes come to
        raise ValueError(f"it cannot be unpickled safely ({error})") from None
    data = batch.get(b"data") if isinstance(batch, dict) else None
    labels = batch.get(b"labels") if isinstance(batch, dict) else None
    if not isinstance(data, _Record) or not isinstance(labels, list):
        raise ValueError("it holds no data with labels")
    table = data.table()
    if not all(isinstance(label, int) for label in labels) or len(labels) != len(table):
        raise ValueError(f"it has {len(labels):,} labels for {len(table):,} images")
    return _images(table), _classes(np.array(labels))


class _Record:
    """What a pickle says of an array or of its type; nothing is made of it here."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        self.state = state

    def table(self) -> Pixels:
        """The array, where it is one of bytes with 3,072 columns, row by row. Raises ValueError for any other."""
        match self.state:
            case (int(), (int(rows), columns), _Record(arguments=(kind, *_)), False | 0, bytes(raw)):
                if columns == PIXELS and kind in (b"u1", "u1") and rows > 0 and len(raw) == rows * PIXELS:
                    return np.frombuffer(raw, dtype=np.uint8).reshape(rows, PIXELS)
        raise ValueError(f"its data are no table of bytes with {PIXELS:,} columns")


class _Unpickler(pickle.Unpickler):
    """Builds numbers, bytes, lists, dictionaries and `_Record`, and nothing else."""

    KNOWN = (
        ("numpy.core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
    )

    def find_class(self, module: str, name: str) -> type[_Record]:
        if (module, name) not in self.KNOWN:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no batch of CIFAR-10 does")
        return _Record


def _images(planes: Pixels) -> Pixels:
    """Rows of three planes, as images with the colours last."""
    return np.ascontiguousarray(planes.reshape(-1, 3, SIDE, SIDE).transpose(0, 2, 3, 1))


def _classes(labels: NDArray[Any]) -> IntArray:
    if labels.min() < 0 or labels.max() >= len(CLASS_NAMES):
        raise ValueError(f"a class is {int(labels.max())}, and there are {len(CLASS_NAMES)} only, from 0")
    return labels.astype(np.int64)


#: In the order in which they are looked for.
VERSIONS = (
    Version(
        "cifar-10-batches-bin",
        "cifar-10-binary.tar.gz",
        ".bin",
        "c32a1d4ab5d03f1284b67883e8d87530",
        _parse_binary,
    ),
    Version(
        "cifar-10-batches-py",
        "cifar-10-python.tar.gz",
        "",
        "c58f30108f718f92721af3b95e74349a",
        _parse_python,
    ),
)
