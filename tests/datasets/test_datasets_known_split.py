"""What a density says of drawn samples: files beside them, and regrets that follow from these alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from datasets import cache
from datasets.bayes_error import truth
from datasets.errors import DataError, UsageError
from datasets.known_split import KnownSplit, read_known, write_known
from datasets.types import SPLIT_NAMES, Dataset, Provenance, Samples, Split, content_hash
from imld_synth import Drawing
from imld_synth.shapes import round_gaussian

POINTS = 4000


def pair(shift: float) -> Drawing:
    return Drawing((round_gaussian((shift, 0), 1), round_gaussian((2 + shift, 0), 1)))


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    densities = {"train": pair(0.0), "dev": pair(0.5), "eval": pair(1.0)}
    parts = {
        name: Samples(*one.sample(POINTS, np.random.default_rng(place)))
        for place, (name, one) in enumerate(densities.items())
    }
    split = Split(**parts)
    provenance = Provenance("generated", "two Gaussians", content_hash(split), seed=0)
    return Dataset("pair", split, ("a", "b"), "points2d", provenance, densities)  # type: ignore[arg-type]


def test_regret_and_excess_are_what_errors_differ_by(dataset: Dataset, tmp_path: Path) -> None:
    folder = cache.write(dataset, tmp_path)
    drawing, train = dataset.densities["eval"], dataset.densities["train"]
    known, samples = read_known(folder, "eval"), dataset.split.eval
    model = (samples.x[:, 0] > 0.7).astype(np.int64)  # no rule of either drawing
    regret, error = known.regret(model)
    wrong = float(np.mean(model != samples.y))
    counting = np.sqrt(wrong * (1 - wrong) / POINTS)
    assert error < 0.7 * counting
    assert abs(wrong - regret - drawing.bayes_error().value) < 4 * counting
    excess, error = known.excess(model)
    assert abs(wrong - excess - drawing.error_of(train).value) < 4 * counting
    assert known.excess(known.train_rule) == (0.0, 0.0)
    assert known.regret(drawing.decide(samples.x))[0] == pytest.approx(0.0, abs=1e-6)


def test_the_best_rule_of_train_has_no_regret_there(dataset: Dataset, tmp_path: Path) -> None:
    known = read_known(cache.write(dataset, tmp_path), "train")
    assert known.regret(known.train_rule)[0] == pytest.approx(0.0, abs=1e-6)
    some = known.rows(np.array([3, 5]))
    assert some.posterior.shape == (2, 2) and len(some.train_rule) == 2


def test_a_folder_of_an_earlier_version_is_completed(dataset: Dataset, tmp_path: Path) -> None:
    folder = cache.write(replace(dataset, densities=None), tmp_path)
    assert [read_known(folder, split) for split in SPLIT_NAMES] == [None] * 3
    assert cache.write(dataset, tmp_path) == folder
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert read_known(folder, "dev").posterior.dtype == np.float32
    write_known(dataset, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert cache.read_dataset(folder).provenance == dataset.provenance


def test_a_damaged_file_is_named(dataset: Dataset, tmp_path: Path) -> None:
    folder = cache.write(dataset, tmp_path)
    (folder / "eval_posterior.npy").write_bytes(b"nothing")
    with pytest.raises(DataError, match="eval part"):
        read_known(folder, "eval")


def test_means_of_single_samples_have_no_spread() -> None:
    known = KnownSplit(np.array([[0.25, 0.75]], dtype=np.float32), np.array([1], dtype=np.int16))
    assert known.regret(np.array([0])) == (0.5, 0.0)


def test_drawn_points_without_a_density_get_an_estimate_that_is_called_one(dataset: Dataset) -> None:
    exact = truth(dataset, "eval")
    bound = dataset.densities["eval"].bayes_error().bound
    assert (exact.kind, exact.value - exact.low, exact.high - exact.value) == (
        "exact",
        pytest.approx(bound),
        pytest.approx(bound),
    )
    guess = truth(replace(dataset, densities=None), "eval")
    assert guess.kind == "estimate" and "kernel" in guess.method
    assert guess.low - 0.01 < exact.value < guess.high
    assert truth(replace(dataset, densities=None), "eval") == guess
    with pytest.raises(UsageError, match="points in the plane"):
        truth(replace(dataset, densities=None, kind="eeg"), "eval")
