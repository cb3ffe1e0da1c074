"""Imagenette from its official files: ten classes of photographs out of ImageNet, 160 pixels on the shorter side.

The release of December 2019 (https://github.com/fastai/imagenette), as a folder or as its archive: train/ and val/
with one folder of JPEGs for each WordNet number. Of each image the middle square is taken and brought to one size.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tarfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from datasets import cache
from datasets.errors import DataError, UsageError
from datasets.preparation.progress import Progress
from datasets.train_limit import stratified_rows
from datasets.types import Dataset, IntArray, Provenance, Samples, Split, content_hash

PAGE = "https://github.com/fastai/imagenette"
FOLDER = "imagenette2-160"
ARCHIVE = f"{FOLDER}.tgz"
MD5 = "e793b78cc4c9e9a4ccc0c1155377a412"

#: WordNet numbers and names, in the order of the class indices.
CLASSES = {
    "n01440764": "tench",
    "n02102040": "English springer",
    "n02979186": "cassette player",
    "n03000684": "chain saw",
    "n03028079": "church",
    "n03394916": "French horn",
    "n03417042": "garbage truck",
    "n03425413": "gas pump",
    "n03445777": "golf ball",
    "n03888257": "parachute",
}

#: Images of the release of December 2019; earlier ones have fewer in val.
OFFICIAL = {"train": 9_469, "val": 3_925}

#: Halves the validation part. Real data do not depend on the seed of a study.
SPLIT_SEED = 0

#: Of what is read of an image; a name in the folder or the archive that is none is passed over.
NAME = re.compile(r"(?:.*/)?(train|val)/(n\d{8})/([^./][^/]*\.jpe?g)", re.IGNORECASE)

#: No image of the release comes near this; a file beyond it is none.
MOST_BYTES = 8 * 2**20
MOST_PIXELS = 4096**2

#: Of the stored pixels; raised where the same files would give others.
READER_VERSION = 1

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, order=True)
class Picture:
    """An image by its name. content: its JPEG, or the file that holds it."""

    part: str
    label: int
    name: str
    content: bytes | Path

    def __str__(self) -> str:
        return f"{self.part}/{list(CLASSES)[self.label]}/{self.name}"


@dataclass(frozen=True)
class Found:
    """All images in the order of their names.

    where: the folder or the archive in words; source: the same with what is special about it; key: changes
    where a file changes.
    """

    pictures: Sequence[Picture]
    where: str
    source: str
    key: str


def find_imagenette(root: Path) -> Found | None:
    """The set in `root`: the folder or the archive by its name, or root itself; None where it has none.

    An archive whose md5 is not the official one, and a folder with fewer images, are read and called so in
    `source`: a part of the set is useful as well. Raises DataError where a class is missing in one of the parts, or
    an archive is cut off.
    """
    for folder in (root, root / FOLDER):
        if folder.name == FOLDER and folder.is_dir():
            where = f"the folder {folder}"
            pictures = _checked(sorted(_in_folder(folder)), where)
            return Found(pictures, where, where + _remark(pictures), _state(pictures))
    archive = root / ARCHIVE
    if not archive.is_file():
        return None
    with archive.open("rb") as file:
        md5 = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    where = f"the archive {archive}"
    pictures = _checked(sorted(_in_archive(archive)), where)
    official = "the official archive" if md5 == MD5 else "its md5 is NOT that of the official archive"
    return Found(pictures, where, f"{where} ({official})" + _remark(pictures), md5)


def prepared(
    found: Found, name: str, kind: str, side: int, out: Path, workers: int, progress: Progress
) -> Dataset:
    """The images as arrays of (n, side, side, 3), in a folder below `out` that later calls use again.

    train is the official train part; dev and eval are halves of the validation part, class by class. workers: images
    that are read at once. While they are read, all of them lie in memory: 1 GB for 160 pixels, 165 MB for 64.
    Raises DataError for a file that is no image, UsageError where `out` cannot be written.
    """
    key = hashlib.sha256(f"{READER_VERSION} {name} {side} {SPLIT_SEED} {found.key}".encode()).hexdigest()
    pointer = out / f"{name}-{key[: cache.HASH_DIGITS]}.prepared"
    dataset = cache.pointed_at(pointer)
    if dataset is None:
        split = _read(found, side, workers, progress)
        origin = Provenance("real", "", content_hash(split))
        folder = cache.write(Dataset(name, split, tuple(CLASSES.values()), kind, origin), out)
        try:
            pointer.write_text(folder.name + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{pointer} cannot be written: {error.strerror or error}") from None
        dataset = cache.read_dataset(folder)
    # From the files at hand: equal samples from an archive and from a folder share their arrays.
    source = (
        f"Imagenette from {found.source}; the middle square of each image at {side} x {side} pixels, dev and eval "
        "the two halves of its validation part"
    )
    return replace(dataset, provenance=replace(dataset.provenance, source=source))


def picture(content: bytes, side: int) -> Pixels:
    """The middle square of an image, shape (side, side, 3), RGB. Raises ValueError for bytes that are none."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValueError(f"it has {image.width:,} x {image.height:,} pixels")
            square = ImageOps.fit(image.convert("RGB"), (side, side), Image.Resampling.BICUBIC)
            return np.asarray(square, dtype=np.uint8)
    except UnidentifiedImageError:
        raise ValueError("it is neither a JPEG nor a PNG") from None
    except Exception as error:  # of damaged bytes Pillow may raise anything
        raise ValueError(str(error)) from None


