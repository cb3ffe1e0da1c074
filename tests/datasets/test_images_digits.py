"""The digits: real ones, split by class, with noise of the stated size and nothing shared between the parts."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_digits

import datasets
from datasets.images.digits import COLOUR_NOISE, NOISE, RANGE
from datasets.inputs import fit_inputs, input_shape
from datasets.types import SPLIT_NAMES, Samples, TuningSplit

CLEAN = load_digits().images / 8 - 1
LABELS = load_digits().target


@pytest.fixture(scope="module")
def small():
    return datasets.load("digits")


@pytest.fixture(scope="module")
def large():
    return datasets.load("digits-32")


def nearest(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The digit that each noisy one was made of: the nearest of its class."""
    noisy, clean = x.reshape(len(x), -1), CLEAN.reshape(len(CLEAN), -1)
    distances = ((noisy[:, None] - clean[None]) ** 2).sum(axis=2)
    distances[y[:, None] != LABELS[None]] = np.inf
    return distances.argmin(axis=1)


def test_the_digits_have_the_sizes_and_shares_of_the_task(small):
    sizes = {name: len(small.split.part(name)) for name in SPLIT_NAMES}
    assert sizes == {"train": 1297, "dev": 250, "eval": 250}
    for name in SPLIT_NAMES:
        part = small.split.part(name)
        assert part.x.shape[1:] == (8, 8, 1) and part.x.dtype == np.float32
        counts = np.bincount(part.y)
        expected = np.bincount(LABELS) * len(part) / 1797
        assert np.abs(counts - expected).max() <= 1.5
    classes = np.sum([np.bincount(small.split.part(name).y) for name in SPLIT_NAMES], axis=0)
    assert np.array_equal(classes, np.bincount(LABELS))  # every digit is in one part


def test_the_noise_has_the_stated_size_and_lies_on_real_digits(small):
    part = small.split.eval
    origin = nearest(part.x[..., 0], part.y)
    noise = part.x[..., 0] - CLEAN[origin]
    # The nearest digit is not always the right one, which makes the rest a little smaller than the noise.
    assert 0.9 * NOISE < noise.std() < 1.02 * NOISE
    assert abs(noise.mean()) < 0.02


def test_the_enlarged_digits_have_the_size_of_cifar_10_and_each_block_is_one_pixel(large):
    sizes = {name: len(large.split.part(name)) for name in SPLIT_NAMES}
    assert sizes == {"train": 1297, "dev": 1000, "eval": 1000}
    x = large.split.dev.x
    assert x.shape[1:] == (32, 32, 3) and x.dtype == np.uint8
    blocks = x.reshape(-1, 8, 4, 8, 4, 3)
    assert (blocks == blocks[:, :, :1, :, :1]).all()
    assert not np.array_equal(x[..., 0], x[..., 1])  # each colour has noise of its own


def test_dev_and_eval_hold_each_digit_four_times_and_share_none(large):
    values = {name: large.split.part(name).x[:, ::4, ::4].astype(float) for name in ("dev", "eval")}
    means = {
        name: (x.reshape(250, 4, 8, 8, 3).mean(axis=(1, 4)) / 127.5 - 1) * RANGE for name, x in values.items()
    }
    origins = {name: nearest(means[name], large.split.part(name).y[::4]) for name in means}
    assert len(set(origins["dev"])) > 240 and len(set(origins["eval"])) > 240
    assert len(set(origins["dev"]) & set(origins["eval"])) < 8  # a few are mistaken for a neighbour
    assert np.array_equal(large.split.dev.y, np.repeat(large.split.dev.y[::4], 4))
    first, second = values["dev"][::4], values["dev"][1::4]
    spread = (first - second).std() / 127.5 * RANGE / np.sqrt(2)
    assert 0.75 * COLOUR_NOISE < spread < COLOUR_NOISE  # less than drawn, for values beyond RANGE are cut


def test_the_seed_draws_the_noise_and_the_root_changes_nothing(small, tmp_path):
    again = datasets.load("digits", data_root=tmp_path)
    assert again.provenance == small.provenance
    other = datasets.load("digits", seed=1)
    assert other.provenance.content_hash != small.provenance.content_hash
    assert len(datasets.load("digits-32", train_limit=100).split.train) == 100


def test_the_provenance_says_what_is_real_and_what_is_added(small, large):
    for dataset in (small, large):
        assert dataset.provenance.kind == "stand-in"
        assert "real handwritten digits" in dataset.provenance.source
        assert "Gaussian noise" in dataset.provenance.source
    assert "not in difficulty" in large.provenance.source


@pytest.mark.parametrize("name", ["digits", "digits-32"])
def test_images_are_standardised_by_colour_over_train_alone(name, request):
    dataset = request.getfixturevalue("small" if name == "digits" else "large")
    split = dataset.split.for_tuning(dataset.kind)
    inputs = fit_inputs(split)
    assert inputs.shape == input_shape(split) == split.train.x.shape[1:]
    assert not inputs.augments
    seen = inputs.evaluation(split.train.x)
    assert np.allclose(seen.mean(axis=(0, 1, 2), dtype=float), 0, atol=1e-4)
    assert np.allclose(seen.std(axis=(0, 1, 2), dtype=float), 1, atol=1e-4)
    changed = TuningSplit(split.train, Samples(split.dev.x * 0, split.dev.y), split.kind)
    assert np.array_equal(fit_inputs(changed).mean, inputs.mean)


def test_a_colour_that_never_changes_becomes_zero():
    x = np.random.default_rng(0).integers(0, 255, (5000, 8, 8, 2), dtype=np.uint8)
    x[..., 1] = 7
    samples = Samples(x, np.arange(5000) % 2)
    inputs = fit_inputs(TuningSplit(samples, samples, "images"))
    values = x[..., 0].astype(float)
    assert inputs.mean[0] == pytest.approx(values.mean(), rel=1e-5)
    assert inputs.std[0] == pytest.approx(values.std(), rel=1e-5)
    assert (inputs.evaluation(x)[..., 1] == 0).all()
