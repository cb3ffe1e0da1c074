"""From a tree of TUDP to patches: right pixels, right labels, nothing read that was not asked for."""

from __future__ import annotations

import json
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

from datasets.errors import DataError, UsageError
from datasets.pathology import slides
from datasets.pathology.corpus import find_corpus
from datasets.pathology.extractor import PatchExtractor
from datasets.preparation import BadFile, SourceFile

sys.path.insert(0, str(Path(__file__).parent))
from pathology_fixtures import PATIENT, add_slide, rectangle, slide_path, tissue_like, write_svs, xml_text

SIZE = 64
POLYGONS = [
    ("null", rectangle(0, 0, 64, 40)),
    ("indc", rectangle(-5, 0, 320, 600)),
    ("dcis", rectangle(320, 0, 639, 470)),
    ("norm", rectangle(0, 400, 700, 500)),
]


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    picture = tissue_like(500, 640)
    picture[64:128, 64:128] = 243  # glass inside the first region
    return picture


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory, image: np.ndarray) -> Path:
    folder = tmp_path_factory.mktemp("data") / "tudp_v3.0.0"
    add_slide(folder, image, POLYGONS)
    add_slide(folder, image, [("norm", rectangle(0, 0, 640, 500))], split="dev", patient="00545871_aaaaaagm")
    return folder


@pytest.fixture(scope="module")
def extractor(root: Path) -> PatchExtractor:
    return PatchExtractor(root, size=SIZE, step=SIZE)


def test_files_carry_patient_and_split(extractor: PatchExtractor) -> None:
    dev, train = extractor.files()
    assert (train.patient, train.split) == (PATIENT, "train")
    assert (dev.patient, dev.split) == ("00545871_aaaaaagm", "dev")
    assert train.path == (
        f"svs/train/{PATIENT}/s000_2017/breast/{PATIENT}_s000_0hne_0000_a001_lvl001_t000.svs"
    )


def test_candidates_follow_regions_and_leave_out_background(extractor: PatchExtractor) -> None:
    dev, train = extractor.files()
    found = {candidate.position: candidate.label for candidate in extractor.candidates(train)}
    expected = {}
    for top in range(0, 500 - SIZE + 1, SIZE):
        for left in range(0, 640 - SIZE + 1, SIZE):
            if (left, top) not in ((0, 0), (64, 64)):  # "null" comes first there; glass
                expected[left, top] = 0 if left < 320 else 1
    assert found == expected
    assert list(found) == sorted(found)
    assert extractor.candidates(dev) == []


def test_extracted_patches_are_the_written_pixels_in_the_order_asked_for(
    extractor: PatchExtractor, image: np.ndarray
) -> None:
    train = extractor.files()[1]
    candidates = extractor.candidates(train)
    chosen = [candidates[i] for i in np.random.default_rng(2).permutation(len(candidates))[:9]]
    patches = extractor.extract(train, chosen)
    assert patches.shape == (9, *extractor.shape) and patches.dtype == extractor.dtype
    for patch, candidate in zip(patches, chosen, strict=True):
        left, top = (int(value) for value in candidate.position)
        np.testing.assert_array_equal(patch, image[top : top + SIZE, left : left + SIZE])


