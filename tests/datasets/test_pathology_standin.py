"""A whole stand-in through the real readers: files, classes, and whether it is hard in the right way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import openslide
import pytest
import tifffile
from numpy.typing import NDArray
from scipy import ndimage

from datasets.pathology.extractor import PatchExtractor
from datasets.pathology.regions import read_regions
from datasets.pathology.standin import write_corpus
from datasets.pathology.standin.corpus import draw_patients, write_patient
from datasets.pathology.standin.stain import EOSIN, HAEMATOXYLIN
from datasets.standin import CARD

pytestmark = pytest.mark.slow

#: Of the corpus that tests share.
PATIENTS = 9


@dataclass(frozen=True)
class Patches:
    """stain: (n, 12), what nuclear count and stain say. arrangement: (n, 4), how nuclei are spread.
    y: class indices. patient, split: of each patch."""

    stain: NDArray[np.float64]
    arrangement: NDArray[np.float64]
    y: NDArray[np.int64]
    patient: NDArray[np.str_]
    split: NDArray[np.str_]


@pytest.fixture(scope="module")
def corpus(whole_corpus: Callable[[str], Path]) -> Path:
    """Written by two workers."""
    out = whole_corpus("11")
    assert not list(out.parent.glob(f".{out.name}*"))
    return out


@pytest.fixture(scope="module")
def patches(corpus: Path) -> Patches:
    extractor = PatchExtractor(corpus)
    stain, arrangement, y, patient, split = [], [], [], [], []
    for file in extractor.files():
        chosen = extractor.candidates(file)
        for candidate, patch in zip(chosen, extractor.extract(file, chosen), strict=True):
            density = _unmixed(patch)
            stain.append(_stain(density))
            arrangement.append(_arrangement(density[..., 3]))
            y.append(candidate.label)
            patient.append(file.patient)
            split.append(file.split)
    return Patches(np.array(stain), np.array(arrangement), np.array(y), np.array(patient), np.array(split))


def _unmixed(patch: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Optical densities in R, G, B, then haematoxylin and eosin, at half size: shape (256, 256, 5)."""
    vectors = np.array([HAEMATOXYLIN, EOSIN])
    vectors = np.vstack([vectors, np.cross(*vectors)])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    small = patch.astype(np.float32).reshape(256, 2, 256, 2, 3).mean(axis=(1, 3))
    density = -np.log10(np.maximum(small, 1.0) / 245.0)
    return np.concatenate([density, (density @ np.linalg.inv(vectors))[..., :2]], axis=-1).astype(np.float32)


def _nuclear(h: NDArray[np.float32]) -> NDArray[np.bool_]:
    return np.asarray(h > 0.5 * np.quantile(h, 0.97))


def _stain(density: NDArray[np.float32]) -> list[float]:
    """Blobs of dark haematoxylin, their area, and mean and spread of every density."""
    nuclei = _nuclear(density[..., 3])
    count = ndimage.label(nuclei)[1]
    return [count, nuclei.mean(), *density.mean(axis=(0, 1)), *density.std(axis=(0, 1))]


def _arrangement(h: NDArray[np.float32]) -> list[float]:
    """Unevenness of the nuclear area at four coarse scales: ducts crowd nuclei, nests spread them."""
    nuclei = _nuclear(h).astype(np.float32)
    return [float(ndimage.gaussian_filter(nuclei, sigma).std()) for sigma in (3, 5, 8, 12)]


def _error_on_unseen_patients(x: NDArray[np.float64], patches: Patches) -> float:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000, class_weight="balanced"))
    guess = cross_val_predict(model, x, patches.y, groups=patches.patient, cv=GroupKFold(4))
    wrong = guess != patches.y
    return float(np.mean([wrong[patches.y == label].mean() for label in (0, 1)]))


def test_nuclear_count_and_stain_alone_stay_within_six_points_of_chance(patches: Patches) -> None:
    # Around 350 patches of 9 patients: the 95 % interval of pure guessing is about 5.2 points either way. Patients are
    # drawn as well, and make more of a difference: over seeds 0 to 4 the errors were .42 to .65, .50 in the mean, by count
    # and .44 to .62, .54 in the mean, by all of stain. Above one half is no information either: the bound is one-sided.
    assert len(patches.y) >= 300, len(patches.y)
    assert _error_on_unseen_patients(patches.stain[:, :1], patches) > 0.44
    assert _error_on_unseen_patients(patches.stain, patches) > 0.44


