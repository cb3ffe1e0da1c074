"""Estimators of the Bayes error against figures that are known otherwise: by theory, by hand, by integration."""

from __future__ import annotations

import sys
from math import exp, sqrt
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))

from known_mixtures import known_mixtures

from datasets import Samples
from datasets.bayes_error import RECOMMENDED, Estimate, estimators
from datasets.bayes_error._bootstrap import BLOCKS, interval, mean_interval
from datasets.bayes_error._copies import first_ones, note_of_copies

ESTIMATORS = estimators()


def estimate(name: str, samples: Samples, **settings: int) -> Estimate:
    return ESTIMATORS[name].estimate(samples, settings, 1)


def gaussians(n: int, apart: float = 2.0) -> Samples:
    """Two round ones with standard deviation 1: the Bayes error is Phi(-apart / 2)."""
    rng = np.random.default_rng(5)
    y = np.arange(n) % 2
    return Samples(rng.normal(size=(n, 2)) + y[:, None] * np.array([apart, 0.0]), y)


@pytest.fixture(scope="module")
def two() -> Samples:
    return gaussians(10_000)


TRUTH = norm.cdf(-1)


@pytest.mark.parametrize(
    ("name", "within"),
    [(RECOMMENDED, 0.011), ("knn-leave-one-out", 0.011), ("knn-plugin", 0.02), ("tumer-ghosh", 0.02)],
)
def test_estimates_of_two_gaussians_are_near_the_truth(name, within, two):
    found = estimate(name, two)
    assert found.value == pytest.approx(TRUTH, abs=within)
    assert found.high - found.low < 0.03


@pytest.mark.parametrize("name", ["cover-hart", "devroye", "bhattacharyya", "mahalanobis"])
def test_bounds_of_two_gaussians_hold(name, two):
    found = estimate(name, two)
    assert found.lower is None or found.lower <= TRUTH
    assert found.upper >= TRUTH
    assert not found.note


def test_the_midpoint_is_made_of_errors_counted_by_hand():
    samples = gaussians(150)
    distances = ((samples.x[:, None] - samples.x[None]) ** 2).sum(axis=2)
    order = np.argsort(distances, axis=1)

    def error(nearest):
        return float(np.mean((2 * samples.y[nearest].sum(axis=1) > nearest.shape[1]) != samples.y))

    left_out = {k: error(order[:, 1 : k + 1]) for k in (3, 5, 9, 15, 21, 31, 41, 51, 71)}
    k = max(k for k in left_out if left_out[k] == min(left_out.values()))
    closed = error(order[:, :k])
    found = estimate(RECOMMENDED, samples)
    assert (found.chosen, found.lower, found.upper) == ({"k": k}, closed, left_out[k])
    assert found.value == (closed + left_out[k]) / 2
    counting = 1.96 * sqrt(found.value * (1 - found.value) / 150)
    half = sqrt(counting**2 + (left_out[k] - closed) ** 2 / 4)
    assert (found.low, found.high) == pytest.approx((found.value - half, found.value + half))


def test_the_midpoint_says_when_its_two_errors_lie_far_apart():
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(3000, 2))
    stripes = Samples(x, (x[:, 0] * 60).astype(np.int64) % 2)  # hardly wider than the points' distances
    found = estimate(RECOMMENDED, stripes)
    assert "too few for the details" in found.note
    assert found.high - found.low > 0.25
    assert not estimate(RECOMMENDED, gaussians(3000)).note


def test_copies_vote_for_each_other_and_the_note_says_so(two):
    samples = Samples(np.repeat(two.x[:1000], 5, axis=0), np.repeat(two.y[:1000], 5))
    found = estimate(RECOMMENDED, samples)
    assert found.value == 0
    assert "80 % of the samples are copies" in found.note
    assert np.flatnonzero(first_ones(samples)).tolist() == list(range(0, 5000, 5))
    assert not note_of_copies(two)


def test_without_errors_the_interval_follows_the_rule_of_three():
    found = estimate(RECOMMENDED, gaussians(300, apart=50))
    assert (found.value, found.low, found.high) == (0, 0, 0.01)


