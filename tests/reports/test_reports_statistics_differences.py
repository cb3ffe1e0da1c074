"""Differences of two systems and of several: sizes, what could be seen, published examples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from reports import statistics

#: Demšar 2006, JMLR 7, table 6: areas under the curve of C4.5, +m, +cf and +m+cf on 14 data sets. The paper ranks the
#: two equal values 0.975 of "voting" by more decimals than it prints: the first of them is the higher one.
DEMSAR = np.array(
    [
        [0.763, 0.768, 0.771, 0.798],
        [0.599, 0.591, 0.590, 0.569],
        [0.954, 0.971, 0.968, 0.967],
        [0.628, 0.661, 0.654, 0.657],
        [0.882, 0.888, 0.886, 0.898],
        [0.936, 0.931, 0.916, 0.931],
        [0.661, 0.668, 0.609, 0.685],
        [0.583, 0.583, 0.563, 0.625],
        [0.775, 0.838, 0.866, 0.875],
        [1.000, 1.000, 1.000, 1.000],
        [0.940, 0.962, 0.965, 0.962],
        [0.619, 0.666, 0.614, 0.669],
        [0.972, 0.981, 0.9751, 0.975],
        [0.957, 0.978, 0.946, 0.970],
    ]
)
VARIANTS = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")


def test_a_comparison_is_that_of_students_paired_test():
    rng = np.random.default_rng(1)
    first, second = rng.normal(0.3, 0.02, 9), rng.normal(0.31, 0.02, 9)
    found = statistics.compare(first - second)
    other = stats.ttest_rel(first, second).confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((other.low, other.high))
    assert found.lower + found.higher == found.pairs == 9
    # Hedges' correction is 1 - 3/(4m - 1) but for less than a hundredth.
    raw = found.mean / found.spread
    assert found.effect == pytest.approx(raw * (1 - 3 / (4 * 8 - 1)), rel=0.01)


def test_the_effect_of_few_pairs_is_not_too_large_on_average():
    """Uncorrected it would be 1.25 for five pairs and a true effect of 1 (Hedges 1981)."""
    rng = np.random.default_rng(2)
    values = rng.normal(1.0, 1.0, (4_000, 5))
    raw = values.mean(axis=1) / values.std(axis=1, ddof=1)
    one = statistics.compare(values[0])
    assert np.mean(raw * one.effect / raw[0]) == pytest.approx(1.0, abs=0.04)
    assert np.mean(raw) > 1.15


def test_the_rank_correlation_runs_from_always_lower_to_always_higher():
    assert statistics.rank_biserial([-0.1, -0.2, -0.3]) == -1
    assert statistics.rank_biserial([0.1, 0.2, 0.3]) == 1
    assert statistics.rank_biserial([0.1, -0.1]) == statistics.rank_biserial([0.0, 0.0]) == 0
    assert statistics.rank_biserial([0.3, -0.1, 0.2]) == pytest.approx((5 - 1) / 6)  # Kerby's difference


@pytest.mark.parametrize("values", [[], [0.1, math.nan], [math.inf]])
def test_what_is_no_pair_is_refused(values):
    with pytest.raises(ValueError, match="finite numbers, one pair at least"):
        statistics.compare(values)


@pytest.mark.parametrize(("pairs", "tests"), [(6, 1), (8, 1), (12, 1), (7, 2), (10, 2), (20, 3)])
def test_a_detectable_difference_is_seen_in_about_80_of_100_comparisons(pairs, tests):
    rng = np.random.default_rng(pairs)
    shift = statistics.detectable(1.0, pairs, tests)
    seen = [tests * statistics.sign_flip(rng.normal(shift, 1.0, pairs)) < 0.05 for _ in range(1_000)]
    assert 0.73 < np.mean(seen) < 0.84


def test_what_is_detectable_follows_from_the_noncentral_t_distribution():
    shift = statistics.detectable(0.02, 15)
    critical = stats.t.ppf(0.975, 14)
    assert stats.nct.sf(critical, 14, shift / 0.02 * math.sqrt(15)) == pytest.approx(0.8, abs=1e-6)


def test_too_few_pairs_or_none_that_differ_detect_nothing():
    assert math.isnan(statistics.detectable(math.nan, 1))
    assert math.isnan(statistics.detectable(0.0, 9))
    assert statistics.detectable(0.01, 5) == statistics.detectable(0.01, 6, tests=2) == math.inf
    assert statistics.compare([0.1, 0.2]).detectable == math.inf


def test_the_pairs_that_are_needed_are_the_fewest_that_suffice():
    for difference, tests in ((2.0, 1), (1.0, 1), (0.8, 3), (0.3, 6)):
        needed = statistics.pairs_to_detect(difference, 1.0, tests)
        assert needed is not None and statistics.detectable(1.0, needed, tests) <= difference
        assert statistics.detectable(1.0, needed - 1, tests) > difference
    assert statistics.pairs_to_detect(0.0001, 1.0) is None
    assert statistics.pairs_to_detect(0.1, math.nan) is None


@pytest.mark.parametrize(
    ("first", "second", "low", "high"),
    # Published: Newcombe 1998, Statistics in Medicine 17, 873-890, table II, method 10.
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)],
)
def test_the_interval_of_two_counts_is_newcombes(first, second, low, high):
    found = statistics.count_difference(
        first[0] / first[1], second[0] / second[1], first[1], second_samples=second[1]
    )
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=5e-5)
    assert found.shown


def test_more_comparisons_make_the_interval_of_counts_wider():
    one, many = (statistics.count_difference(0.3, 0.25, 400, tests) for tests in (1, 10))
    assert many.interval.low < one.interval.low < 0.05 < one.interval.high < many.interval.high
    assert many.detectable > one.detectable > one.interval.high - 0.05


def test_patients_who_are_alike_within_leave_more_open_than_their_samples():
    """Systems that differ on a few patients altogether: many samples, little to go by."""
    samples = [50] * 12
    wrong = np.array(
        [[50, 50, 50, 0, 0, 0, 10, 10, 10, 10, 10, 10], [0, 0, 0, 0, 0, 50, 10, 10, 10, 10, 10, 10]]
    )
    clustered = statistics.patient_difference(wrong[0], wrong[1], samples)
    rates = wrong.sum(axis=1) / 600
    counted = statistics.count_difference(rates[0], rates[1], 600)
    assert clustered.interval.mean == pytest.approx(counted.interval.mean)
    assert counted.shown and not clustered.shown
    assert math.isnan(statistics.patient_difference([1, 2], [2, 2], [9, 9]).interval.low)


def test_patients_of_one_sample_are_samples():
    rng = np.random.default_rng(3)
    first, second = (rng.random(300) < share for share in (0.3, 0.3))
    clustered = statistics.patient_difference(first, second, [1] * 300).interval
    counted = statistics.count_difference(first.mean(), second.mean(), 300).interval
    assert (clustered.low, clustered.high) == pytest.approx((counted.low, counted.high), abs=0.015)


def test_the_published_example_of_several_classifiers_on_14_data_sets():
    found = statistics.compare_systems(VARIANTS, 1 - DEMSAR, ranked=True)
    assert np.round(found.mean_ranks, 3) == pytest.approx([3.143, 2.000, 2.893, 1.964])
    assert found.critical_difference == pytest.approx(1.25, abs=0.005)
    assert found.by_rank[0] == "C4.5+m+cf"
    # The paper's statistic, 9.28, has p = 0.026 by chi-square and 0.020 by F.
    assert 0.005 < found.overall < 0.03
    # Friedman's statistic as printed there, without the correction for ties that SciPy makes.
    statistic = 12 * 14 / (4 * 5) * (np.sum(np.round(found.mean_ranks, 3) ** 2) - 4 * 5**2 / 4)
    assert statistic == pytest.approx(9.28, abs=0.005)
    assert not any(pair.paired.p > pair.paired.corrected for pair in found.pairs)


def test_groups_hold_neighbours_that_are_not_told_apart():
    rng = np.random.default_rng(4)
    base = rng.normal(0.3, 0.05, 12)
    errors = np.stack([base + shift + rng.normal(0, 0.005, 12) for shift in (0.0, 0.001, 0.05)], axis=1)
    found = statistics.compare_systems(["a", "b", "c"], errors)
    assert {frozenset(group) for group in found.groups} == {frozenset("ab"), frozenset("c")}
    assert [pair.paired.tests for pair in found.pairs] == [3, 3, 3]
    assert statistics.compare_systems(["a", "b", "c"], errors, reference="a").groups == ()


def test_mean_ranks_have_intervals_from_five_blocks_on():
    errors = np.random.default_rng(5).normal(size=(9, 3))
    found = statistics.compare_systems(["a", "b", "c"], errors)
    assert np.all((found.rank_low <= found.mean_ranks) & (found.mean_ranks <= found.rank_high))
    assert np.isnan(statistics.compare_systems(["a", "b", "c"], errors[:4]).rank_low).all()


@pytest.mark.parametrize(
    ("names", "errors", "reference", "message"),
    [
        (["a", "b"], [[0.1, 0.2, 0.3]], None, "one column a system"),
        (["a"], [[0.1]], None, "one column a system"),
        (["a", "b"], [[0.1, math.nan]], None, "finite"),
        (["a", "b"], [[0.1, 0.2]], "c", "none of a, b"),
    ],
)
def test_tables_that_are_none_are_refused(names, errors, reference, message):
    with pytest.raises(ValueError, match=message):
        statistics.compare_systems(names, errors, reference)


def test_the_same_values_give_the_same_figures():
    errors = np.random.default_rng(6).normal(0.3, 0.02, (12, 7))
    first, second = (statistics.compare_systems(list("abcdefg"), errors) for _ in range(2))
    assert first.overall == second.overall and first.pairs == second.pairs
