"""BACH, BRACS and Kaggle IDC as they lie on disk, a layout of one's own, and images that cannot be read."""

from __future__ import annotations

import pickle
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from datasets.errors import DataError, UsageError
from datasets.pathology.image_folders import ImageFolderExtractor
from datasets.pathology.image_layouts import BACH, BRACS, KAGGLE_IDC, LAYOUTS, Layout
from datasets.preparation import BadFile, SourceFile

sys.path.insert(0, str(Path(__file__).parent))
from pathology_fixtures import tissue_like

OWN = Layout(
    title="own images",
    class_names=("benign", "malignant"),
    classes=(("good", "benign"), ("bad", "malignant")),
    patient_pattern=r"/p(\d+)-",
    size=32,
)


def add_image(path: Path, width: int, height: int, seed: int = 0) -> np.ndarray:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = tissue_like(height, width, seed)
    options = {"compress_level": 1} if path.suffix == ".png" else {}
    Image.fromarray(pixels).save(path, **options)
    return pixels


def check_patches(extractor: ImageFolderExtractor, file: SourceFile, pixels: np.ndarray) -> list:
    """All candidates of a file, after comparing their patches with the image."""
    candidates = extractor.candidates(file)
    backwards = candidates[::-1]
    size = extractor.layout.size
    patches = extractor.extract(file, backwards)
    assert patches.shape == (len(candidates), *extractor.shape) and patches.dtype == np.uint8
    for patch, candidate in zip(patches, backwards, strict=True):
        left, top = candidate.position
        np.testing.assert_array_equal(patch, pixels[top : top + size, left : left + size])
    return candidates


def test_bach_gives_twelve_patches_an_image(tmp_path: Path) -> None:
    photos = tmp_path / "ICIAR2018_BACH_Challenge" / "Photos"
    pixels = add_image(photos / "InSitu" / "is001.tif", 2048, 1536)
    add_image(photos / "Invasive" / "iv017.tif", 100, 100)
    add_image(photos / "Benign" / "b001.tif", 100, 100)
    extractor = ImageFolderExtractor(tmp_path, BACH)
    in_situ, invasive = extractor.files()  # and nothing of the benign ones
    assert (in_situ.patient, in_situ.split, invasive.patient) == ("is001", None, "iv017")
    candidates = check_patches(extractor, in_situ, pixels)
    assert extractor.class_names == ("invasive", "in situ") and {one.label for one in candidates} == {1}
    assert [one.position for one in candidates] == [
        (left, top) for left in (0, 512, 1024, 1536) for top in (0, 512, 1024)
    ]
    assert extractor.candidates(invasive) == []  # smaller than a patch


def test_bracs_keeps_its_official_split(tmp_path: Path) -> None:
    root = tmp_path / "BRACS_RoI" / "latest_version"
    pixels = add_image(root / "train" / "5_DCIS" / "BRACS_264_DCIS_1.png", 1100, 700)
    add_image(root / "val" / "6_IC" / "BRACS_1003691_IC_12.png", 512, 512)
    add_image(root / "test" / "6_IC" / "BRACS_1284_IC_3.png", 512, 512)
    add_image(root / "test" / "0_N" / "BRACS_1284_N_4.png", 60, 60)
    extractor = ImageFolderExtractor(tmp_path, BRACS)
    files = {file.split: file for file in extractor.files()}
    assert {split: file.patient for split, file in files.items()} == {
        "train": "BRACS_264",
        "dev": "BRACS_1003691",
        "eval": "BRACS_1284",
    }
    candidates = check_patches(extractor, files["train"], pixels)
    # Two fit side by side, one above the other: the rest of the image is left over on both sides alike.
    assert [one.position for one in candidates] == [(38, 94), (550, 94)]
    assert {extractor.class_names[one.label] for one in candidates} == {"dcis"}
    assert {extractor.class_names[one.label] for one in extractor.candidates(files["eval"])} == {"ic"}


def test_kaggle_takes_patient_and_class_from_the_name(tmp_path: Path) -> None:
    pixels = add_image(tmp_path / "10253" / "1" / "10253_idx5_x501_y351_class1.png", 50, 50)
    add_image(tmp_path / "8863" / "0" / "8863_idx5_x51_y1251_class0.png", 50, 32)
    extractor = ImageFolderExtractor(tmp_path, KAGGLE_IDC)
    positive, negative = extractor.files()
    assert (positive.patient, negative.patient) == ("10253", "8863")
    (candidate,) = check_patches(extractor, positive, pixels)
    assert extractor.class_names[candidate.label] == "idc+" and candidate.position == (0, 0)
    assert extractor.candidates(negative) == []  # cut off by the slide's edge
    assert extractor.shape == (50, 50, 3)


def test_a_layout_of_ones_own(tmp_path: Path) -> None:
    add_image(tmp_path / "a" / "good" / "p7-1.png", 64, 32)
    add_image(tmp_path / "a" / "bad" / "p8-1.jpg", 32, 32)
    extractor = ImageFolderExtractor(tmp_path, OWN)
    bad, good = extractor.files()
    assert (bad.patient, good.patient) == ("8", "7")
    assert [one.label for one in extractor.candidates(good)] == [0, 0]
    assert pickle.loads(pickle.dumps(extractor)) == extractor
    assert extractor.settings()["patient_pattern"] == OWN.patient_pattern
    shown = extractor.preview(good, extractor.candidates(good))
    assert shown["thumbnail"].shape == (32, 64, 3) and all(array.dtype != object for array in shown.values())
    np.testing.assert_array_equal(shown["boxes"], [[0, 0, 32, 32], [32, 0, 64, 32]])


