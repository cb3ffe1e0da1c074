"""The stand-in's files, one by one: arguments, splits, the SVS and the regions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import openslide
import pytest
import tifffile

from datasets.errors import UsageError
from datasets.pathology.regions import read_regions
from datasets.pathology.standin import write_corpus
from datasets.pathology.standin.corpus import draw_patients
from datasets.pathology.standin.layout import Region
from datasets.pathology.standin.nuclei import lattice
from datasets.pathology.standin.regions_out import write_csv, write_xml
from datasets.pathology.standin.stain import draw_stain, to_rgb
from datasets.pathology.standin.svs import write_svs
from datasets.standin import CARD


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"patients": 5}, "6 patients"),
        ({"difficulty": 1.01}, "difficulty"),
        ({"difficulty": float("nan")}, "difficulty"),
        ({"seed": -1}, "seed"),
        ({"workers": 0}, "worker"),
    ],
)
def test_an_impossible_argument_is_refused_before_anything_is_written(
    tmp_path: Path, arguments: dict[str, float], word: str
) -> None:
    with pytest.raises(UsageError, match=word):
        write_corpus(tmp_path / "corpus", **arguments)  # type: ignore[arg-type]
    assert not any(tmp_path.iterdir())


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="other files"):
        write_corpus(tmp_path)
    (tmp_path / CARD).write_text("{}")
    with pytest.raises(UsageError, match="another stand-in corpus"):
        write_corpus(tmp_path)
    with pytest.raises(UsageError, match="a file is in the way"):
        write_corpus(tmp_path / "mine.txt")
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("count", [6, 7, 36, 101])
def test_patients_are_shared_out_60_20_20_and_have_names_of_their_own(count: int) -> None:
    patients = draw_patients(count)
    assert len({patient.name for patient in patients}) == count
    sizes = {name: sum(p.split == name for p in patients) for name in ("train", "dev", "eval")}
    assert sizes["dev"] == sizes["eval"] == round(0.2 * count)
    assert sum(sizes.values()) == count
    assert {patient.slides for patient in patients} == {1, 2}


def test_openslide_and_tifffile_read_the_pixels_that_were_written(tmp_path: Path) -> None:
    y, x = np.mgrid[0:700, 0:1100]
    rgb = np.stack([x // 5, y // 4, (x + y) // 9], axis=-1).astype(np.uint8)
    path = tmp_path / "a.svs"
    write_svs(path, rgb, quality=90, mpp=1.008, magnification=10, name="00000001_aaaaaaaa_s000")
    with openslide.OpenSlide(path) as slide:
        assert slide.properties["openslide.vendor"] == "aperio"
        assert slide.level_dimensions == ((1100, 700), (275, 175), (68, 43))
        assert float(slide.properties["openslide.mpp-x"]) == 1.008
        assert "STAND-IN" in slide.properties["tiff.ImageDescription"]
        assert set(slide.associated_images) == {"thumbnail", "label", "macro"}
        whole = np.asarray(slide.read_region((0, 0), 0, (1100, 700)))
        assert (whole[..., 3] == 255).all()
        assert np.abs(whole[..., :3].astype(int) - rgb).mean() < 2.0
        small = np.asarray(slide.read_region((0, 0), 1, (275, 175)))[..., :3]
        assert np.abs(small.astype(int) - rgb[2::4, 2::4]).mean() < 3.0
    with tifffile.TiffFile(path) as tiff:
        assert tiff.is_svs
        assert [page.is_tiled for page in tiff.pages] == [True, False, True, True, False, False]
        assert np.abs(tiff.pages[0].asarray().astype(int) - rgb).mean() < 2.0
        for page in tiff.pages:
            assert not {"DateTime", "Software"} & {tag.name for tag in page.tags}


def test_the_readers_give_back_the_regions_of_both_forms(tmp_path: Path) -> None:
    regions = [
        Region("null", np.array([[0, 0], [0, 90], [80, 90], [80, 0]])),
        Region("dcis", np.array([[100, 7], [150, 7], [150, 300]])),
    ]
    write_csv(tmp_path / "a.csv", regions, (400, 500), 1.008)
    write_xml(tmp_path / "b.xml", regions, (400, 500), 1.008)
    for name in ("a.svs", "b.svs"):
        read = read_regions(tmp_path / name, (500, 400))
        assert [region.label for region in read] == ["null", "dcis"]
        for one, written in zip(read, regions, strict=True):
            np.testing.assert_array_equal(one.vertices, written.vertices[:, ::-1])


def test_stain_follows_beer_and_lambert() -> None:
    stain = draw_stain(np.random.default_rng(1), np.random.default_rng(2), 0.5)
    flat = np.ones((40, 40), dtype=np.float32)
    rgb = to_rgb(0.6 * flat, 0.2 * flat, 0 * flat, stain)
    density = 0.6 * stain.gains[0] * stain.vectors[0] + 0.2 * stain.gains[1] * stain.vectors[1]
    expected = np.asarray(stain.white) * 10.0**-density
    assert np.abs(rgb.reshape(-1, 3).mean(axis=0) - expected).max() < 1.0


def test_the_lattice_holds_as_many_nuclei_as_its_spacing_says() -> None:
    places = lattice(np.random.default_rng(0), (800, 900), 12.0)
    assert abs(len(places) / (800 * 900 * 2 / (np.sqrt(3) * 12.0**2)) - 1.0) < 0.03