def test_the_arrangement_of_the_nuclei_tells_the_class_on_unseen_patients(patches: Patches) -> None:
    error = _error_on_unseen_patients(patches.arrangement, patches)
    assert 0.005 < error < 0.25


def test_both_classes_come_in_every_split_and_in_most_patients(patches: Patches) -> None:
    for split in ("train", "dev", "eval"):
        share = patches.y[patches.split == split].mean()
        assert 0.25 < share < 0.75
    both = [len(set(patches.y[patches.patient == name])) == 2 for name in set(patches.patient)]
    assert np.mean(both) > 0.7
    for name in set(patches.patient):
        assert len(set(patches.split[patches.patient == name])) == 1


def test_all_files_are_where_the_corpus_would_have_them(corpus: Path) -> None:
    slides = sorted(corpus.glob("svs/*/*/s000_2017/breast/*.svs"))
    assert len(slides) == sum(patient.slides for patient in draw_patients(PATIENTS))
    forms = {(path.with_suffix(".csv").exists(), path.with_suffix(".xml").exists()) for path in slides}
    assert forms == {(True, False), (False, True), (True, True)}
    record = json.loads((corpus / CARD).read_text())
    assert (record["patients"], record["difficulty"], record["seed"]) == (PATIENTS, 0.5, 0)
    labels = set()
    for path in slides:
        assert path.name.startswith(path.parents[2].name)
        with openslide.OpenSlide(path) as slide, tifffile.TiffFile(path) as tiff:
            assert slide.level_count == 3
            assert set(slide.associated_images) == {"thumbnail", "label", "macro"}
            assert tiff.pages[0].shape == (*slide.dimensions[::-1], 3)
            labels |= {region.label for region in read_regions(path, slide.dimensions)}
    assert {"indc", "dcis", "norm", "nneo", "infl", "bckg", "artf", "null"} == labels


def test_regions_lie_on_tissue_and_tumour_has_more_nuclei_than_the_rest(corpus: Path) -> None:
    for path in sorted(corpus.glob("svs/dev/*/*/*/*.svs")):
        with openslide.OpenSlide(path) as slide:
            size = slide.level_dimensions[1]
            small = np.asarray(slide.read_region((0, 0), 1, size))[..., :3].astype(np.float32)
            regions = read_regions(path, slide.dimensions)
        redness = -np.log10(np.maximum(small[..., 0], 1.0) / 245.0)
        tumour = np.zeros(redness.shape, dtype=bool)
        other = np.zeros(redness.shape, dtype=bool)
        for region in regions:
            target = tumour if region.label in ("indc", "dcis") else other
            target |= _filled(region.vertices / 4, redness.shape)
        assert redness[tumour].mean() > 1.3 * redness[other & ~tumour].mean()
        assert (small[tumour].min(axis=-1) > 225).mean() < 0.1


def _filled(vertices: NDArray[np.float64], shape: tuple[int, int]) -> NDArray[np.bool_]:
    from PIL import Image, ImageDraw

    image = Image.new("1", shape[::-1])
    ImageDraw.Draw(image).polygon([(float(x), float(y)) for x, y in vertices], fill=1)
    return np.asarray(image)


def test_two_workers_write_the_bytes_that_one_writes(corpus: Path, tmp_path: Path) -> None:
    patient = next(one for one in draw_patients(PATIENTS) if one.split == "eval" and one.slides == 1)
    assert write_patient(tmp_path, patient, 0.5, 0) == patient.slides
    alone = {path.relative_to(tmp_path): _digest(path) for path in tmp_path.rglob("*") if path.is_file()}
    assert len(alone) >= 2
    assert alone == {path: _digest(corpus / path) for path in alone}
    other = tmp_path / "other"
    write_patient(other, patient, 0.5, 1)
    assert not {_digest(path) for path in other.rglob("*.svs")} & set(alone.values())


def test_a_finished_stand_in_of_the_same_parameters_is_kept(corpus: Path) -> None:
    before = (corpus / CARD).stat().st_mtime_ns
    write_corpus(corpus, patients=PATIENTS)
    assert (corpus / CARD).stat().st_mtime_ns == before


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
