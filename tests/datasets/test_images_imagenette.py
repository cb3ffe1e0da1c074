"""Imagenette: the middle squares in their colours, one split from every way to hand it over, and plain words."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import datasets
from datasets import DataError
from datasets.images import imagenette as reader
from datasets.images.imagenette import find_imagenette, picture

sys.path.insert(0, str(Path(__file__).parent))  # importlib mode leaves a test's own folder off the path

import imagenette_files


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    return imagenette_files.write_folder(tmp_path_factory.mktemp("imagenette") / "root")


@pytest.fixture
def root(unpacked, tmp_path):
    """A copy that a test may damage."""
    import shutil

    return Path(shutil.copytree(unpacked, tmp_path / "root"))


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDTUNE_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(("name", "side"), [("imagenette", 160), ("imagenette-64", 64)])
def test_images_are_middle_squares_in_their_colours(unpacked, name, side):
    train = datasets.load(name, data_root=unpacked).split.train
    assert train.x.shape == (20, side, side, 3) and train.x.dtype == np.uint8
    assert train.y.tolist() == [label for label in range(10) for _ in range(2)]
    for x, y in zip(train.x, train.y, strict=True):
        border = x[[2, -3], 2:-2].reshape(-1, 3).astype(int)  # the black outside of the square is gone
        assert np.abs(border - imagenette_files.colour(y)).max() <= 6
    middle = train.x[:, side // 2, side // 2].astype(int)
    assert np.abs(middle - 40 * (np.arange(20) % 2)[:, None]).max() <= 6


def test_dev_and_eval_halve_the_validation_part_class_by_class(unpacked):
    dataset = datasets.load("imagenette-64", data_root=unpacked)
    dev, held = dataset.split.dev, dataset.split.eval
    assert len(dev) == len(held) == 15
    counts = np.bincount(dev.y, minlength=10)
    assert set(counts) == {1, 2} and np.array_equal(counts + np.bincount(held.y), np.full(10, 3))
    together = np.concatenate([dev.x, held.x])
    files = sorted((unpacked / "imagenette2-160" / "val").rglob("*.JPEG"))
    assert sorted(map(bytes, together)) == sorted(bytes(picture(file.read_bytes(), 64)) for file in files)
    assert datasets.load("imagenette-64", data_root=unpacked, seed=5).provenance == dataset.provenance


def test_archive_and_folder_give_the_same_set_and_say_what_they_are(unpacked, tmp_path, monkeypatch):
    packed = imagenette_files.write_archive(tmp_path / "packed", unpacked)
    ways = [unpacked, unpacked / "imagenette2-160", packed]
    sets = [datasets.load("imagenette-64", data_root=way, workers=2) for way in ways]
    assert len({one.provenance.content_hash for one in sets}) == 1
    for one in sets:
        assert one.provenance.kind == "real" and one.provenance.seed is None
        assert "20 train and 30 validation images, of 9,469 and 3,925" in one.provenance.source
    assert [("NOT that of the official" in one.provenance.source) for one in sets] == [False, False, True]
    archive = packed / reader.ARCHIVE
    monkeypatch.setattr(reader, "MD5", hashlib.md5(archive.read_bytes()).hexdigest())
    monkeypatch.setattr(reader, "OFFICIAL", {"train": 20, "val": 30})
    assert find_imagenette(packed).source.endswith("(the official archive), all 50 images")


def test_images_are_read_once_and_again_where_a_file_changed(root, monkeypatch):
    first = datasets.load("imagenette-64", data_root=root)
    with monkeypatch.context() as patch:
        patch.setattr(reader, "picture", None)
        assert datasets.load("imagenette-64", data_root=root).provenance == first.provenance
    Image.new("RGB", (160, 160), "white").save(next(root.rglob("train/*/*_0.JPEG")), "JPEG")
    assert (
        datasets.load("imagenette-64", data_root=root).provenance.content_hash
        != first.provenance.content_hash
    )


def test_grey_images_and_those_of_print_become_rgb():
    import io

    for mode in ("L", "CMYK"):
        file = io.BytesIO()
        Image.new(mode, (200, 160), 100 if mode == "L" else (0, 255, 255, 0)).save(file, "JPEG")
        x = picture(file.getvalue(), 32)
        assert x.shape == (32, 32, 3)
        assert np.ptp(x) < 8 if mode == "L" else x[..., 0].min() > 200 > 60 > x[..., 1].max()


def test_without_the_files_it_says_what_to_get_and_where_to_put_it(tmp_path):
    with pytest.raises(
        DataError, match=r"Download imagenette2-160\.tgz .* from https://\S+ .* with --data-root"
    ):
        datasets.load("imagenette", data_root=tmp_path)
    with pytest.raises(DataError, match="no data root is given"):
        datasets.load("imagenette-64")


def test_a_class_without_images_is_named(root):
    for file in (root / "imagenette2-160" / "train" / "n03000684").iterdir():
        file.rename(file.with_name(f"._{file.name}"))  # what macOS leaves beside files is no image
    with pytest.raises(DataError, match=r"train/n03000684 \(chain saw\) holds no image"):
        datasets.load("imagenette", data_root=root)


def test_a_class_that_cannot_be_halved_is_named(root):
    for number in (0, 1):
        (root / "imagenette2-160" / "val" / "n01440764" / f"n01440764_{number}.JPEG").unlink()
    with pytest.raises(DataError, match=r"val/n01440764 \(tench\) holds one image, which cannot be halved"):
        datasets.load("imagenette", data_root=root)


@pytest.mark.parametrize("content", [b"", b"no image", "cut"])
def test_a_file_that_is_no_image_is_named(root, content):
    file = root / "imagenette2-160" / "val" / "n03445777" / "n03445777_1.JPEG"
    file.write_bytes(file.read_bytes()[:700] if content == "cut" else content)
    with pytest.raises(
        DataError, match=r"val/n03445777/n03445777_1\.JPEG of the folder .* cannot be read"
    ) as caught:
        datasets.load("imagenette-64", data_root=root)
    assert "0x" not in str(caught.value)


def test_an_archive_that_was_cut_off_is_refused(unpacked, tmp_path):
    archive = imagenette_files.write_archive(tmp_path, unpacked) / "imagenette2-160.tgz"
    archive.write_bytes(archive.read_bytes()[:4000])
    with pytest.raises(DataError, match=r"cannot be read: .* Download it again"):
        datasets.load("imagenette", data_root=tmp_path)


def test_an_image_of_too_many_pixels_is_not_decoded(monkeypatch):
    import io

    file = io.BytesIO()
    Image.new("L", (300, 300)).save(file, "JPEG")
    monkeypatch.setattr(reader, "MOST_PIXELS", 300 * 299)
    with pytest.raises(ValueError, match="300 x 300 pixels"):
        picture(file.getvalue(), 64)


def test_the_release_is_the_published_one():
    assert reader.MD5 == "e793b78cc4c9e9a4ccc0c1155377a412" and reader.OFFICIAL == {
        "train": 9469,
        "val": 3925,
    }
    assert tuple(reader.CLASSES) == imagenette_files.WNIDS
