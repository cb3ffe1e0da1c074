"""Errors in features: fitted on train, chosen on dev, counted once on eval, with patients held together."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from toy_corpus import ToyExtractor, write_corpus

import datasets
from datasets.bayes_error.features import (
    Learned,
    Measured,
    chains,
    features,
    measure,
    report_json,
    report_text,
)
from datasets.bayes_error.features._eeg import BANDS, log_band_power, signal
from datasets.bayes_error.features._sample import held_out, rows
from datasets.eeg.framing import STORED, windows
from datasets.errors import UsageError
from datasets.preparation import Request, prepare
from datasets.types import Dataset, Provenance, Samples, Split

RNG = np.random.default_rng(0)
STORED_SAMPLES = {
    "eeg": windows(RNG.normal(0, 20, (6, 20, STORED)).astype(np.float32)),
    "patches": RNG.integers(0, 256, (6, 64, 64, 3), dtype=np.uint8),
    "images": RNG.integers(0, 256, (6, 32, 32, 3), dtype=np.uint8),
}


def two_gaussians(dimensions: int, n: int, patients: int = 0, seed: int = 0) -> Dataset:
    """Truth 5 %; with patients, each has an offset of its own that says nothing of the classes."""
    rng = np.random.default_rng(seed)

    def part(first: int) -> Samples:
        y = rng.integers(0, 2, n)
        x = rng.normal(size=(n, dimensions)) + np.outer(y, np.full(dimensions, 3.29 / np.sqrt(dimensions)))
        if not patients:
            return Samples(x, y)
        owners = rng.integers(0, patients, n)
        return Samples(x + rng.normal(size=(patients, dimensions))[owners], y, owners + first)

    split = Split(part(0), part(patients), part(2 * patients))
    names = tuple(str(number) for number in range(3 * patients))
    return Dataset("toy", split, ("a", "b"), "toy", Provenance("generated", "drawn", ""), patients=names)


@pytest.mark.parametrize("kind", STORED_SAMPLES)
def test_every_measured_feature_gives_finite_numbers_sample_by_sample(kind: str) -> None:
    x = STORED_SAMPLES[kind]
    for feature in {chain.measured.name: chain.measured for chain in chains(kind)}.values():
        numbers = feature.numbers(x)
        assert numbers.dtype == np.float32 and numbers.ndim == 2 and len(numbers) == len(x)
        assert np.isfinite(numbers).all()
        assert np.allclose(feature.numbers(x[2:4]), numbers[2:4], rtol=1e-4, atol=1e-5)
        assert np.isfinite(feature.numbers(np.zeros_like(x[:2]))).all()  # a flat channel, a black patch


def test_every_learned_feature_is_the_same_again_and_takes_what_it_has_not_seen() -> None:
    data = two_gaussians(6, 60, patients=4)
    train = Samples(data.split.train.x.astype(np.float32), data.split.train.y, data.split.train.patients)
    for feature in features().values():
        assert isinstance(feature, Measured | Learned)
        if isinstance(feature, Learned):
            found = feature.fit(train, 2, seed=1)(data.split.dev.x)
            assert len(found) == len(data.split.dev) and found.ndim == 2 and found.dtype == np.float32
            assert np.array_equal(found, feature.fit(train, 2, seed=1)(data.split.dev.x))


def test_a_sine_has_its_power_in_its_band_and_windows_give_back_the_signal() -> None:
    time = np.arange(STORED) / 50
    for low, high in BANDS:
        stored = np.sin(2 * np.pi * (low + high) / 2 * time)[None, None, :] * np.ones((1, 20, 1))
        signals = signal(windows(stored))
        assert np.allclose(signals, stored[:, :, 5:-5], atol=1e-6)
        assert BANDS[int(log_band_power(signals)[0, 0].argmax())] == (low, high)


def test_rows_keep_the_shares_of_patients_and_classes() -> None:
    patients = np.repeat([0, 1, 2], [600, 300, 100])
    y = np.tile([0, 0, 0, 1], 250)
    samples = Samples(np.zeros(1000), y, patients)
    chosen = rows(samples, 100, np.random.default_rng(0))
    assert len(set(chosen.tolist())) == 100 and (np.diff(chosen) > 0).all()
    assert np.bincount(patients[chosen]) == pytest.approx([60, 30, 10], abs=2)
    assert y[chosen].mean() == pytest.approx(0.25, abs=0.03)
    assert len(rows(samples, 5000, np.random.default_rng(0))) == 1000
    out = held_out(samples, 0.3, np.random.default_rng(0))
    assert len(np.unique(patients[out])) == 1 and not set(patients[out]) & set(patients[~out])


@pytest.mark.slow
def test_a_learned_feature_stays_near_the_truth_where_raw_distances_do_not() -> None:
    report = measure(two_gaussians(300, 1000))
    dev = {one.feature: one.dev_error for one in report.tried}
    assert dev["logistic on raw"] < 0.09 < dev["raw"]
    assert report.chosen.dev_error == min(dev.values()) and report.chosen.feature != "raw"
    assert report.low is not None and report.high is not None
    assert report.low < report.eval_error < report.high and report.interval_over == "samples"
    assert [point.train for point in report.curve] == [125, 250, 500, 1000]
    assert report.curve[-1].dev_error == report.chosen.dev_error < report.curve[0].dev_error


def test_an_interval_over_patients_is_wider_than_one_over_samples() -> None:
    data = two_gaussians(20, 200, patients=6)
    by_patient = measure(data)
    strangers = {name: replace(data.split.part(name), patients=None) for name in ("train", "dev", "eval")}
    by_sample = measure(replace(data, split=Split(**strangers)))
    assert (by_patient.interval_over, by_patient.interval_units) == ("patients", 6)
    assert by_patient.high is not None and by_patient.low is not None
    assert by_sample.high is not None and by_sample.low is not None
    assert by_patient.high - by_patient.low > by_sample.high - by_sample.low
    assert "too few" in report_text(by_patient) and "too few" not in report_text(by_sample)


def test_eval_plays_no_part_in_the_choice() -> None:
    data = two_gaussians(5, 200)
    swapped = Samples(data.split.eval.x, 1 - data.split.eval.y)
    as_it_is = measure(data)
    upside_down = measure(replace(data, split=replace(data.split, eval=swapped)))
    assert upside_down.tried == as_it_is.tried and upside_down.curve == as_it_is.curve
    assert upside_down.eval_error == pytest.approx(1 - as_it_is.eval_error)


@pytest.mark.slow
def test_digits_are_measured_the_same_again_and_said_in_careful_words() -> None:
    digits = datasets.load("digits")
    steps: list[str] = []
    report = measure(digits, seed=3, limit=300, progress=steps.append)
    assert report == measure(digits, seed=3, limit=300)
    assert report.used == {"train": 300, "dev": 250, "eval": 250} and len(steps) > 4
    assert report.eval_error < 0.6 < report.commonest
    text, document = " ".join(report_text(report).split()), json.loads(json.dumps(report_json(report)))
    assert f"upper bound on the error that is needed with the feature {report.chosen.feature!r}" in text
    assert "On data set digits (stand-in)" in text and "It is no estimate of the Bayes error" in text
    assert "train 300 of 1,297" in text and document["statement"] in text
    assert document["tried"][0]["dev_error"] == pytest.approx(100 * report.chosen.dev_error, abs=0.01)


def test_a_prepared_corpus_is_measured_from_its_files(tmp_path) -> None:
    write_corpus(tmp_path / "corpus", {"train": "ab", "dev": "cd", "eval": "ef"}, samples=8)
    sizes = {"train": 40, "dev": 20, "eval": 20}
    request = Request("toy", sizes, seed=0, most_bad=0)
    dataset = prepare(ToyExtractor(tmp_path / "corpus"), request, tmp_path / "cache", 1)
    report = measure(dataset, limit=16)
    assert report.used == {"train": 16, "dev": 16, "eval": 16} and report.interval_units == 2
    assert report.provenance == "stand-in"


def test_what_cannot_be_measured_is_said_in_plain_words() -> None:
    data = two_gaussians(3, 20)
    with pytest.raises(UsageError, match="limit must be 2 samples or more, not 1"):
        measure(data, limit=1)
    alone = Samples(data.split.train.x, np.zeros(20, dtype=np.int64))
    with pytest.raises(UsageError, match="one class only"):
        measure(replace(data, split=replace(data.split, train=alone)))