def _read(found: Found, side: int, workers: int, progress: Progress) -> Split:
    train, val = ([one for one in found.pictures if one.part == part] for part in OFFICIAL)
    halves = stratified_rows(_labels(val), len(val) // 2, len(CLASSES), np.random.default_rng(SPLIT_SEED))
    rest = np.setdiff1d(np.arange(len(val)), halves)
    parts = (train, [val[row] for row in halves], [val[row] for row in rest])
    total, done = len(found.pictures), 0
    samples = []
    with ThreadPoolExecutor(max(1, workers), thread_name_prefix="imagenette") as pool:
        try:
            for part in parts:
                x = np.empty((len(part), side, side, 3), np.uint8)

                def fill(row: int, part: Sequence[Picture] = part, x: Pixels = x) -> None:
                    x[row] = _pixels(part[row], side, found)

                for _ in pool.map(fill, range(len(part))):
                    done += 1
                    progress("reading images", done, total)
                samples.append(Samples(x, _labels(part)))
        finally:
            pool.shutdown(cancel_futures=True)
    return Split(*samples)


def _pixels(one: Picture, side: int, found: Found) -> Pixels:
    try:
        content = one.content if isinstance(one.content, bytes) else one.content.read_bytes()
        return picture(content, side)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise DataError(
            f"{one} of {found.where} cannot be read as an image: {reason}. Unpack or download "
            f"{ARCHIVE} again, from {PAGE}"
        ) from None


def _labels(pictures: Sequence[Picture]) -> IntArray:
    return np.array([one.label for one in pictures], dtype=np.int64)


def _in_folder(folder: Path) -> Iterator[Picture]:
    for part in OFFICIAL:
        for label, wnid in enumerate(CLASSES):
            if (folder / part / wnid).is_dir():
                for path in (folder / part / wnid).iterdir():
                    if NAME.fullmatch(f"{part}/{wnid}/{path.name}"):
                        yield Picture(part, label, path.name, path)


def _in_archive(path: Path) -> Iterator[Picture]:
    """Images, read in memory: nothing is unpacked, so that no name in the archive can reach the disk."""
    labels = {wnid: label for label, wnid in enumerate(CLASSES)}
    try:
        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                name = NAME.fullmatch(member.name)
                if not name or name[2] not in labels or not member.isfile() or member.size > MOST_BYTES:
                    continue
                content = archive.extractfile(member)
                assert content is not None  # it is a plain file
                yield Picture(name[1], labels[name[2]], name[3], content.read())
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"the archive {path} cannot be read: {error}. Download it again from {PAGE}"
        ) from None


def _checked(pictures: Sequence[Picture], where: str) -> Sequence[Picture]:
    counts = Counter((one.part, one.label) for one in pictures)
    for part, least in (("train", 1), ("val", 2)):
        for label, (wnid, name) in enumerate(CLASSES.items()):
            if counts[part, label] < least:
                held = "no image" if not counts[part, label] else "one image, which cannot be halved"
                raise DataError(
                    f"Imagenette in {where} is incomplete: {part}/{wnid} ({name}) holds {held}. Unpack or download "
                    f"{ARCHIVE} again, from {PAGE}"
                )
    return pictures


def _remark(pictures: Sequence[Picture]) -> str:
    counts = Counter(one.part for one in pictures)
    if counts == OFFICIAL:
        return f", all {len(pictures):,} images"
    return (
        f", NOT the whole set: {counts['train']:,} train and {counts['val']:,} validation images, of "
        f"{OFFICIAL['train']:,} and {OFFICIAL['val']:,}"
    )


def _state(pictures: Sequence[Picture]) -> str:
    """A digest of the names, sizes and dates of files."""
    digest = hashlib.sha256()
    for one in pictures:
        assert isinstance(one.content, os.PathLike)
        state = one.content.stat()
        digest.update(f"{one} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()
