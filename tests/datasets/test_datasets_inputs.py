"""What networks see: standardised by train alone, augmented in training only, the same under one seed."""

from __future__ import annotations

import numpy as np
import pytest

from datasets import Samples, TuningSplit, UsageError
from datasets.eeg.framing import windows
from datasets.inputs import INPUTS, InputKind, fit_inputs, input_shape
from datasets.plugins import scan


@pytest.fixture
def eeg() -> TuningSplit:
    rng = np.random.default_rng(1)
    stored = rng.normal(3.0, 20.0, size=(300, 20, 510)).astype(np.float32)
    stored *= np.arange(1, 21, dtype=np.float32)[:, None]
    stored[:, 7] = 5.0  # a derivation that never changes
    y = np.arange(300) % 2
    return TuningSplit(
        Samples(windows(stored[:260]), y[:260]), Samples(windows(stored[260:]), y[260:]), "eeg"
    )


@pytest.fixture
def patches() -> TuningSplit:
    rng = np.random.default_rng(2)
    x = rng.integers(0, 200, size=(12, 160, 160, 3)).astype(np.uint8)
    return TuningSplit(Samples(x[:8], np.arange(8) % 2), Samples(x[8:], np.arange(4) % 2), "patches")


def test_every_kind_of_data_has_its_inputs():
    assert set(scan(INPUTS, InputKind)) == {
        "points2d",
        "eeg",
        "patches",
        "images",
        "small-images",
        "large-images",
    }
    with pytest.raises(UsageError, match="no kind of data called 'sound'"):
        fit_inputs(
            TuningSplit(
                Samples(np.zeros((2, 2)), np.zeros(2, int)),
                Samples(np.zeros((1, 2)), np.zeros(1, int)),
                "sound",
            )
        )


def test_eeg_is_standardised_by_derivation_over_train(eeg):
    inputs = fit_inputs(eeg)
    assert inputs.shape == input_shape(eeg) == (100, 20, 15)
    assert not inputs.augments
    seen = inputs.evaluation(eeg.train.x)
    assert seen.dtype == np.float32
    # The middle third of a window is its frame: every sample of a segment is counted once.
    frames = np.asarray(eeg.train.x[..., 5:10], dtype=np.float64).transpose(2, 0, 1, 3).reshape(20, -1)
    mean, std = frames.mean(axis=1), frames.std(axis=1)
    std[7] = 1.0
    expected = (np.asarray(eeg.train.x) - mean[:, None]) / std[:, None]
    assert np.allclose(seen, expected, atol=1e-4)
    assert np.abs(seen[:, :, 7]).max() < 1e-3


def test_eeg_inputs_leave_the_samples_alone(eeg):
    before = np.array(eeg.train.x[:5])
    inputs = fit_inputs(eeg)
    rows = np.array([4, 0, 4])
    drawn = inputs.training(eeg.train.x, rows, np.random.default_rng(0))
    assert np.array_equal(drawn, inputs.evaluation(eeg.train.x)[rows])
    assert np.array_equal(before, eeg.train.x[:5])


def test_dev_changes_nothing(eeg, patches):
    for split in (eeg, patches):
        other = TuningSplit(split.train, Samples(split.dev.x[:2], split.dev.y[:2]), split.kind)
        x = split.dev.x[:2]
        assert np.array_equal(fit_inputs(split).evaluation(x), fit_inputs(other).evaluation(x))


def test_patches_are_cropped_standardised_and_augmented_by_the_seed(patches):
    inputs = fit_inputs(patches)
    assert inputs.augments
    assert inputs.shape == input_shape(patches) == (128, 128, 3)
    seen = inputs.evaluation(patches.train.x)
    assert seen.shape == (8, 128, 128, 3) and seen.dtype == np.float32
    assert np.allclose(seen.mean(axis=(0, 1, 2)), 0, atol=1e-3)
    assert np.allclose(seen.std(axis=(0, 1, 2)), 1, atol=1e-3)
    centre = patches.train.x[3, 16:144, 16:144].astype(np.float64) / 255
    values = patches.train.x[:, 16:144, 16:144].reshape(-1, 3) / 255
    assert np.allclose(seen[3], (centre - values.mean(axis=0)) / values.std(axis=0), atol=1e-3)
    rows = np.array([1, 5])
    one, again, other = (
        inputs.training(patches.train.x, rows, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert not np.array_equal(one, seen[rows])


def test_small_patches_are_seen_whole():
    x = np.random.default_rng(0).integers(0, 255, size=(4, 50, 50, 3)).astype(np.uint8)
    split = TuningSplit(Samples(x, np.arange(4) % 2), Samples(x, np.arange(4) % 2), "patches")
    assert fit_inputs(split).evaluation(x).shape == (4, 50, 50, 3)
