"""Intervals and tests of few paired repeats, against closed forms, SciPy and counting by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from reports import statistics


def test_the_interval_of_a_mean_is_students():
    values = [0.31, 0.29, 0.35, 0.30]
    found = statistics.mean_interval(values)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(values), scale=stats.sem(values))
    assert (found.mean, found.low, found.high) == pytest.approx((np.mean(values), low, high))


def test_one_value_has_no_interval():
    found = statistics.mean_interval([0.3])
    assert found.mean == 0.3 and math.isnan(found.low) and math.isnan(found.high)


def test_the_interval_holds_in_about_95_of_100_cases():
    rng = np.random.default_rng(1)
    inside = [
        found.low <= 0.4 <= found.high
        for found in (statistics.mean_interval(rng.normal(0.4, 0.05, 5)) for _ in range(2_000))
    ]
    assert 0.935 < np.mean(inside) < 0.965


def test_the_band_of_curves_surrounds_their_mean_and_is_the_same_every_time():
    curves = np.minimum.accumulate(np.random.default_rng(2).uniform(size=(8, 30)), axis=1)
    low, high = statistics.bootstrap_band(curves)
    assert np.all(low <= curves.mean(axis=0)) and np.all(curves.mean(axis=0) <= high)
    assert np.all(low >= curves.min(axis=0)) and np.all(high <= curves.max(axis=0))
    assert all(
        np.array_equal(a, b) for a, b in zip((low, high), statistics.bootstrap_band(curves), strict=True)
    )
    assert np.isnan(statistics.bootstrap_band(curves[:1])[0]).all()


def test_friedmans_test_agrees_with_scipy_where_its_approximation_holds():
    rng = np.random.default_rng(3)
    values = rng.normal(size=(60, 4)) + 0.25 * np.arange(4)
    assert statistics.friedman(values) == pytest.approx(stats.friedmanchisquare(*values.T).pvalue, abs=0.01)
    same = rng.normal(size=(60, 4))
    assert statistics.friedman(same) == pytest.approx(stats.friedmanchisquare(*same.T).pvalue, abs=0.03)


def test_friedmans_test_of_few_blocks_is_that_of_all_arrangements():
    # Three treatments in the same order in both blocks: 6 of the 36 arrangements are as far apart.
    assert statistics.friedman(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])) == pytest.approx(1 / 6, abs=0.02)
    assert statistics.friedman(np.full((5, 3), 0.3)) == 1.0


def test_flipping_signs_counts_all_patterns():
    assert statistics.sign_flip([1.0, 2.0, 3.0]) == 2 / 8
    assert statistics.sign_flip([1.0, -1.0]) == 1.0
    assert statistics.sign_flip([0.0, 0.0]) == 1.0


def test_flipping_signs_of_many_pairs_agrees_with_the_t_test():
    differences = np.random.default_rng(4).normal(0.3, 1.0, 40)
    assert statistics.sign_flip(differences) == pytest.approx(
        stats.ttest_1samp(differences, 0).pvalue, abs=0.02
    )


def test_a_difference_that_is_not_there_is_shown_in_5_of_100_cases_at_most():
    rng = np.random.default_rng(5)
    found = [statistics.sign_flip(rng.normal(size=8)) < 0.05 for _ in range(2_000)]
    assert np.mean(found) < 0.06


def test_holm_counts_tests_as_one_family():
    assert statistics.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert statistics.holm([0.9, 0.8]) == [1.0, 1.0]
    assert statistics.holm([]) == []


@pytest.mark.parametrize(("tests", "pairs"), [(1, 6), (2, 7), (3, 7), (4, 8)])
def test_fewer_pairs_than_needed_can_show_nothing(tests, pairs):
    assert statistics.pairs_needed(tests) == pairs
    assert (
        tests * statistics.sign_flip(np.ones(pairs))
        <= 0.05
        < tests * statistics.sign_flip(np.ones(pairs - 1))
    )