def test_bounds_follow_their_formulas(two):
    rate = estimate("cover-hart", two).upper
    assert estimate("cover-hart", two).lower == pytest.approx((1 - sqrt(1 - 2 * rate)) / 2)
    groups = [two.x[two.y == label] for label in (0, 1)]
    between = groups[1].mean(axis=0) - groups[0].mean(axis=0)
    pooled = sum(np.cov(group, rowvar=False, ddof=0) for group in groups) / 2
    distance = between @ np.linalg.solve(pooled, between)
    assert estimate("mahalanobis", two).value == pytest.approx(2 * 0.25 / (1 + 0.25 * distance), rel=1e-3)
    overlap = exp(-(2.0**2) / 8)  # of the densities, whose covariances are equal
    found = estimate("bhattacharyya", two)
    assert found.upper == pytest.approx(overlap / 2, abs=0.01)
    assert found.lower == pytest.approx((1 - sqrt(1 - overlap**2)) / 2, abs=0.01)
    found = estimate("devroye", two)
    k = found.chosen["k"]
    excess = 0.3399 * sqrt(k) / (k - 3.25) * (1 + 0.9749 / sqrt(k - 3))
    assert found.lower == pytest.approx(found.upper / (1 + excess))


def test_bounds_of_three_equal_classes_are_two_thirds():
    rng = np.random.default_rng(0)
    same = Samples(rng.normal(size=(3000, 2)), np.arange(3000) % 3)
    for name in ("mahalanobis", "bhattacharyya"):
        assert estimate(name, same).upper == pytest.approx(2 / 3, abs=0.01)
    assert estimate("bhattacharyya", same).lower == pytest.approx(2 / 3, abs=0.03)
    assert estimate("cover-hart", same).upper == pytest.approx(2 / 3, abs=0.03)


def test_gaussian_bounds_warn_of_classes_that_are_not_gaussian():
    rng = np.random.default_rng(0)
    turn = rng.uniform(0, 2 * np.pi, 4000)
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * (4 + rng.normal(size=4000))[:, None]
    inside = rng.normal(size=(4000, 2))
    found = estimate("bhattacharyya", Samples(np.concatenate([inside, ring]), np.repeat([0, 1], 4000)))
    assert "class 1 is not Gaussian" in found.note


def test_the_combiner_says_when_it_left_what_is_possible():
    rng = np.random.default_rng(0)
    noise = Samples(rng.normal(size=(120, 2)), np.arange(120) % 2)  # nothing to be learnt
    found = estimate("tumer-ghosh", noise)
    assert "clipped" in found.note
    with pytest.raises(Exception, match="members must be 2 or more"):
        estimate("tumer-ghosh", noise, members=1)


@pytest.mark.parametrize("n", [500, 20 * BLOCKS + 7])
def test_a_bootstrap_interval_is_that_of_a_mean(n):
    values = np.random.default_rng(0).exponential(size=n)
    low, high = mean_interval(values, 0)
    assert (high - low) == pytest.approx(2 * 1.96 * values.std() / sqrt(n), rel=0.1)
    assert low < values.mean() < high
    assert mean_interval(values, 0) == (low, high) != mean_interval(values, 1)
    doubled = interval(values[:, None], lambda means: 2 * means[:, 0], 0)
    assert doubled == pytest.approx((2 * low, 2 * high))


@pytest.mark.slow
@pytest.mark.parametrize("name", known_mixtures())
def test_the_recommended_interval_holds_the_truth(name):
    """At n = 10,000 in 18 of 20 draws or more, with a root mean square error below 0.6 points."""
    drawing = known_mixtures()[name]
    truth = drawing.bayes_error().value
    assert 0.02 <= truth <= 0.31
    found = [
        estimate(RECOMMENDED, Samples(*drawing.sample(10_000, np.random.default_rng(seed))))
        for seed in range(20)
    ]
    assert sum(each.low <= truth <= each.high for each in found) >= 18
    assert sqrt(np.mean([(each.value - truth) ** 2 for each in found])) < 0.006
