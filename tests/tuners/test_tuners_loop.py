"""The loop and the state of one system, driven by an engine that lives in memory and trains nothing: results."""

from __future__ import annotations

import pytest
from memory_study import Endless, MemoryRunner, searcher, states

from tuners.engine import ScoreJob, TrainJob
from tuners.record import Budget, TrialState
from tuners.summary import as_json, summarize
from tuners.system_run import MOST_REPEATS

# Results and failures ------------------------------------------------------------------------------


def test_the_winner_is_chosen_by_dev_error_the_earlier_of_two_equal_ones(lab):
    runner = MemoryRunner()
    loop = lab.loop({"A": searcher(300, 100, 200, 100 + 1e-9, {"v": 100, "w": 1})}, runner)
    loop.run()
    (system,) = lab.store.systems("s")
    assert (system.searches[0].selected, system.state) == (1, "scored")
    assert [job.config for job in runner.of(ScoreJob)] == [{"v": 100}]
    (score,) = lab.store.scores("s")
    assert (score.trial, score.errors["eval"]) == (1, 0.1)


def test_failures_are_recorded_counted_told_and_do_not_stop_the_search(lab):
    lab.budget = Budget(7, 2)
    search = searcher(*({"v": 0, "n": n, "fail": f"reason {n}"} for n in range(5)), 400, 300)
    lab.loop({"A": search}, MemoryRunner()).run()
    assert states(lab.store) == ["failed"] * 5 + ["complete"] * 2
    trials = lab.store.trials("s")
    assert [trial.reason for trial in trials[:5]] == [f"reason {n}" for n in range(5)]
    assert all(trial.dev_error is None for trial in trials[:5])
    assert [outcome.state for _, outcome in search.told[:5]] == [TrialState.FAILED] * 5
    assert lab.store.systems("s")[0].searches[0].selected == 6
    row = as_json(summarize(lab.store, "s"))["systems"][0]
    assert (row["trials"], row["failed_trials"], row["dev_error"]) == (7, 5, 30.0)


def test_where_every_trial_fails_nothing_is_selected_or_scored(lab):
    runner = MemoryRunner()
    loop = lab.loop({"A": searcher({"v": 1, "fail": "x"}, {"v": 2, "fail": "x"}), "B": searcher(100)}, runner)
    loop.run()
    bad, good = lab.store.systems("s")
    assert (bad.searches[0].selected, bad.state) == (None, "failed")
    assert (good.searches[0].selected, good.state) == (0, "scored")
    assert len(runner.of(ScoreJob)) == 1
    summary = summarize(lab.store, "s")
    assert [system.failed_altogether for system in summary.systems] == [True, False]
    assert as_json(summary)["systems"][0]["dev_error"] is None


@pytest.mark.parametrize(
    ("values", "selected"), [([{"v": 50, "same": 1}, 400], 1), ([{"v": 50, "same": 1}], 0)]
)
def test_a_network_of_one_class_is_marked_and_selected_only_for_want_of_others(lab, values, selected):
    lab.loop({"A": searcher(*values)}, MemoryRunner()).run()
    first = lab.store.trials("s")[0]
    assert first.state == TrialState.DEGENERATE
    assert first.reason == "predicts one class for everything"
    assert first.dev_error == 0.05
    assert lab.store.systems("s")[0].searches[0].selected == selected


def test_a_collapsed_training_is_told_honestly_and_costs_the_epochs_that_it_used(lab):
    lab.budget = Budget(3, 10)
    search = searcher({"v": 500, "collapsed": 3}, 300, {"v": 500, "collapsed": 10}, epochs=10)
    loop = lab.loop({"A": search}, MemoryRunner(), parallel=1)
    loop.run()
    first, _, last = lab.store.trials("s")
    assert (first.state, first.dev_error, first.epochs) == (TrialState.DEGENERATE, 0.5, 3)
    words = "predicts one class for everything since its first epoch"
    assert first.reason == f"{words}; stopped after epoch 3 of 10"
    assert last.reason == words  # nothing was left to stop
    assert [(o.state, o.dev_error, o.epochs) for _, o in search.told] == [
        (TrialState.DEGENERATE, 0.5, 3),
        (TrialState.COMPLETE, 0.3, 10),
        (TrialState.DEGENERATE, 0.5, 10),
    ]
    assert loop.runs[0].ledger.epochs == 3 + 10 + 10
    assert [r.dev_answers for r in lab.store.epochs("s")] == [1] * 3 + [2] * 10 + [1] * 10
    row = as_json(summarize(lab.store, "s"))["systems"][0]
    assert (row["trials"], row["degenerate_trials"], row["failed_trials"]) == (3, 2, 0)


def test_a_collapsed_score_says_so(lab):
    lab.loop({"A": searcher({"v": 500, "collapsed": 1})}, MemoryRunner()).run()
    (score,) = lab.store.scores("s")
    assert score.degenerate and score.reason.endswith("since its first epoch; stopped after epoch 1 of 2")


def test_a_failed_score_names_its_reason_and_costs_no_other_system(lab):
    runner = MemoryRunner()
    loop = lab.loop({"A": searcher({"v": 1, "unscored": 1}), "B": searcher(100)}, runner)
    loop.run()
    bad, good = lab.store.systems("s")
    assert bad.state == "failed" and "the disk is full" in bad.note
    assert good.state == "scored"
    assert [score.system for score in lab.store.scores("s")] == ["B"]


# Repeated configurations and small spaces ------------------------------------------------------------


def test_a_repeated_configuration_is_told_again_and_neither_trained_nor_booked(lab):
    runner = MemoryRunner()
    search = searcher(300, 300, 200, 300)
    loop = lab.loop({"A": search}, runner, parallel=1)
    loop.run()
    assert [job.config["v"] for job in runner.of(TrainJob)] == [300, 200]
    assert [trial.repeat_of for trial in lab.store.trials("s")] == [None, 0, None, 0]
    assert [outcome.dev_error for _, outcome in search.told] == [0.3, 0.3, 0.2, 0.3]
    again = lab.store.trials("s")[1]
    assert "same configuration as trial 0" in again.reason
    assert (again.epochs, again.seconds) == (0, 0.0)
    ledger = loop.runs[0].ledger
    assert (ledger.trials, ledger.epochs, ledger.seconds) == (2, 4, 2.0)
    assert summarize(lab.store, "s").systems[0].trials == 2


def test_a_failure_is_told_again_as_a_failure(lab):
    bad = {"v": 1, "fail": "x"}
    search = searcher(bad, bad, 100)
    lab.loop({"A": search}, MemoryRunner(), parallel=1).run()
    assert [(outcome.state, outcome.dev_error) for _, outcome in search.told[:2]] == [
        (TrialState.FAILED, None)
    ] * 2


def test_a_search_that_only_repeats_itself_ends(lab):
    lab.budget = Budget(50, 2)
    runner = MemoryRunner()
    lab.loop({"A": searcher(300, 200, 100, kind=Endless)}, runner, parallel=1).run()
    assert len(runner.of(TrainJob)) == 3
    assert len(lab.store.trials("s")) == 3 + MOST_REPEATS
    system = lab.store.systems("s")[0]
    assert system.note == "search ended: nothing left to try"
    assert system.searches[0].selected == 2


def test_an_exhausted_space_ends_before_its_budget(lab):
    lab.budget = Budget(50, 2)
    lab.loop({"A": searcher(300, 200, 100)}, MemoryRunner(workers=2)).run()
    assert states(lab.store) == ["complete"] * 3
    assert lab.store.systems("s")[0].note == "search ended: nothing left to try"
