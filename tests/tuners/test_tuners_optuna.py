"""What is particular to Optuna's algorithms, beside the contract that all searchers keep."""

from __future__ import annotations

from collections import Counter

import optuna
import pytest
from search_drive import EPOCHS, SPACE, drive, failing, good, mixed, start, suggestions

from tuners.record import Outcome, TrialState
from tuners.space import Choice, Condition, Constraint, Float, Int, Parameter, SearchSpace, SpaceError

pytestmark = pytest.mark.slow

NAMES = ["optuna-cmaes", "optuna-gp", "optuna-grid", "optuna-hyperband", "optuna-median", "optuna-tpe"]
State = optuna.trial.TrialState

#: The second number exists in one of two branches, of which the first trials may see one alone.
BRANCHES = SearchSpace(
    (
        Parameter("x", Float(0.0, 1.0), 0.5),
        Parameter("y", Float(0.0, 1.0), 0.5),
        Parameter("deep", Choice((True, False)), True),
        Parameter("z", Float(0.0, 1.0), 0.5, Condition("deep", (True,))),
    )
)


def bowl(suggestion) -> Outcome:
    error = ((suggestion.config["x"] - 0.8) ** 2 + (suggestion.config["y"] - 0.2) ** 2) / 2
    return Outcome(TrialState.COMPLETE, error, suggestion.epochs, 1.0)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "optuna-grid"])
def test_an_algorithm_learns_from_results(name):
    """The last of its trials lie closer to the best point than the first, which were drawn at random."""
    count = 15 if name == "optuna-gp" else 40  # a Gaussian process needs few, and takes its time for each
    trials = [drive(start(name, seed=seed, space=BRANCHES), count, bowl) for seed in (1, 2, 3)]
    first, last = (
        sum(bowl(trial.suggestion).dev_error for search in trials for trial in search[part])
        for part in (slice(0, 5), slice(-5, None))
    )
    assert last < first / 2


def test_the_trials_of_the_study_say_what_became_of_each():
    searcher = start("optuna-tpe")
    trials = drive(searcher, 5, mixed)
    known = searcher.study.trials
    assert [trial.state for trial in known] == [
        State.COMPLETE,
        State.FAIL,
        State.COMPLETE,
        State.PRUNED,
        State.COMPLETE,
    ]
    assert [trial.value for trial in known] == [trial.dev_error for trial in trials]
    assert known[3].intermediate_values == {1: trials[3].dev_error}
    assert [trial.params for trial in known] == [trial.config for trial in trials]


@pytest.mark.parametrize("name", ["optuna-hyperband", "optuna-median"])
def test_a_pruner_stops_what_is_worse(name):
    searcher = start(name)
    drive(searcher, 12)
    poor, fine = searcher.ask(), searcher.ask()
    assert not all(searcher.report(poor, epoch, 0.999) for epoch in range(1, EPOCHS))
    assert all(searcher.report(fine, epoch, 0.0) for epoch in range(1, EPOCHS + 1))


def test_a_trial_is_never_stopped_after_its_last_epoch():
    searcher = start("optuna-hyperband")
    drive(searcher, 12)
    suggestion = searcher.ask()
    assert all(searcher.report(suggestion, epoch, 0.0) for epoch in range(1, EPOCHS))
    assert searcher.report(suggestion, EPOCHS, 0.999)


def test_the_median_pruner_leaves_the_first_trials_and_the_first_epochs_alone():
    searcher = start("optuna-median")
    trials = drive(searcher, 40)
    pruned = [trial for trial in trials if trial.state == TrialState.PRUNED]
    assert pruned and min(trial.number for trial in pruned) >= 5
    assert min(trial.epochs for trial in pruned) == 2  # a quarter of nine epochs


def test_the_hyperband_pruner_has_brackets_that_stop_after_one_epoch_and_after_three():
    reports: dict = {}
    searcher = start("optuna-hyperband")
    trials = drive(searcher, 60, reports=reports)
    lengths = Counter(trial.epochs for trial in trials if trial.state == TrialState.PRUNED)
    assert set(lengths) == {1, 3}
    assert sum(trial.state == TrialState.COMPLETE for trial in trials) > 5
    resumed = start("optuna-hyperband")
    resumed.resume(trials[:50], reports)
    assert suggestions(drive(resumed, 10, trials=trials[:50])) == suggestions(trials)


# Spaces ------------------------------------------------------------------------------------------------


def test_cmaes_keeps_to_the_numbers_that_every_configuration_has():
    # In nine of ten trials there is a third number, so that a whole generation may share it by chance.
    letters = tuple("abcdefghij")
    mostly = SearchSpace(
        (
            *BRANCHES.parameters[:2],
            Parameter("branch", Choice(letters), "a"),
            Parameter("z", Float(0.0, 1.0), 0.5, Condition("branch", letters[1:])),
        )
    )
    for seed in (1, 2, 3, 4):
        searcher = start("optuna-cmaes", seed=seed, space=mostly)
        drive(searcher, 40, bowl)
        later = searcher.study.trials[1:]
        assert all("cma:generation" in trial.system_attrs for trial in later)
        assert max(trial.system_attrs["cma:generation"] for trial in later) >= 3
        assert len({trial.params["branch"] for trial in later}) > 5


