"""Closed-loop errors against errors counted by hand, their settings, and the exact value."""

from __future__ import annotations

import numpy as np
import pytest

import datasets
from datasets import Samples, UsageError
from datasets.bayes_error import _classifier as counting
from datasets.bayes_error import closed_loop_settings, estimators, exact, study_bayes_error
from imld_synth import preset


def overlapping(n: int, seed: int) -> Samples:
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    return Samples(rng.normal(size=(n, 2)) + y[:, None], y)


def test_knn_counts_the_votes_of_each_point_itself_included():
    samples = overlapping(300, 1)
    distances = ((samples.x[:, None] - samples.x[None]) ** 2).sum(axis=2)
    nearest = np.argsort(distances, axis=1)[:, :5]
    expected = float(np.mean((samples.y[nearest].sum(axis=1) > 2) != samples.y))
    assert estimators()["closed-loop-knn"].estimate(samples, {"k": 5}).value == expected
    assert expected > 0


def test_the_closed_loop_is_no_bayes_error():
    samples = overlapping(2_000, 2)  # the Bayes error is 24 %
    both = study_bayes_error(samples, {"k": 1, "trees": 50, "depth": 100})
    assert both.knn.value == 0
    assert both.rnf.value < 0.01


def test_the_study_takes_the_smaller_error():
    both = study_bayes_error(overlapping(500, 3), {"k": 9, "trees": 10, "depth": 3}, seed=1, split="dev")
    assert both.value == min(both.knn.value, both.rnf.value)
    assert dict(both.knn.settings) == {"k": 9}
    assert dict(both.rnf.settings) == {"trees": 10, "depth": 3}
    assert both.knn.split == "dev"


def test_the_seed_decides_the_forest():
    samples = overlapping(500, 3)
    settings = {"trees": 3, "depth": 4}
    values = [study_bayes_error(samples, settings, seed).rnf.value for seed in (0, 0, 1, 2, 3)]
    assert values[0] == values[1]
    assert len(set(values)) > 1


def test_points_are_counted_in_chunks(monkeypatch):
    samples = overlapping(500, 3)
    whole = study_bayes_error(samples, {"k": 5, "trees": 5, "depth": 5})
    monkeypatch.setattr(counting, "CHUNK", 33)
    assert study_bayes_error(samples, {"k": 5, "trees": 5, "depth": 5}) == whole
    assert dict(whole.rnf.settings) == {"trees": 5, "depth": 5}


def test_impossible_settings_are_wrong_arguments():
    with pytest.raises(UsageError, match="k = 11 needs as many points; there are 10"):
        study_bayes_error(overlapping(10, 0), {"k": 11})
    with pytest.raises(UsageError, match="no setting 'leaves'"):
        study_bayes_error(overlapping(10, 0), {"leaves": 3})


def test_settings_are_those_of_the_preset_or_of_imld():
    assert closed_loop_settings(None, "dev") == {"k": 5, "trees": 100, "depth": 10}
    for name in ("08", "09", "10"):
        for split, known in preset(name).closed_loop.items():
            expected = {"k": known.knn_k, "trees": known.rnf_trees, "depth": known.rnf_depth}
            assert closed_loop_settings(name, split) == expected


def test_the_exact_value_is_known_for_generated_data_alone(folder_of):
    assert exact(datasets.load(str(folder_of("own"))), "dev") is None
    generated = exact(datasets.load("09"), "dev")
    assert generated.value == preset("09").dev.bayes_error().value
    assert 0 < generated.value < 0.05


@pytest.mark.slow
def test_knn_in_closed_loop_on_the_real_dev_set_is_near_the_study(shared_data):
    from imld_synth import read_csv

    data = read_csv(shared_data / "set_10" / "dev.csv")
    both = study_bayes_error(Samples(data.x, data.y), closed_loop_settings("10", "dev"))
    # The study's BER of 11.70 is that of KNN: its forest must have been the worse of the two.
    assert 100 * both.knn.value == pytest.approx(11.70, abs=0.05)
    assert both.value == both.knn.value
