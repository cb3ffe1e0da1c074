"""Intervals and tests of few paired repeats, against closed forms, SciPy and counting by hand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from reports import statistics
from reports.statistics.permutation import EXACT_PAIRS


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


def test_a_bootstrap_of_seven_values_holds_as_often_as_it_says():
    """Its plain percentiles do so in about 85 of 100 cases only."""
    rng = np.random.default_rng(6)
    inside = [
        found.low <= 0.4 <= found.high
        for found in (statistics.bootstrap_interval(rng.normal(0.4, 0.05, 7)) for _ in range(400))
    ]
    assert 0.915 < np.mean(inside) < 0.975
    assert math.isnan(statistics.bootstrap_interval([0.1, 0.2, 0.3, 0.4]).low)


def test_the_bootstrap_agrees_with_scipys_at_its_percentiles():
    values = np.random.default_rng(7).gamma(2.0, size=12)
    reach = math.sqrt(12 / 11) * stats.t.ppf(0.975, 11)
    other = stats.bootstrap(
        (values,),
        np.mean,
        confidence_level=1 - 2 * stats.norm.sf(reach),
        method="percentile",
        n_resamples=8_000,
        rng=np.random.default_rng(1),
    ).confidence_interval
    found = statistics.bootstrap_interval(values)
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.06)


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
    assert statistics.friedman(np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])) == pytest.approx(1 / 6)
    assert statistics.friedman(np.full((5, 3), 0.3)) == 1.0


def test_friedmans_test_agrees_with_a_list_of_all_arrangements():
    for seed in range(4):
        values = np.random.default_rng(seed).integers(0, 4, (3, 3)).astype(float)  # with ties
        own = statistics.ranks(values)
        orders = list(itertools.permutations(range(3)))
        spread = [
            np.var(sum(row[list(order)] for row, order in zip(own, chosen, strict=True)))
            for chosen in itertools.product(orders, repeat=3)
        ]
        listed = np.mean(np.array(spread) >= np.var(own.sum(axis=0)) - 1e-9)
        assert statistics.friedman(values) == pytest.approx(listed)


def test_friedmans_test_of_many_treatments_is_drawn_and_agrees():
    values = np.random.default_rng(9).normal(size=(40, 8)) + 0.12 * np.arange(8)
    assert statistics.friedman(values) == pytest.approx(stats.friedmanchisquare(*values.T).pvalue, abs=0.02)


def test_flipping_signs_counts_all_patterns():
    assert statistics.sign_flip([1.0, 2.0, 3.0]) == 2 / 8
    assert statistics.sign_flip([1.0, -1.0]) == 1.0
    assert statistics.sign_flip([0.0, 0.0]) == 1.0


@pytest.mark.parametrize("count", [1, 2, 3, 8, 13])
def test_flipping_signs_counts_each_pattern_once(count):
    """Against a list of all patterns, with ties among the sizes."""
    differences = np.round(np.random.default_rng(count).normal(0.3, 1, count), 1)
    signs = np.array(list(itertools.product((1, -1), repeat=count)))
    listed = np.mean(np.abs(signs @ differences) >= abs(differences.sum()) - 1e-9)
    assert statistics.sign_flip(differences) == pytest.approx(listed)


def test_flipping_the_signs_of_ranks_is_wilcoxons_test():
    for seed in range(5):
        differences = np.random.default_rng(seed).normal(0.4, 1.0, 11)
        ours = statistics.sign_flip(statistics.signed_ranks(differences))
        assert ours == pytest.approx(stats.wilcoxon(differences, method="exact").pvalue)
    assert list(statistics.signed_ranks([0.3, 0.0, -0.1, 0.1 + 1e-15])) == [3, 0, -1.5, 1.5]


def test_more_pairs_than_can_be_listed_are_drawn_and_agree():
    differences = np.random.default_rng(8).normal(0.25, 1.0, EXACT_PAIRS + 1)
    exact = statistics.sign_flip(differences[:-1])
    assert exact == pytest.approx(stats.ttest_1samp(differences[:-1], 0).pvalue, abs=0.02)
    assert statistics.sign_flip(differences) == pytest.approx(
        stats.ttest_1samp(differences, 0).pvalue, abs=0.02
    )


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