def test_cmaes_refuses_a_space_without_numbers_that_every_configuration_has():
    space = SearchSpace(
        (Parameter("a", Choice((1, 2)), 1), Parameter("b", Int(1, 9), 1, Condition("a", (1,))))
    )
    with pytest.raises(SpaceError, match="is a category or has a condition"):
        start("optuna-cmaes", space=space)


def test_steps_that_do_not_reach_the_upper_bound_are_searched_without_a_warning(recwarn):
    space = SearchSpace((Parameter("a", Int(1, 10, step=4), 1), Parameter("b", Int(1, 3, step=5), 1)))
    for name in NAMES:
        trials = drive(start(name, space=space), 6)
        assert {trial.config["a"] for trial in trials} <= {1, 5, 9}
        assert {trial.config["b"] for trial in trials} == {1}
    assert not [warning for warning in recwarn if "optuna" in str(warning.filename)]


# Constraints -------------------------------------------------------------------------------------------


def corner(config) -> str | None:
    return "in the corner" if config["x"] + config["y"] > 0.1 else None


#: One in two hundred draws can be built.
TIGHT = SearchSpace(
    (Parameter("x", Float(0.0, 1.0), 0.0), Parameter("y", Float(0.0, 1.0), 0.0)),
    (Constraint("corner", "x and y are 0.1 at most together", corner),),
)


@pytest.mark.parametrize("name", ["optuna-gp", "optuna-tpe"])
def test_a_point_that_was_drawn_in_place_of_impossible_ones_is_known_to_the_study(name):
    searcher = start(name, space=TIGHT)
    trials = drive(searcher, 7)
    assert [TIGHT.problem(trial.config) for trial in trials] == [None] * 7
    known = searcher.study.trials
    assert len(known) > 7  # refused draws have numbers of their own there
    complete = [trial for trial in known if trial.state == State.COMPLETE]
    assert [trial.params for trial in complete] == [trial.config for trial in trials]
    assert [trial.value for trial in complete] == [trial.dev_error for trial in trials]
    assert {trial.state for trial in known} == {State.COMPLETE, State.FAIL}


# Gaussian process --------------------------------------------------------------------------------------


def test_a_gaussian_replay_does_not_fit_the_process_again(monkeypatch):
    whole = drive(start("optuna-gp"), 8)
    fits = []
    original = optuna.samplers.GPSampler._sample_relative_impl
    monkeypatch.setattr(
        optuna.samplers.GPSampler,
        "_sample_relative_impl",
        lambda self, *a: (fits.append(1), original(self, *a))[1],
    )
    resumed = start("optuna-gp")
    resumed.resume(whole[:7])
    assert fits == []
    assert suggestions(drive(resumed, 1, trials=whole[:7])) == suggestions(whole)
    assert len(fits) == 1


# Grid --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", [good, failing])
def test_a_grid_has_every_point_once_in_an_order_of_its_seed(outcome):
    space = SearchSpace(
        (
            Parameter("a", Int(1, 3), 1),
            Parameter("b", Choice((True, False)), True),
            Parameter("c", Choice(("p", "q")), "p", Condition("b", (True,))),
        ),
        (Constraint("no", "not 2 and True", lambda c: "no" if c["a"] == 2 and c["b"] else None),),
    )
    orders = []
    for seed in (1, 2):
        searcher = start("optuna-grid", seed=seed, space=space)
        trials = drive(searcher, 20, outcome)
        assert [trial.repeat_of for trial in trials] == [None] * 7
        assert [searcher.ask() for _ in range(5)] == [None] * 5
        orders.append([tuple(trial.config.values()) for trial in trials])
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    assert len(drive(start("optuna-grid", space=space, guard=False), 20)) == 9


def test_all_points_of_a_grid_may_be_outstanding_at_once():
    searcher = start("optuna-grid", space=SearchSpace((Parameter("a", Int(1, 10), 1),)))
    asked = []
    while (suggestion := searcher.ask()) is not None:
        asked.append(suggestion)
    assert sorted(one.config["a"] for one in asked) == list(range(1, 11))
    for one in reversed(asked):
        searcher.tell(one, good(one))
    assert searcher.ask() is None


def test_a_grid_none_of_whose_points_can_be_built_is_refused():
    def between(config) -> str | None:
        return None if 0.51 < config["x"] < 0.55 else "between the points"

    space = SearchSpace((Parameter("x", Float(0.0, 1.0), 0.5),), (Constraint("x", "between", between),))
    with pytest.raises(SpaceError, match="no point of the grid of optuna-grid"):
        start("optuna-grid", space=space)


def test_the_contract_space_has_as_many_points_as_its_branches_make():
    # Eight widths, ten rates, two biases; ten dropouts from two layers on, two shapes at three.
    assert len(start("optuna-grid").grid.points) == 8 * 10 * 2 * (1 + 10 + 10 * 2)
    assert SPACE.resolve(start("optuna-grid").grid.points[-1])
