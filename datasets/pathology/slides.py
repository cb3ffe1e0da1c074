"""Whole-slide images through openslide: every failure is a `BadFile` with a plain reason."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from datasets.preparation import BadFile

if TYPE_CHECKING:
    import openslide

#: Decoded tiles that are kept for a slide.
CACHE_BYTES = 32 * 2**20

#: Scanners reach some 200,000 pixels a side; more is a damaged header.
_LONGEST_SIDE = 1_000_000

#: Pixels a side of the pieces in which an overview is read.
_PIECE = 2048

#: A pixel is tissue where its darkest colour is below the one, and its colours differ by the other: glass is
#: bright, and pen, dust and shadow are grey.
TISSUE_DARKEST = 220
TISSUE_CHROMA = 12


class Slide:
    """An open slide; use it in a `with` statement.

    path: of the file. size: width and height of level 0 in pixels. description: what the file says about itself (its
    ImageDescription), "" where it says nothing.

    After an error openslide answers every further call on the same handle with that error, so the handle is closed
    and every later use is a `BadFile`, too.
    """

    def __init__(self, path: Path) -> None:
        import openslide

        if not path.is_file():
            raise BadFile("there is no such slide")
        self.path = path
        self._handle: openslide.OpenSlide | None = None
        try:
            handle = openslide.OpenSlide(path)
        except openslide.OpenSlideUnsupportedFormatError:
            raise BadFile("the file is no slide that openslide knows") from None
        except (openslide.OpenSlideError, OSError, ValueError, MemoryError):
            raise BadFile("the slide is damaged or cut off") from None
        self._handle = handle
        with self.reading():
            handle.set_cache(openslide.OpenSlideCache(CACHE_BYTES))
            self.levels = tuple(handle.level_dimensions)
            self.description = handle.properties.get("openslide.comment", "")
        self.size = self.levels[0]
        if not _plausible(self.levels):
            self.close()
            raise BadFile("the slide's sizes contradict each other")

    def __enter__(self) -> Slide:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    @contextmanager
    def reading(self) -> Iterator[openslide.OpenSlide]:
        """The handle; an error of openslide inside closes it and becomes a BadFile."""
        import openslide

        if self._handle is None:
            raise BadFile("the slide is closed, or an earlier read failed")
        try:
            yield self._handle
        except (openslide.OpenSlideError, OSError, ValueError, MemoryError):
            self.close()
            raise BadFile("a part of the slide is damaged") from None

    def rgba(self, level: int, left: int, top: int, width: int, height: int) -> NDArray[np.uint8]:
        """Pixels of a level, shape (height, width, 4), read-only; left and top in pixels of that level."""
        scale_x, scale_y = (self.size[axis] / self.levels[level][axis] for axis in (0, 1))
        with self.reading() as handle:
            place = (round(left * scale_x), round(top * scale_y))
            return np.asarray(handle.read_region(place, level, (width, height)))


def read_patch(slide: Slide, left: int, top: int, size: int) -> NDArray[np.uint8]:
    """A square of level 0, shape (size, size, 3), RGB; what lies outside the slide is white.

    Raises BadFile where a part cannot be read, or is missing in the middle of the slide.
    """
    patch = np.empty((size, size, 3), np.uint8)
    read_patch_into(patch, slide, left, top)
    return patch


def read_patch_into(patch: NDArray[np.uint8], slide: Slide, left: int, top: int) -> None:
    """`read_patch` into an array of shape (size, size, 3), which spares a copy."""
    size = len(patch)
    rgba = slide.rgba(0, left, top, size, size)
    for colour in range(3):  # three copies with a stride are faster than one of three colours in four
        patch[..., colour] = rgba[..., colour]
    if _opaque(rgba):
        return
    x, y = (np.arange(start, start + size) for start in (left, top))
    inside = np.ix_((y >= 0) & (y < slide.size[1]), (x >= 0) & (x < slide.size[0]))
    if (rgba[..., 3][inside] != 255).any():
        raise BadFile("a tile of the slide is missing")
    outside = np.ones((size, size), bool)
    outside[inside] = False
    patch[outside] = 255


@dataclass(frozen=True, eq=False)
class Overview:
    """A part of a slide made small.

    pixels: uint8, shape (h, w, 3). step: pixels of level 0 for one of these, in x and y. origin: x and y of
    its first pixel, counted in its own pixels from the slide's corner.
    """

    pixels: NDArray[np.uint8]
    step: tuple[float, float]
    origin: tuple[int, int]


def overview(slide: Slide, downsample: float, box: tuple[int, int, int, int] | None = None) -> Overview:
    """The slide, or the box (left, top, right, bottom) in pixels of level 0, made smaller at least `downsample` times.

    Averages whole blocks of the lowest level that is fine enough, read piece by piece: the memory does not
    depend on the size of the slide, nor on which levels it has. Raises BadFile.
    """
    shrinks = [slide.size[0] / level[0] for level in slide.levels]
    level = max((shrink, i) for i, shrink in enumerate(shrinks) if i == 0 or shrink <= downsample * 1.01)[1]
    block = max(1, int(np.ceil(downsample / shrinks[level] - 0.01)))
    step = tuple(slide.size[axis] / slide.levels[level][axis] * block for axis in (0, 1))
    left, top, right, bottom = box or (0, 0, *slide.size)
    x0, y0 = int(left / step[0]), int(top / step[1])
    x1, y1 = (int(np.ceil(end / size)) for end, size in zip((right, bottom), step, strict=True))
    pixels = np.empty((max(1, y1 - y0), max(1, x1 - x0), 3), np.uint8)
    piece = max(1, _PIECE // block)
    for y in range(0, pixels.shape[0], piece):
        for x in range(0, pixels.shape[1], piece):
            part = pixels[y : y + piece, x : x + piece]
            height, width = part.shape[:2]
            rgba = slide.rgba(level, (x0 + x) * block, (y0 + y) * block, width * block, height * block)
            part[...] = _block_means(_on_white(rgba), block)
    return Overview(pixels, (step[0], step[1]), (x0, y0))


def thumbnail(slide: Slide, max_side: int = 1024) -> tuple[NDArray[np.uint8], float]:
    """The whole slide, uint8 (h, w, 3), at most max_side pixels a side; and its pixels for one of level 0."""
    small = overview(slide, max(slide.size) / max_side)
    height, width = (min(length, max_side) for length in small.pixels.shape[:2])
    return small.pixels[:height, :width], 1 / small.step[0]


def tissue(view: Overview) -> NDArray[np.bool_]:
    """Which pixels of an overview show tissue, shape (h, w); see TISSUE_DARKEST and TISSUE_CHROMA."""
    darkest, brightest = view.pixels.min(axis=2), view.pixels.max(axis=2)
    shown: NDArray[np.bool_] = (darkest < TISSUE_DARKEST) & (brightest - darkest >= TISSUE_CHROMA)
    return shown


def _plausible(levels: tuple[tuple[int, int], ...]) -> bool:
    """Every level has pixels and the proportions of level 0, but for rounding and cut-off tiles."""
    width, height = levels[0]
    if not (0 < width <= _LONGEST_SIDE and 0 < height <= _LONGEST_SIDE):
        return False
    return all(w > 0 and h > 0 and abs(w * height / width - h) <= max(2, 0.02 * h) for w, h in levels)


def _opaque(rgba: NDArray[np.uint8]) -> bool:
    """All alphas are 255, asked of whole pixels: alpha is their highest byte."""
    if not rgba.flags.c_contiguous:
        return bool((rgba[..., 3] == 255).all())
    return int(rgba.view("<u4").min()) >= 0xFF000000


def _on_white(rgba: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if _opaque(rgba):
        return rgba[..., :3]
    alpha = rgba[..., 3:].astype(np.uint16)
    mixed = rgba[..., :3] * alpha + 255 * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def _block_means(rgb: NDArray[np.uint8], block: int) -> NDArray[np.uint8]:
    if block == 1:
        return rgb
    height, width = rgb.shape[0] // block, rgb.shape[1] // block
    blocks = rgb.reshape(height, block, width, block, 3)
    sums = blocks.sum(axis=(1, 3), dtype=np.uint32)
    means: NDArray[np.uint8] = ((sums + block * block // 2) // (block * block)).astype(np.uint8)
    return means
