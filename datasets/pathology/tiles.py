"""Many patches of a slide at once: tile by tile where that gives openslide's pixels, else through openslide.

openslide composes every region with cairo, which takes several times as long as decoding its tiles. Here the
tiles of level 0 are decoded straight into the patches. openslide remains the judge: it has opened the file, it
reads the first patch, too, and a file in which the two differ in a single value is read by openslide alone; so
is every patch of which a tile is empty or cannot be decoded, so that damage is found and named as ever.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from datasets.pathology.slides import CACHE_BYTES, Slide, read_patch_into

if TYPE_CHECKING:
    from tifffile import TiffPage

#: TIFF's numbers for JPEG, Adobe deflate and deflate tiles; those of JPEG 2000 are left to openslide.
_COMPRESSIONS = (7, 8, 32946)


def read_patches(slide: Slide, places: Sequence[tuple[int, int]], size: int) -> NDArray[np.uint8]:
    """Squares of level 0 at (left, top), shape (len(places), size, size, 3), as `read_patch` reads each of them.

    Raises BadFile.
    """
    patches = np.empty((len(places), size, size, 3), np.uint8)
    tiles = _Tiles.of(slide) if places else None
    checked = False
    try:
        # Row by row: neighbours share tiles, which are still held then.
        for index in sorted(range(len(places)), key=lambda i: places[i][::-1]):
            patch, (left, top) = patches[index], places[index]
            if tiles is None or not tiles.read_into(patch, left, top):
                read_patch_into(patch, slide, left, top)
            elif not checked:
                found = patch.copy()
                read_patch_into(patch, slide, left, top)
                checked = True
                if not np.array_equal(found, patch):
                    tiles.close()
                    tiles = None
    finally:
        if tiles is not None:
            tiles.close()
    return patches


class _Tiles:
    """The decoded tiles of a file's first image, the last used of them kept."""

    def __init__(self, page: TiffPage) -> None:
        self._page = page
        self._width, self._height = page.tilewidth, page.tilelength
        self._across = -(-page.imagewidth // self._width)
        self._most = max(1, CACHE_BYTES // (self._width * self._height * 3))
        self._held: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()

    @classmethod
    def of(cls, slide: Slide) -> _Tiles | None:
        """None where the first image is not made of plain 8-bit colour tiles."""
        import tifffile

        file = None
        try:
            file = tifffile.TiffFile(slide.path)
            page: Any = file.pages[0]
            if (
                page.is_tiled
                and int(page.compression) in _COMPRESSIONS
                and (page.samplesperpixel, page.bitspersample, int(page.planarconfig)) == (3, 8, 1)
                and (page.imagewidth, page.imagelength) == slide.size
            ):
                return cls(page)
        except Exception:  # of a file that only openslide understands, tifffile may raise anything
            pass
        if file is not None:
            file.close()
        return None

    def read_into(self, patch: NDArray[np.uint8], left: int, top: int) -> bool:
        """Fills a patch of shape (size, size, 3); False where openslide has to say what is there."""
        bottom, right = top + len(patch), left + len(patch)
        if left < 0 or top < 0 or right > self._page.imagewidth or bottom > self._page.imagelength:
            return False
        for y in range(top // self._height * self._height, bottom, self._height):
            for x in range(left // self._width * self._width, right, self._width):
                tile = self._tile(y // self._height * self._across + x // self._width)
                if tile is None:
                    return False
                rows = slice(max(y, top), min(y + self._height, bottom))
                columns = slice(max(x, left), min(x + self._width, right))
                part = tile[rows.start - y : rows.stop - y, columns.start - x : columns.stop - x]
                patch[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left] = part
        return True

    def close(self) -> None:
        self._page.parent.close()

    def _tile(self, index: int) -> NDArray[np.uint8] | None:
        """Shape (height, width, 3); None for one that is empty or damaged."""
        if index in self._held:
            self._held.move_to_end(index)
            return self._held[index]
        page, handle = self._page, self._page.parent.filehandle
        try:
            handle.seek(page.dataoffsets[index])
            data = handle.read(page.databytecounts[index])
            decoded = page.decode(data, index, jpegtables=page.jpegtables)[0]
        except Exception:  # each codec has errors of its own; openslide will find the damage and name it
            return None
        if decoded is None or decoded.shape != (1, self._height, self._width, 3) or decoded.dtype != np.uint8:
            return None
        self._held[index] = decoded[0]
        if len(self._held) > self._most:
            self._held.popitem(last=False)
        return self._held[index]
