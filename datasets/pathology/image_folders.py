"""Patches out of folders of images: one folder (or name) a class, and a pattern that finds the patient."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from datasets.errors import DataError
from datasets.pathology import corpus
from datasets.pathology.image_layouts import Layout
from datasets.pathology.patches import window_starts
from datasets.preparation import BadFile, Candidate, Extractor, SourceFile
from datasets.types import ProvenanceKind, SplitName

if TYPE_CHECKING:
    from PIL import Image

#: By ending, so that `files` opens nothing; Pillow is told to accept no other formats.
_ENDINGS = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_FORMATS = ("PNG", "JPEG", "TIFF")

#: What an 8-bit colour image may look like to Pillow; the others have no colours, or more than 8 bits.
_MODES = ("RGB", "RGBA", "P", "CMYK", "YCbCr")


@dataclass(frozen=True)
class ImageFolderExtractor(Extractor):
    """Patches out of the PNG, JPEG and TIFF images below `root`, as `layout` says."""

    kind: ClassVar[str] = "patches"
    batch: ClassVar[int] = 128

    root: Path
    layout: Layout

    @property
    def class_names(self) -> tuple[str, ...]:  # type: ignore[override]  # differs from layout to layout
        return self.layout.class_names

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.layout.size, self.layout.size, 3)

    @property
    def dtype(self) -> str:
        return "uint8"

    def files(self) -> list[SourceFile]:
        """All images that have a class; one without a patient gets a patient of its own, and `candidates` refuses it."""
        found = []
        for path in sorted(self.root.rglob("*")) if self.root.is_dir() else ():
            relative = path.relative_to(self.root).as_posix()
            if path.suffix.lower() in _ENDINGS and self._classes_of(relative):
                patient = self._patient(relative) or f"no patient: {relative}"
                found.append(SourceFile(relative, patient, self._split(relative)))
        if not found:
            keys = ", ".join(key for key, _ in self.layout.classes)
            raise DataError(
                f"{self.root}: there are no images of {self.layout.title}. Looked for PNG, JPEG and TIFF files"
                f" with a class ({keys}) in "
                + ("their path." if self.layout.class_pattern else "the name of a folder.")
            )
        return sorted(found)

    def candidates(self, file: SourceFile) -> list[Candidate]:
        """Reads the header of the image only."""
        if self._patient(file.path) is None:
            raise BadFile("the patient pattern does not match the path")
        classes = self._classes_of(file.path)
        if len(classes) != 1:
            raise BadFile("the path names no class, or several")
        label = self.class_names.index(classes.pop())
        if self.layout.splits and file.split is None:
            raise BadFile("the path names no split, or several")
        with _opened(self.root / file.path) as image:
            width, height = image.size
        size = self.layout.size
        lefts, tops = (_centred_starts(extent, size) for extent in (width, height))
        return [Candidate(label, (int(left), int(top))) for left in lefts for top in tops]

    def extract(self, file: SourceFile, chosen: Sequence[Candidate]) -> NDArray[np.uint8]:
        size = self.layout.size
        patches = np.empty((len(chosen), *self.shape), np.uint8)
        rgb = _pixels(self.root / file.path)
        for patch, candidate in zip(patches, chosen, strict=True):
            left, top = (int(value) for value in candidate.position)
            patch[...] = rgb[top : top + size, left : left + size]
        return patches

    def preview(self, file: SourceFile, chosen: Sequence[Candidate]) -> Mapping[str, NDArray[Any]]:
        """The same arrays as `PatchExtractor.preview`, without regions: they are empty."""
        with _opened(self.root / file.path) as image:
            width = image.size[0]
            image.thumbnail((1024, 1024))
            picture = np.asarray(_rgb(image))
        corners = np.array([candidate.position for candidate in chosen], dtype=np.int64).reshape(-1, 2)
        return {
            "thumbnail": picture,
            "scale": np.array(picture.shape[1] / width),
            "vertices": np.empty((0, 2)),
            "region_lengths": np.empty(0, np.int64),
            "region_labels": np.empty(0, "U5"),
            "boxes": np.concatenate([corners, corners + self.layout.size], axis=1),
            "box_labels": np.array([candidate.label for candidate in chosen], dtype=np.int64),
        }

    def settings(self) -> Mapping[str, str | int | float | bool]:
        layout = self.layout
        return {
            "images": layout.title,
            "classes": "; ".join(f"{key} = {name}" for key, name in layout.classes),
            "class_pattern": layout.class_pattern or "name of a folder",
            "patient_pattern": layout.patient_pattern,
            "splits": "; ".join(f"{folder} = {split}" for folder, split in layout.splits),
            "size": layout.size,
        }

    def provenance(self) -> tuple[ProvenanceKind, str]:
        return corpus.provenance(self.root, self.layout.title)

    def _classes_of(self, path: str) -> set[str]:
        layout = self.layout
        if layout.class_pattern is None:
            words = PurePosixPath(path).parts[:-1]
        else:
            match = re.search(layout.class_pattern, path)
            words = (match.group(1) or "",) if match else ()
        return {name for key, name in layout.classes if key in words}

    def _patient(self, path: str) -> str | None:
        match = re.search(self.layout.patient_pattern, path)
        return (match.group(1) or None) if match else None

    def _split(self, path: str) -> SplitName | None:
        folders = PurePosixPath(path).parts[:-1]
        found = {split for folder, split in self.layout.splits if folder in folders}
        return found.pop() if len(found) == 1 else None


def _centred_starts(extent: int, size: int) -> NDArray[np.int64]:
    """Where patches begin when as many as fit lie side by side in the middle."""
    starts = window_starts(extent, size, size)
    return starts + (extent - len(starts) * size) // 2


def _pixels(path: Path) -> NDArray[np.uint8]:
    with _opened(path) as image:
        return np.asarray(_rgb(image))


def _rgb(image: Image.Image) -> Image.Image:
    """As RGB; what is transparent is white."""
    from PIL import Image

    if image.mode == "RGBA" or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """An image of which the header has been read. Every failure, also inside, is a BadFile."""
    import warnings

    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            # Odd metadata is no concern here. Pillow warns from its limit of pixels on and refuses from twice
            # that; here the limit is the limit.
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS) as image:
                if image.mode not in _MODES:
                    raise BadFile("the image is not in 8-bit colour")
                yield image
    except BadFile:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadFile("the image has more pixels than Pillow takes for safe") from None
    except UnidentifiedImageError:
        raise BadFile("the file is no PNG, JPEG or TIFF image") from None
    except Exception:
        # Pillow's decoders raise whatever a damaged byte leads them to: OSError, SyntaxError, struct.error,
        # KeyError, zlib.error and more, a different set from release to release.
        raise BadFile("the image is damaged or cut off") from None
