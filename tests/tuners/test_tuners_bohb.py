"""BOHB: its densities, its brackets, and HpBandSter in an environment of its own as the reference."""

from __future__ import annotations

import importlib.util
import math
import sys
from collections import Counter
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from search_drive import SPACE, drive, good, start

from datasets.plugins import all_plugins_required
from tuners.bohb import halvings, rung_epochs
from tuners.bohb_model import MIN_BANDWIDTH, Density, fit
from tuners.environments import environment
from tuners.isolated_process import process_of
from tuners.record import Outcome, TrialState
from tuners.space import Choice, Float, Int, Parameter, SearchSpace

NUMBERS = SearchSpace((Parameter("x", Float(0.0, 1.0), 0.5), Parameter("y", Float(0.0, 1.0), 0.5)))


@pytest.fixture(scope="module")
def reference():
    """The process of HpBandSter."""
    reason = environment("hpbandster").missing()
    if reason and all_plugins_required():
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    return process_of("hpbandster")


@pytest.fixture(scope="module")
def benchmark(repo_root: Path):
    path = repo_root / "benchmarks" / "bohb_reference.py"
    spec = importlib.util.spec_from_file_location("bohb_reference", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


# Densities ------------------------------------------------------------------------------------------


def test_a_density_of_numbers_and_options_adds_up_to_one():
    rng = np.random.default_rng(1)
    data = np.column_stack([0.4 + 0.05 * rng.normal(size=30), rng.integers(3, size=30)])
    grid = np.linspace(-1, 2, 3001)
    density = Density(data, [0, 3])
    total = sum(density(np.column_stack([grid, np.full(3001, option)])).sum() for option in range(3))
    assert total * (grid[1] - grid[0]) == pytest.approx(1, abs=1e-6)


def test_one_kernel_by_hand():
    density = Density(np.array([[0.5, 1.0], [0.5, 1.0]]), [0, 4])
    assert density.bandwidths == pytest.approx([MIN_BANDWIDTH, MIN_BANDWIDTH])
    peak = 1 / (MIN_BANDWIDTH * math.sqrt(2 * math.pi))
    here, other = density(np.array([[0.5, 1.0], [0.5, 2.0]]))
    assert here == pytest.approx(peak * (1 - MIN_BANDWIDTH))
    assert other == pytest.approx(peak * MIN_BANDWIDTH / 3)


def test_a_bandwidth_of_options_ends_where_all_are_alike():
    density = Density(np.array([[0.0], [9.0], [0.0], [9.0]]), [10])
    assert density.bandwidths == pytest.approx([0.9])
    assert density(np.array([[0.0], [5.0]])) == pytest.approx([0.1, 0.1])


@pytest.mark.slow
def test_densities_are_those_of_the_reference(reference):
    rng = np.random.default_rng(3)
    data = np.column_stack([rng.random(25), rng.random(25) ** 3, np.arange(25) % 3 == 0])
    points = np.column_stack([rng.random(40), rng.random(40), rng.integers(2, size=40)])
    settings = {"data": data.tolist(), "points": points.tolist(), "kinds": "ccu", "narrowest": MIN_BANDWIDTH}
    handle = reference.call("start", algorithm="densities", seed=1, space=[], settings=settings)["handle"]
    answer = reference.call("ask", handle=handle)["values"]
    ours = Density(data, [0, 0, 2])
    assert ours.bandwidths == pytest.approx(answer["bandwidths"], rel=1e-12)
    assert ours(points) == pytest.approx(answer["densities"], rel=1e-9)


def test_too_few_results_make_no_model():
    rng = np.random.default_rng(0)
    points, errors = rng.random((5, 2)), list(rng.random(5))
    assert fit(points[:4], errors[:4], [0, 0], rng) is None
    assert fit(points, errors, [0, 0], rng) is not None


def test_failed_configurations_are_not_good_and_inactive_values_are_filled_in():
    rng = np.random.default_rng(0)
    points = rng.random((20, 2))
    points[:10, 1] = np.nan
    errors = [math.inf if number % 2 else number / 20 for number in range(20)]
    model = fit(points, errors, [0, 0], rng)
    assert model is not None
    assert set(model.good.data[:, 0]) == set(points[[0, 2, 4], 0])
    assert np.isfinite(model.good.data).all() and np.isfinite(model.other.data).all()
    candidates = model.candidates(rng)
    assert ((candidates >= 0) & (candidates <= 1)).all()


def test_candidates_lie_where_good_ones_are():
    rng = np.random.default_rng(0)
    points = rng.random((200, 1))
    model = fit(points, list(abs(points[:, 0] - 0.7)), [0], rng)
    assert model is not None
    assert np.mean(np.abs(model.candidates(rng)[:10, 0] - 0.7) < 0.15) > 0.9


# Brackets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("epochs", "expected"), [(1, [1]), (2, [2]), (10, [1, 3, 10]), (27, [1, 3, 9, 27])])
def test_rungs_end_with_all_epochs(epochs, expected):
    assert [rung_epochs(epochs, halved) for halved in range(halvings(epochs), -1, -1)] == expected


def test_the_best_third_of_a_rung_goes_on_from_its_weights():
    trials = drive(start("bohb", space=NUMBERS), 22)
    # 9 trials of 1 epoch, 3 of 3, 1 of 9; then 5 of 3, 1 of 9; then 3 of 9.
    lengths = [(trial.first_epoch, trial.epochs_planned) for trial in trials]
    assert lengths == [(0, 1)] * 9 + [(1, 3)] * 3 + [(3, 9)] + [(0, 3)] * 5 + [(3, 9)] + [(0, 9)] * 3
    best = sorted(trials[:9], key=lambda trial: trial.dev_error)[:3]
    assert [trial.parent for trial in trials[9:12]] == [trial.number for trial in best]
    assert [trial.config for trial in trials[9:12]] == [trial.config for trial in best]


def test_a_failed_trial_is_never_trained_on():
    def outcome(suggestion):
        if suggestion.number < 8:
            return Outcome(TrialState.FAILED, None, 0, 1.0, "out of memory")
        return good(suggestion)

    trials = drive(start("bohb", space=NUMBERS), 11, outcome)
    assert [trial.parent for trial in trials] == [None] * 9 + [8, 9]


def test_no_configuration_is_started_twice_and_a_small_space_ends():
    space = SearchSpace((Parameter("a", Int(1, 4), 1), Parameter("b", Choice(("x", "y", "z")), "x")))
    searcher = start("bohb", space=space)
    trials = drive(searcher, 100)
    fresh = Counter(repr(trial.config) for trial in trials if trial.parent is None)
    assert len(trials) < 100 and set(fresh.values()) == {1} and len(fresh) == 12
    assert searcher.ask() is None


def test_it_learns_where_good_configurations_are():
    def outcome(suggestion):
        x, y = suggestion.config["x"], suggestion.config["y"]
        return Outcome(TrialState.COMPLETE, (abs(x - 0.2) + abs(y - 0.9)) / 2, suggestion.epochs, 1.0)

    trials = drive(start("bohb", space=NUMBERS), 110, outcome)
    fresh = [trial.dev_error for trial in trials if trial.parent is None]
    assert median(fresh[-30:]) < 0.6 * median(fresh[:9])


def test_options_and_conditions_come_through_the_model():
    trials = drive(start("bohb"), 110)
    assert all(SPACE.resolve(trial.config) == trial.config for trial in trials)
    assert {trial.config.get("shape") for trial in trials} == {None, "cone", "box"}
    assert {trial.config["bias"] for trial in trials} == {True, False}


@pytest.mark.slow
def test_ours_finds_what_the_reference_finds(reference, benchmark):
    ones = next(problem for problem in benchmark.PROBLEMS if problem.name.startswith("counting ones"))
    # Many seeds of ours make up for few of the reference, which takes 20 times as long.
    ours, theirs = benchmark.compare(ones, trials=120, seeds=20, of_reference=5)
    # That ours is worse must not be beyond doubt. Measured: 0.29, and over other blocks of seeds 0.08 and more.
    # Drawing all configurations at random gives 0.0004.
    assert mannwhitneyu(ours, theirs, alternative="greater").pvalue > 0.01
