"""Crops come from inside the patch, in [0, 1], the same under the same seed; evaluation takes the middle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from datasets.pathology.augment import Jitter, centre_crops, channel_statistics, training_crops

NONE = Jitter(0, 0, 0)


@pytest.fixture(scope="module")
def coordinates() -> np.ndarray:
    """Three patches of 200 pixels whose colours say where a pixel lies: red its row, green its column."""
    row, column = np.mgrid[:200, :200]
    patch = np.stack([row, column, np.zeros_like(row)], axis=2)
    return np.stack([patch + np.array([0, 0, shade]) for shade in (10, 20, 30)]).astype(np.uint8)


def test_the_same_seed_gives_the_same_crops(coordinates: np.ndarray) -> None:
    rows = np.array([2, 0, 1, 1])
    first = training_crops(coordinates, rows, 64, rng=np.random.default_rng(4))
    again = training_crops(coordinates, rows, 64, rng=np.random.default_rng(4))
    other = training_crops(coordinates, rows, 64, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert first.dtype == np.float32 and first.shape == (4, 64, 64, 3)


def test_crops_are_turned_pieces_of_their_own_patch(coordinates: np.ndarray) -> None:
    rows = np.random.default_rng(0).integers(0, 3, 200)
    crops = training_crops(coordinates, rows, 64, rng=np.random.default_rng(1), jitter=NONE)
    values = np.rint(crops * 255).astype(int)
    np.testing.assert_allclose(crops * 255, values, atol=1e-3)
    corners, poses = set(), set()
    for crop, row in zip(values, rows, strict=True):
        assert (crop[..., 2] == 10 * (row + 1)).all()
        top, left = crop[..., 0].min(), crop[..., 1].min()
        assert crop[..., 0].max() == top + 63 and crop[..., 1].max() == left + 63
        piece = coordinates[row, top : top + 64, left : left + 64]
        pose = [
            (turns, flip)
            for turns in range(4)
            for flip in (False, True)
            if (crop == (np.rot90(piece, turns)[:, ::-1] if flip else np.rot90(piece, turns))).all()
        ]
        assert len(pose) == 1
        poses.add(pose[0])
        corners.add((top, left))
    assert len(poses) == 8 and len(corners) > 180
    tops = {top for top, _ in corners}
    assert min(tops) <= 5 and max(tops) >= 131  # both ends of 0 .. 136 are within reach


def test_jitter_stays_within_its_stated_strength() -> None:
    grey = np.full((1, 32, 32, 3), 128, np.uint8)
    grey[:, :16] = 100
    rows = np.zeros(1200, np.int64)
    rng = np.random.default_rng(3)
    low, high, mean = 100 / 255, 128 / 255, 114 / 255

    bright = training_crops(grey, rows, 32, rng=rng, jitter=Jitter(0.08, 0, 0)).mean(axis=(1, 2)) - mean
    assert np.abs(bright).max() <= 0.0801 and bright.min() < -0.075 and bright.max() > 0.075
    np.testing.assert_allclose(bright[:, 0], bright[:, 2], atol=1e-5)  # the same for all colours

    crops = training_crops(grey, rows, 32, rng=rng, jitter=Jitter(0, 0.15, 0))
    np.testing.assert_allclose(crops.mean(axis=(1, 2)), mean, atol=1e-5)  # contrast keeps the mean
    spread = np.ptp(crops, axis=(1, 2)) / (high - low)
    assert 0.849 <= spread.min() < 0.86 and 1.14 < spread.max() <= 1.151

    stain = training_crops(grey, rows, 32, rng=rng, jitter=Jitter(0, 0, 0.05)).mean(axis=(1, 2)) / mean
    assert 0.9499 <= stain.min() < 0.955 and 1.045 < stain.max() <= 1.0501
    assert np.abs(np.corrcoef(stain.T)[np.triu_indices(3, 1)]).max() < 0.15  # a draw for every colour


@pytest.mark.parametrize("value", [0, 255])
def test_jitter_never_leaves_0_to_1(value: int) -> None:
    crops = training_crops(
        np.full((1, 40, 40, 3), value, np.uint8), np.zeros(200, int), 32, rng=np.random.default_rng(0)
    )
    assert crops.min() >= 0 and crops.max() <= 1


def test_evaluation_takes_the_middle_as_it_is(coordinates: np.ndarray) -> None:
    crops = centre_crops(coordinates, np.array([1, 1, 0]), 128)
    assert crops.dtype == np.float32
    np.testing.assert_array_equal(
        crops, coordinates[[1, 1, 0], 36:164, 36:164].astype(np.float32) / np.float32(255)
    )
    assert centre_crops(np.full((1, 4, 4, 3), 255, np.uint8), np.array([0]), 2).max() == 1


def test_a_small_patch_is_its_own_crop() -> None:
    small = np.random.default_rng(0).integers(0, 256, (2, 50, 50, 3), dtype=np.uint8)
    np.testing.assert_array_equal(
        centre_crops(small, np.arange(2)), small.astype(np.float32) / np.float32(255)
    )
    crops = training_crops(small, np.arange(2), rng=np.random.default_rng(0), jitter=NONE)
    assert crops.shape == small.shape
    np.testing.assert_allclose(np.sort(crops[0], axis=None) * 255, np.sort(small[0], axis=None), atol=1e-4)


def test_statistics_are_those_of_the_centre_crops(tmp_path: Path) -> None:
    patches = np.random.default_rng(6).integers(0, 256, (150, 40, 40, 3), dtype=np.uint8)
    patches[..., 1] //= 2
    np.save(tmp_path / "x.npy", patches)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    mean, std = channel_statistics(mapped, 16)
    crops = patches[:, 12:28, 12:28].astype(np.float64) / 255
    np.testing.assert_allclose(mean, crops.mean(axis=(0, 1, 2)), atol=1e-12)
    np.testing.assert_allclose(std, crops.std(axis=(0, 1, 2)), atol=1e-9)
    fewer, _ = channel_statistics(mapped, 16, sample=2)
    np.testing.assert_allclose(fewer, crops[[0, -1]].mean(axis=(0, 1, 2)), atol=1e-12)


def test_a_memory_map_is_read_in_crops_only(tmp_path: Path) -> None:
    """The map is of a sparse file far larger than the memory it may take; touching it all would show."""
    import resource

    shape = (8000, 512, 512, 3)  # 6 GB, of which the disk holds nothing
    mapped = np.lib.format.open_memmap(tmp_path / "x.npy", mode="w+", dtype=np.uint8, shape=shape)
    rows = np.random.default_rng(0).integers(0, shape[0], 64)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    training_crops(mapped, rows, rng=np.random.default_rng(0))
    centre_crops(mapped, rows)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < 300, f"{grown:.0f} MB for two batches of 64 crops"


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 8, 8, 3)), np.zeros((2, 8, 8), np.uint8), np.zeros((2, 8, 8, 4), np.uint8)]
)
def test_other_arrays_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="uint8 of shape"):
        centre_crops(wrong, np.array([0]), 4)


def test_patches_that_cannot_be_turned_are_refused() -> None:
    with pytest.raises(ValueError, match="square"):
        training_crops(np.zeros((1, 40, 60, 3), np.uint8), np.array([0]), 50, rng=np.random.default_rng(0))
