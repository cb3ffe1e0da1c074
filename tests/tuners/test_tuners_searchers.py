"""What every search algorithm must do, whatever library it is made of: one contract for all plug-ins."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from search_drive import (
    CONFIGS,
    EPOCHS,
    SEARCHERS,
    SPACE,
    dev_error,
    drive,
    good,
    mixed,
    recorded,
    start,
    suggestions,
)

from datasets.plugins import scan
from tuners.record import Outcome, TrialRecord, TrialState
from tuners.searcher import ResumeError, Task
from tuners.space import Choice, Int, Parameter, SearchSpace, SpaceError, config_key
from tuners.tunable import HYPERMODELS, Tunable

pytestmark = pytest.mark.slow

#: Their suggestions are the same whatever the seed.
SEEDLESS = {"hand", "keras-grid"}


@pytest.fixture(scope="module")
def searched():
    """The first eight trials of every algorithm for one seed, searched once."""
    found: dict[str, list[TrialRecord]] = {}

    def get(name: str) -> list[TrialRecord]:
        if name not in found:
            found[name] = drive(start(name), 8)
        return found[name]

    return get


@pytest.mark.parametrize("name", SEARCHERS)
def test_suggestions_are_numbered_from_0_and_lie_in_the_space(name, searched):
    trials = searched(name)
    assert [trial.number for trial in trials] == list(range(8))
    for trial in trials:
        assert SPACE.resolve(trial.config) == trial.config
        assert {k: type(v) for k, v in trial.config.items()} == {
            k: type(SPACE[k].default) for k in trial.config
        }
        assert 0 <= trial.first_epoch < trial.epochs_planned <= EPOCHS
    assert len({config_key(t.config, t.epochs_planned, t.first_epoch) for t in trials}) > 4


@pytest.mark.parametrize("name", SEARCHERS)
def test_the_same_seed_asks_for_the_same(name, searched):
    assert suggestions(drive(start(name), 8)) == suggestions(searched(name))


@pytest.mark.parametrize("name", SEARCHERS)
def test_another_seed_asks_for_something_else(name, searched):
    other = suggestions(drive(start(name, seed=6), 8))
    assert (other == suggestions(searched(name))) == (name in SEEDLESS)


@pytest.mark.parametrize("name", SEARCHERS)
def test_seed_0_is_a_seed_too(name):
    assert suggestions(drive(start(name, seed=0), 3)) == suggestions(drive(start(name, seed=0), 3))


@pytest.mark.parametrize("name", SEARCHERS)
def test_neither_failures_nor_one_class_stop_a_search(name):
    failed = Outcome(TrialState.FAILED, None, 0, 1.0, "out of memory")
    trials = drive(start(name), 8, lambda suggestion: failed)
    assert [trial.number for trial in trials] == list(range(8))


@pytest.mark.parametrize("name", SEARCHERS)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_never_reaches_an_algorithm(name, value, searched):
    searcher = start(name)
    odd = {2, 3}

    def outcome(suggestion):
        return replace(good(suggestion), dev_error=value) if suggestion.number in odd else good(suggestion)

    def failing(suggestion):
        failed = Outcome(TrialState.FAILED, None, 0, 1.0, "x")
        return failed if suggestion.number in odd else good(suggestion)

    count = 5 if name == "keras-bayesian" else 8
    trials = drive(searcher, count, outcome)
    assert suggestions(trials) == suggestions(drive(start(name), count, failing))
    oracle = getattr(searcher, "oracle", None)
    if oracle is not None:
        known = [oracle.trials[key] for key in oracle.start_order]
        assert [t.status for t in known[2:4]] == ["FAILED", "FAILED"]
        assert all(t.score is None for t in known[2:4])
        assert all(math.isfinite(t.score) for t in known if t.status == "COMPLETED")


@pytest.fixture(scope="module")
def troubled():
    """Eight trials of every algorithm of which some failed."""
    found: dict[str, list[TrialRecord]] = {}

    def get(name: str) -> list[TrialRecord]:
        if name not in found:
            found[name] = drive(start(name), 8, mixed)
        return found[name]

    return get


@pytest.mark.parametrize("name", SEARCHERS)
@pytest.mark.parametrize("cut", [1, 7])
def test_a_resumed_search_goes_on_as_one_that_was_never_interrupted(name, cut, troubled):
    whole = troubled(name)
    assert [trial.number for trial in whole] == list(range(8))
    resumed = start(name)
    resumed.resume(whole[:cut])
    rest = drive(resumed, len(whole) - cut, mixed, list(whole[:cut]))
    assert suggestions(rest) == suggestions(whole)


@pytest.mark.parametrize("name", SEARCHERS)
def test_a_trial_that_was_cut_off_is_asked_for_again_and_can_be_told(name, searched):
    whole = searched(name)
    cut = [*whole[:4], replace(whole[4], state=TrialState.RUNNING, told=None, dev_error=None, epochs=0)]
    resumed = start(name)
    resumed.resume(cut)
    assert resumed.asked == 5
    resumed.tell(whole[4].suggestion, whole[4].outcome)
    assert suggestions(drive(resumed, 3, trials=list(whole[:5]))) == suggestions(whole)


@pytest.mark.parametrize("name", ["keras-random", "hand"])
def test_tells_in_another_order_are_replayed_in_that_order(name):
    searcher = start(name)
    asked = [searcher.ask() for _ in range(3)]
    for one in reversed(asked):
        searcher.tell(one, good(one))
    trials = [recorded(one, good(one), i, 5 - i) for i, one in enumerate(asked)]
    resumed = start(name)
    resumed.resume(trials)
    assert suggestions(drive(resumed, 3, trials=trials[:])) == suggestions(
        drive(searcher, 3, trials=trials[:])
    )


@pytest.mark.parametrize("name", sorted(SEARCHERS))
def test_a_record_that_cannot_be_replayed_is_refused(name):
    trials = drive(start(name), 3)
    other = next(config for config in CONFIGS if config != trials[1].config)
    trials[1] = replace(trials[1], config=other)
    with pytest.raises(ResumeError, match="trial 1 cannot be replayed") as caught:
        start(name).resume(trials)
    assert caught.value.exit_code == 3


def test_bayesian_optimization_learns_from_results(searched):
    trials = searched("keras-bayesian")
    worse = drive(start("keras-bayesian"), 7, lambda s: replace(good(s), dev_error=1 - dev_error(s.config)))
    assert suggestions(worse)[:5] == suggestions(trials)[:5]
    assert suggestions(worse)[5:7] != suggestions(trials)[5:7]


def test_a_bayesian_replay_does_not_fit_the_process_again(monkeypatch, searched):
    from sklearn.gaussian_process import GaussianProcessRegressor

    whole = searched("keras-bayesian")
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


@pytest.mark.parametrize("name", [name for name in SEARCHERS if name != "hand"])
def test_an_algorithm_without_a_space_is_refused(name):
    start(name)
    with pytest.raises(SpaceError, match=f"{name} needs a search space"):
        SEARCHERS[name].start(Task(None, 1, EPOCHS, CONFIGS))


@pytest.mark.parametrize("name", [name for name in SEARCHERS if name != "hand"])
@pytest.mark.parametrize("model", list(scan(HYPERMODELS, Tunable)))
def test_every_space_of_the_project_can_be_searched_by_every_algorithm(name, model):
    space = scan(HYPERMODELS, Tunable)[model].space
    # The Gaussian process, which answers from the sixth on, takes seconds in a space of this size.
    for trial in drive(start(name, space=space), 5 if name == "keras-bayesian" and model != "mlp-a1" else 6):
        assert space.resolve(trial.config) == trial.config
