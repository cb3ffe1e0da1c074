"""What is particular to Keras Tuner's algorithms, beside the contract that all searchers keep."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from search_drive import EPOCHS, SEARCHERS, dev_error, drive, good, start, suggestions

from tuners.space import Choice, Int, Parameter, SearchSpace

pytestmark = pytest.mark.slow

ORACLES = ["keras-bayesian", "keras-grid", "keras-hyperband", "keras-random"]


@pytest.mark.parametrize("name", ORACLES)
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_an_oracle_knows_a_result_that_is_no_number_as_a_failed_trial(name, value):
    searcher = start(name)
    drive(searcher, 5, lambda s: replace(good(s), dev_error=value) if s.number in (2, 3) else good(s))
    known = [searcher.oracle.trials[key] for key in searcher.oracle.start_order]
    assert [trial.status for trial in known[2:4]] == ["FAILED", "FAILED"]
    assert all(trial.score is None for trial in known[2:4])
    assert all(math.isfinite(trial.score) for trial in known if trial.status == "COMPLETED")


@pytest.fixture(scope="module")
def bayesian():
    """Eight trials of the Gaussian process, searched once."""
    return drive(start("keras-bayesian"), 8)


def test_bayesian_optimization_learns_from_results(bayesian):
    trials = bayesian
    worse = drive(start("keras-bayesian"), 7, lambda s: replace(good(s), dev_error=1 - dev_error(s.config)))
    assert suggestions(worse)[:5] == suggestions(trials)[:5]
    assert suggestions(worse)[5:7] != suggestions(trials)[5:7]


def test_a_bayesian_replay_does_not_fit_the_process_again(monkeypatch, bayesian):
    from sklearn.gaussian_process import GaussianProcessRegressor

    whole = bayesian
    fits = []
    original = GaussianProcessRegressor.fit
    monkeypatch.setattr(
        GaussianProcessRegressor, "fit", lambda self, *a, **k: (fits.append(1), original(self, *a, **k))[1]
    )
    resumed = start("keras-bayesian")
    resumed.resume(whole[:7])
    assert fits == []
    assert suggestions(drive(resumed, 1, trials=whole[:7])) == suggestions(whole)
    assert len(fits) == 1


def test_hyperband_trains_the_best_on_from_where_they_were():
    trials = drive(start("keras-hyperband"), 40)
    promoted = [trial for trial in trials if trial.parent is not None]
    assert len(promoted) >= 6
    for trial in promoted:
        parent = trials[trial.parent]
        assert parent.number < trial.number
        assert parent.config == trial.config
        assert parent.epochs_planned == trial.first_epoch > 0
    assert all(trial.first_epoch == 0 for trial in trials if trial.parent is None)
    # The first bracket: nine or more trials of one epoch, of which the best go on.
    firsts = [t for t in trials[: promoted[0].number] if t.first_epoch == 0]
    best = min(firsts, key=lambda t: t.dev_error)
    assert promoted[0].parent == best.number
    assert max(trial.epochs_planned for trial in trials) == EPOCHS


def test_grid_search_tries_neighbours_in_order_and_every_point_once():
    space = SearchSpace((Parameter("a", Int(1, 3), 1), Parameter("b", Choice(("x", "y")), "x")))
    trials = drive(start("keras-grid", space=space), 20)
    found = [tuple(trial.config.values()) for trial in trials]
    assert sorted(found) == [(a, b) for a in (1, 2, 3) for b in ("x", "y")]


@pytest.mark.parametrize("name", ["keras-random", "keras-hyperband"])
def test_a_small_space_ends_and_once_it_has_ended_it_stays_so(name):
    space = SearchSpace((Parameter("a", Int(1, 30), 1),))
    for seed in range(1, 6):
        searcher = start(name, seed=seed, space=space)
        outstanding = []
        while (suggestion := searcher.ask()) is not None:
            if SEARCHERS[name].parallel is None:
                outstanding.append(suggestion)
            else:
                searcher.tell(suggestion, good(suggestion))
            assert suggestion.number < 300
        # How often a loop asks while others are at work depends on the clock: it must change nothing.
        assert [searcher.ask() for _ in range(30)] == [None] * 30
        for one in outstanding:
            searcher.tell(one, good(one))
        assert searcher.ask() is None