def test_nothing_is_read_but_the_chosen_patches(
    extractor: PatchExtractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    import openslide

    from datasets.pathology.tiles import _Tiles

    pixels, decoded = [], []
    read, fill = openslide.OpenSlide.read_region, _Tiles.read_into

    def counted(self: openslide.OpenSlide, place: tuple, level: int, size: tuple) -> object:
        pixels.append(size[0] * size[1])
        return read(self, place, level, size)

    def noted(self: _Tiles, patch: np.ndarray, left: int, top: int) -> bool:
        done = fill(self, patch, left, top)
        decoded.append((left, top, len(self._held)))
        return done

    monkeypatch.setattr(openslide.OpenSlide, "read_region", counted)
    monkeypatch.setattr(_Tiles, "read_into", noted)
    train = extractor.files()[1]
    candidates = extractor.candidates(train)
    assert sum(pixels) < 500 * 640 / 4  # a lower level does for the tissue mask
    pixels.clear()
    chosen = [one for one in candidates if one.position in ((0, 64), (128, 128), (320, 0))]
    extractor.extract(train, chosen)
    assert pixels == [SIZE * SIZE]  # openslide reads the first patch only, for comparison
    assert decoded == [(320, 0, 1), (0, 64, 2), (128, 128, 2)]  # row by row, two tiles in all


def test_preview_has_plain_arrays_that_agree(extractor: PatchExtractor, image: np.ndarray) -> None:
    train = extractor.files()[1]
    chosen = extractor.candidates(train)[:4]
    shown = extractor.preview(train, chosen)
    assert all(array.dtype != object for array in shown.values())
    assert shown["thumbnail"].shape == (500, 640, 3) and shown["scale"] == 1
    np.testing.assert_array_equal(shown["thumbnail"], image)
    np.testing.assert_array_equal(shown["region_labels"], [label for label, _ in POLYGONS])
    np.testing.assert_array_equal(shown["region_lengths"], [4, 4, 4, 4])
    np.testing.assert_array_equal(shown["vertices"], np.concatenate([outline for _, outline in POLYGONS]))
    np.testing.assert_array_equal(shown["boxes"][:, :2], [candidate.position for candidate in chosen])
    np.testing.assert_array_equal(shown["boxes"][:, 2:] - shown["boxes"][:, :2], SIZE)
    np.testing.assert_array_equal(shown["box_labels"], [candidate.label for candidate in chosen])


def test_it_pickles_and_says_what_changes_the_samples(extractor: PatchExtractor) -> None:
    assert pickle.loads(pickle.dumps(extractor)) == extractor
    assert extractor.settings() == {"size": SIZE, "step": SIZE, "tissue_share": 0.25}
    assert extractor.provenance() == ("real", "read from the TUDP corpus (breast)")
    assert extractor.class_names == ("indc", "dcis")


def test_regions_of_another_slide_are_refused(tmp_path: Path, image: np.ndarray) -> None:
    path = add_slide(tmp_path, image, POLYGONS)
    other = add_slide(tmp_path, tissue_like(300, 300), [], number=2)
    extractor = PatchExtractor(tmp_path, size=SIZE, step=SIZE)
    text = path.with_suffix(".csv").read_text()
    for content, reason in ((text, "names another"), (text.replace("_a001_", "_a002_"), "another size")):
        other.with_suffix(".csv").write_text(content)
        with pytest.raises(BadFile, match=reason):
            extractor.candidates(extractor.files()[1])
    other.with_suffix(".csv").unlink()
    with pytest.raises(BadFile, match="no region file"):
        extractor.candidates(extractor.files()[1])
    other.with_suffix(".xml").write_text(xml_text([("dcis", rectangle(0, 0, 300, 300))], (300, 300)))
    assert {candidate.label for candidate in extractor.candidates(extractor.files()[1])} == {1}


def test_a_slide_damaged_in_the_middle_is_refused_by_extract(tmp_path: Path, image: np.ndarray) -> None:
    import tifffile

    path = add_slide(tmp_path, image, POLYGONS)
    extractor = PatchExtractor(tmp_path, size=SIZE, step=SIZE)
    (file,) = extractor.files()
    candidates = extractor.candidates(file)
    with tifffile.TiffFile(path) as tiff:
        offset = tiff.pages[0].dataoffsets[0]
    with path.open("r+b") as raw:
        raw.seek(offset)
        raw.write(b"\xa5" * 400)
    with pytest.raises(BadFile, match="damaged"):
        extractor.extract(file, candidates[:1])


def test_a_stand_in_says_so_in_the_tree_and_in_each_slide(tmp_path: Path, image: np.ndarray) -> None:
    add_slide(tmp_path, image, POLYGONS, words="|STAND-IN")
    extractor = PatchExtractor(tmp_path, size=SIZE, step=SIZE)
    (file,) = extractor.files()
    with pytest.raises(BadFile, match="corpus that says it is real"):
        extractor.candidates(file)
    (tmp_path / "STAND-IN.json").write_text(json.dumps({"patients": 3, "seed": 7, "difficulty": 0.5}))
    assert extractor.candidates(file)
    kind, source = extractor.provenance()
    assert kind == "stand-in" and "stand-in" in source and "seed 7" in source
    add_slide(tmp_path, image, POLYGONS, number=2)
    with pytest.raises(BadFile, match="no stand-in"):
        extractor.extract(extractor.files()[1], [])


def test_the_corpus_is_found_where_people_put_it(root: Path, tmp_path: Path) -> None:
    for place in (root, root / "svs", root.parent):
        assert find_corpus(place) == root
    newer = tmp_path / "tudp" / "v3.0.0"
    (newer / "svs" / "eval").mkdir(parents=True)
    (tmp_path / "tudp" / "v2.0.0" / "svs" / "eval").mkdir(parents=True)
    assert find_corpus(tmp_path) == newer
    assert find_corpus(tmp_path / "nowhere") is None
    assert find_corpus(tmp_path / "tudp" / "v2.0.0" / "svs" / "eval") is None


def test_no_corpus_is_an_error_that_says_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "svs" / "train").mkdir(parents=True)
    with pytest.raises(DataError, match=r"svs/train/PATIENT"):
        PatchExtractor(tmp_path).files()


@pytest.mark.parametrize("wrong", [{"size": 31}, {"size": 9999}, {"step": 0}, {"tissue_share": 1.5}])
def test_impossible_settings_are_a_usage_error(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        PatchExtractor(Path("x"), **wrong)


def test_a_slide_smaller_than_a_patch_gives_none(tmp_path: Path) -> None:
    add_slide(tmp_path, tissue_like(300, 300), [("indc", rectangle(0, 0, 300, 300))])
    extractor = PatchExtractor(tmp_path)
    assert extractor.candidates(extractor.files()[0]) == []


@pytest.mark.parametrize("shrinks", [(), (4,), (2, 4, 8, 16)])
def test_the_share_of_tissue_is_that_of_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shrinks: tuple[int, ...]
) -> None:
    """Glass grows from left to right: a window is kept while a quarter of it is tissue; in small pieces, too."""
    monkeypatch.setattr(slides, "_PIECE", 96)
    picture = tissue_like(256, 2048)
    for column in range(8):
        picture[: 32 * column, 256 * column : 256 * (column + 1)] = 245
    path = write_svs(slide_path(tmp_path), picture, shrinks=shrinks)
    path.with_suffix(".xml").write_text(xml_text([("indc", rectangle(0, 0, 2048, 256))]))
    extractor = PatchExtractor(tmp_path, size=256, step=256)
    file = SourceFile(path.relative_to(tmp_path).as_posix(), PATIENT)
    lefts = [candidate.position[0] for candidate in extractor.candidates(file)]
    assert lefts == [0, 256, 512, 768, 1024, 1280, 1536]