def test_a_file_without_patient_or_with_two_classes_is_refused(tmp_path: Path) -> None:
    add_image(tmp_path / "good" / "q7.png", 64, 64)
    add_image(tmp_path / "good" / "r7.png", 64, 64)
    add_image(tmp_path / "bad" / "good" / "p9-1.png", 64, 64)
    extractor = ImageFolderExtractor(tmp_path, OWN)
    twice, first, second = extractor.files()
    assert first.patient != second.patient  # two unknown patients are not taken for one
    for file in (first, second):
        with pytest.raises(BadFile, match="patient pattern"):
            extractor.candidates(file)
    with pytest.raises(BadFile, match="no class, or several"):
        extractor.candidates(twice)


def test_a_file_outside_the_official_split_is_refused(tmp_path: Path) -> None:
    add_image(tmp_path / "extra" / "6_IC" / "BRACS_1_IC_3.png", 60, 60)
    extractor = ImageFolderExtractor(tmp_path, BRACS)
    with pytest.raises(BadFile, match="no split"):
        extractor.candidates(extractor.files()[0])


def test_no_images_is_an_error_that_says_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"InSitu.*name of a folder"):
        ImageFolderExtractor(tmp_path, BACH).files()
    with pytest.raises(DataError):
        ImageFolderExtractor(tmp_path / "nowhere", KAGGLE_IDC).files()


@pytest.mark.parametrize("pattern", ["(", "nothing", "(a)(b)"])
def test_a_pattern_needs_one_group(pattern: str) -> None:
    with pytest.raises(UsageError, match="patient pattern"):
        Layout("x", ("a", "b"), (("a", "a"), ("b", "b")), pattern)
    with pytest.raises(UsageError, match="class pattern"):
        Layout("x", ("a", "b"), (("a", "a"), ("b", "b")), "(.)", class_pattern=pattern)


def test_layouts_that_contradict_themselves_are_refused() -> None:
    for names, classes in ((("a",), (("a", "a"),)), (("a", "b"), (("a", "a"),)), (("a", "b"), (("a", "c"),))):
        with pytest.raises(UsageError):
            Layout("x", names, classes, "(.)")
    with pytest.raises(UsageError):
        Layout("x", ("a", "b"), (("a", "a"), ("b", "b")), "(.)", size=0)
    assert set(LAYOUTS) == {"bach", "bracs", "kaggle-idc"}


@pytest.fixture
def one(tmp_path: Path) -> tuple[ImageFolderExtractor, SourceFile, Path]:
    path = tmp_path / "bad" / "p1-1.png"
    add_image(path, 64, 64)
    extractor = ImageFolderExtractor(tmp_path, OWN)
    return extractor, extractor.files()[0], path


def test_other_modes_of_colour(one: tuple[ImageFolderExtractor, SourceFile, Path]) -> None:
    extractor, file, path = one
    clear = np.zeros((64, 64, 4), np.uint8)
    clear[:32] = (10, 20, 30, 255)
    Image.fromarray(clear, "RGBA").save(path)
    patches = extractor.extract(file, extractor.candidates(file))
    assert (patches[0] == (10, 20, 30)).all() and (patches[1] == 255).all()  # what is transparent is white
    for picture in (Image.new("L", (64, 64)), Image.new("I;16", (64, 64)), Image.new("1", (64, 64))):
        picture.save(path)
        with pytest.raises(BadFile, match="8-bit colour"):
            extractor.candidates(file)


def test_other_formats_and_bombs_are_refused(
    one: tuple[ImageFolderExtractor, SourceFile, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    extractor, file, path = one
    candidates = extractor.candidates(file)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3000)
    for step in (extractor.candidates, lambda file: extractor.extract(file, candidates)):
        with pytest.raises(BadFile, match="takes for safe"):
            step(file)
    monkeypatch.undo()
    Image.new("RGB", (64, 64)).save(path, format="GIF")
    with pytest.raises(BadFile, match="no PNG"):
        extractor.candidates(file)
    path.unlink()
    with pytest.raises(BadFile, match="damaged"):
        extractor.candidates(file)


def test_a_truncated_image_is_refused(one: tuple[ImageFolderExtractor, SourceFile, Path]) -> None:
    extractor, file, path = one
    candidates = extractor.candidates(file)
    content = path.read_bytes()
    for end in (".png", ".jpg", ".tif"):
        other = path.with_suffix(end)
        Image.fromarray(tissue_like(64, 64)).save(other)
        content = other.read_bytes()
        other.write_bytes(content[: len(content) * 2 // 3])
        cut = SourceFile(other.relative_to(extractor.root).as_posix(), "1")
        with pytest.raises(BadFile):
            extractor.extract(cut, candidates)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.tuples(st.integers(0, 20000), st.integers(0, 255)), min_size=1, max_size=6),
    ending=st.sampled_from([".png", ".jpg", ".tif"]),
)
def test_a_fuzzed_image_is_read_or_refused(
    tmp_path: Path, changes: list[tuple[int, int]], ending: str
) -> None:
    path = tmp_path / "bad" / f"p{zlib.crc32(str(changes).encode())}-1{ending}"
    add_image(path, 64, 64)
    content = bytearray(path.read_bytes())
    for place, value in changes:
        content[place % len(content)] = value
    path.write_bytes(content)
    extractor = ImageFolderExtractor(tmp_path, OWN)
    file = SourceFile(path.relative_to(tmp_path).as_posix(), "1")
    try:
        candidates = extractor.candidates(file)
        if len(candidates) <= 100:
            assert len(extractor.extract(file, candidates)) == len(candidates)
    except BadFile as error:
        assert str(error)
