"""The loop and the state of one system, driven by an engine that lives in memory and trains nothing."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import pytest
from memory_study import RESULT, Endless, Lab, ListSearcher, MemoryRunner, searcher, states

from tuners.engine import CheckJob, Done, Restarted, ScoreJob, TrainJob
from tuners.loop import CheckFailed, Loop
from tuners.progress import Progress
from tuners.record import HAND, BayesRecord, Budget, EpochRecord, Suggestion, SystemSpec, TrialState
from tuners.seeds import derive, search_seed
from tuners.store import Store
from tuners.summary import as_json, summarize
from tuners.system_run import MOST_REPEATS, SystemRun

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


# Budgets and order -----------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("last_first", [False, True])
def test_the_budget_of_trials_holds_whatever_is_outstanding(lab, workers, last_first):
    runner = MemoryRunner(workers, last_first=last_first)
    lab.loop({"A": searcher(*range(20)), "B": searcher(*range(20))}, runner).run()
    for label in ("A", "B"):
        assert len(lab.store.trials("s", label)) == 5
    assert runner.most_busy <= workers
    assert lab.store.systems("s")[0].note == "search ended: 5 trials"


def test_the_budget_of_seconds_counts_training_and_ends_the_search(lab):
    lab.budget = Budget(None, 2, 10.0)
    loop = lab.loop({"A": searcher(*range(20))}, MemoryRunner(seconds=4.0))
    loop.run()
    assert len(lab.store.trials("s")) == 3  # 4 + 4 < 10 <= 4 + 4 + 4
    assert lab.store.systems("s")[0].note == "search ended: 10 seconds of training"


def test_a_trial_is_told_to_stop_when_the_time_of_its_search_is_spent(lab):
    lab.budget = Budget(None, 2, 10.0)
    runner = MemoryRunner(seconds=9.9)
    loop = lab.loop({"A": searcher(1, 2, 3)}, runner)
    run = loop.runs[0]
    trial = run.next_trial()
    run.start_clock(trial.number)
    record = EpochRecord("A", trial.number, 1, 0.5, 0.5, 0.5, 0.5, 1.0)
    assert run.epoch(trial.number, record)
    run._clocks[trial.number] -= 10.0  # ten seconds of training have gone by
    assert not run.epoch(trial.number, replace(record, epoch=2))
    values = RESULT | {"dev_error": 0.2, "epochs": 1, "seconds": 10.0}
    done = run.complete(trial.number, values)
    assert done.reason == "stopped after epoch 1 of 2: the time of the search was spent"
    assert run.searched == "10 seconds of training"


def test_a_list_by_hand_is_its_own_budget(lab):
    lab.budget = Budget(2, 3, 1.0)
    study = lab.study(["A"])
    spec = SystemSpec("A", "knn", HAND, configs=tuple({"v": v} for v in range(6)), epochs=4)
    run = SystemRun(lab.store, study, spec, searcher(*range(6)), None)
    assert run.ledger.budget == Budget(6, 4, None)


def test_a_list_that_competes_with_tuners_has_their_budget(lab):
    lab.budget = Budget(2, 3, 1.0)
    study = lab.study(["A"])
    spec = SystemSpec("A", "mlp-a1", HAND, configs=tuple({"v": v} for v in range(6)))
    assert SystemRun(lab.store, study, spec, searcher(*range(6)), None).ledger.budget == lab.budget


@pytest.mark.parametrize("workers", [1, 3])
def test_the_budget_of_epochs_holds_to_the_epoch(lab, workers):
    lab.budget = Budget(None, 4, total_epochs=10)
    runner = MemoryRunner(workers)
    lab.loop({"A": searcher(*range(20), epochs=4), "B": searcher(*range(20), epochs=3)}, runner).run()
    for label in ("A", "B"):
        trials = lab.store.trials("s", label)
        assert sum(trial.epochs for trial in trials) == 10
        assert sum(record.system == label for record in lab.store.epochs("s")) == 10
    assert [t.epochs for t in lab.store.trials("s", "A")] == [4, 4, 2]
    assert (
        lab.store.trials("s", "A")[2].reason
        == "stopped after epoch 2 of 4: the epochs of the search were spent"
    )
    assert lab.store.systems("s")[0].note == "search ended: 10 epochs"


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_free_workers_go_to_the_system_that_has_trained_least(lab, workers):
    order: list[str] = []

    class Watch(Progress):
        def trial_done(self, label, trial, done, best):
            order.append(label)

    lab.loop({name: searcher(*range(9)) for name in "ABC"}, MemoryRunner(workers), progress=Watch()).run()
    for end in range(1, len(order) + 1):
        counts = Counter(order[:end])
        assert max(counts.values()) - min(counts.get(name, 0) for name in "ABC") <= 1 + (workers > 1)
    assert Counter(order) == {"A": 5, "B": 5, "C": 5}


@pytest.mark.parametrize("workers", [1, 4])
def test_a_search_that_learns_has_one_trial_under_way_at_a_time(lab, workers):
    # The searcher itself asserts that it is never asked while a suggestion is outstanding.
    lab.loop(
        {"A": searcher(*range(9), limit=1), "B": searcher(*range(9), limit=1)}, MemoryRunner(workers), 1
    ).run()
    assert states(lab.store) == ["complete"] * 10


def test_the_number_of_workers_changes_no_trial_and_no_score(tmp_path):
    found = []
    for workers in (1, 3):
        lab = Lab(Store(str(tmp_path / f"{workers}.sqlite")), repeats=2)
        lab.loop({"A": searcher(*range(9)), "B": searcher(*range(9, 0, -1))}, MemoryRunner(workers)).run()
        trials = [
            (t.system, t.repeat, t.number, t.config, t.seed, t.dev_error) for t in lab.store.trials("s")
        ]
        scores = [(s.system, s.repeat, s.seed, s.trial, s.errors) for s in lab.store.scores("s")]
        found.append((trials, scores))
    assert found[0] == found[1]


# What jobs carry -------------------------------------------------------------------------------------


def test_jobs_get_the_seeds_of_their_purpose_the_same_for_every_system(lab):
    lab.repeats = 3
    runner = MemoryRunner(2)
    lab.loop({"A": searcher(*range(9)), "B": searcher(*range(9))}, runner).run()
    for label in ("A", "B"):
        seeds = [derive(search_seed(3, repeat), "trial", n) for repeat in range(3) for n in range(5)]
        assert [t.seed for t in lab.store.trials("s", label)] == seeds
        scores = [score for score in lab.store.scores("s") if score.system == label]
        assert [score.seed for score in scores] == [derive(3, "repeat", n) for n in range(3)]
    assert Counter(job.seed for job in runner.of(ScoreJob)) == {derive(3, "repeat", n): 2 for n in range(3)}
    assert len({job.files for job in runner.of(ScoreJob)}) == 6


def test_seeds_of_different_purposes_numbers_and_studies_are_unrelated():
    seeds = [derive(s, p, n) for s in (0, 1, 2) for p in ("trial", "repeat", "search") for n in range(50)]
    assert len(set(seeds)) == len(seeds)
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert derive(1, "trial", 3) == derive(1, "trial", 3)


def test_no_tuning_job_can_name_eval_and_scores_come_after_the_selection(lab):
    runner = MemoryRunner(2)
    bayes = {"eval": {"closed-loop-knn": {"k": 1}}}
    lab.loop({"A": searcher(*range(9)), "B": searcher(*range(9))}, runner, bayes=bayes).run()
    assert all("eval" not in str(job) for job in runner.of(TrainJob) + runner.of(CheckJob))
    for position in ("system0", "system1"):
        first = next(
            i for i, job in enumerate(runner.jobs) if isinstance(job, ScoreJob) and position in job.files
        )
        before = [job for job in runner.jobs[:first] if isinstance(job, TrainJob)]
        assert len(before) >= 5
    assert lab.store.bayes("s") == [BayesRecord("s", "eval", "closed-loop-knn", 0.05, 0.0, {"k": 1}, 0.04)]
    assert [(s.regret, s.excess) for s in lab.store.scores("s")] == [
        ({"eval": (0.01, 0.001)}, {"eval": (-0.01, 0.002)})
    ] * 2


def test_a_promotion_starts_from_the_weights_that_its_parent_kept(lab):
    class Promoting(ListSearcher):
        promotes = True

        def _suggest(self, number):
            if number == 2:
                self.out.add(2)
                return Suggestion(2, self.task.configs[0], 6, first_epoch=2, parent=0)
            return super()._suggest(number)

    lab.budget = Budget(3, 6)
    runner = MemoryRunner()
    checkpoints = lab.store.folder / "s" / "checkpoints"
    checkpoints.mkdir(parents=True)
    for name in ("system0-search0-trial0.npz", "system0-search0-trial1.npz", "system0-search1-trial0.npz"):
        (checkpoints / name).touch()
    lab.loop({"A": searcher(100, 200, 300, kind=Promoting)}, runner, parallel=1).run()
    # Nothing trains on from them once the search is over; another search's are its own business.
    assert [path.name for path in checkpoints.iterdir()] == ["system0-search1-trial0.npz"]
    first, _, promoted = runner.of(TrainJob)
    assert promoted.start == first.keep is not None
    assert (promoted.first_epoch, promoted.epochs) == (2, 6)
    assert promoted.config == first.config
    assert lab.store.trials("s")[2].repeat_of is None  # the same settings, but more epochs of them
    assert [record.epoch for record in lab.store.epochs("s") if record.trial == 2] == [3, 4, 5, 6]


def test_reports_reach_a_searcher_that_wants_them_and_its_answer_the_trial(lab):
    class Impatient(ListSearcher):
        wants_reports = True
        heard: list = []

        def report(self, suggestion, epoch, dev_error):
            self.heard.append((suggestion.number, epoch, dev_error))
            return epoch < 2

    search = searcher(100, 200, kind=Impatient)
    runner = MemoryRunner()
    lab.loop({"A": search}, runner).run()
    assert states(lab.store) == ["complete"] * 2  # its last epoch was over: nothing was cut short
    assert search.heard == [(0, 1, 0.1), (0, 2, 0.1), (1, 1, 0.2), (1, 2, 0.2)]
    assert runner.answers == [(1, True), (1, False), (2, True), (2, False)]
    assert all(job.synchronous for job in runner.of(TrainJob))


def test_the_first_look_ends_a_study_before_its_first_trial(lab):
    study = lab.study(["A"])
    spec = SystemSpec("A", "mlp-m1", HAND, configs=({"v": 1, "broken": 1},))
    run = SystemRun(lab.store, study, spec, searcher({"v": 1, "broken": 1}), None)
    runner = MemoryRunner()
    loop = Loop(lab.store, study, [run], runner, Progress(), {})
    with pytest.raises(
        CheckFailed, match=r"A cannot start: no network can be built\. No trial was run"
    ) as caught:
        loop.check()
    assert caught.value.exit_code == 2
    assert lab.store.trials("s") == []


def test_weights_are_kept_for_a_searcher_that_promotes_alone(lab):
    runner = MemoryRunner()
    lab.loop({"A": searcher(1, 2)}, runner, parallel=1).run()
    assert [job.keep for job in runner.of(TrainJob)] == [None, None]


def test_no_result_that_is_no_number_is_booked_as_one(lab):
    class Broken(MemoryRunner):
        def _run(self, ticket, job):
            return [Done(ticket, RESULT | {"dev_error": math.nan, "epochs": 1, "seconds": 1.0})]

    with pytest.raises(AssertionError):
        lab.loop({"A": searcher(1)}, Broken()).run()


def test_what_a_searcher_stops_is_pruned_and_its_epochs_are_booked(lab):
    class Pruning(ListSearcher):
        wants_reports = True

        def report(self, suggestion, epoch, dev_error):
            return suggestion.number == 0 or epoch < 2

    lab.budget = Budget(3, 5)
    search = searcher(300, 100, 200, kind=Pruning, epochs=5)
    lab.loop({"A": search}, MemoryRunner(), parallel=1).run()
    assert states(lab.store) == ["complete", "pruned", "pruned"]
    _, pruned, _ = lab.store.trials("s")
    assert (pruned.epochs, pruned.dev_error) == (2, 0.1)
    assert pruned.reason == "stopped by the tuner after epoch 2 of 5"
    assert [outcome.state for _, outcome in search.told] == states(lab.store)
    (system,) = lab.store.systems("s")
    assert system.searches[0].selected == 0  # the only one that was trained to its end


def test_searches_of_a_system_are_interleaved_and_each_has_its_own_winner(lab):
    lab.repeats = 2
    runner = MemoryRunner()
    lab.loop(
        {"A": searcher(*range(500, 0, -100)), "B": searcher(*range(100, 600, 100))}, runner, parallel=1
    ).run()
    trained = [(job.config["v"], job.seed) for job in runner.of(TrainJob)]
    firsts = [derive(search_seed(3, repeat), "trial", 0) for repeat in (0, 1)]
    assert [seed for _, seed in trained[:4]] == [firsts[0], firsts[0], firsts[1], firsts[1]]
    a, b = lab.store.systems("s")
    assert [search.selected for search in a.searches] == [4, 4]
    assert [search.selected for search in b.searches] == [0, 0]
    assert [(s.system, s.repeat) for s in lab.store.scores("s")] == [("A", 0), ("A", 1), ("B", 0), ("B", 1)]


def test_a_trial_whose_worker_was_lost_is_trained_again_at_no_cost(lab):
    class Losing(MemoryRunner):
        """Loses the worker of its second job after one epoch."""

        def _run(self, ticket, job):
            events = super()._run(ticket, job)
            if ticket != 2:
                return events
            return [events[0], Restarted(ticket, 1, 3.0), *events]

    class Listening(ListSearcher):
        wants_reports = True
        heard: list = []

        def report(self, suggestion, epoch, dev_error):
            self.heard.append((suggestion.number, epoch))
            return True

    lab.budget = Budget(3, 2, total_epochs=6)
    lab.loop({"A": searcher(300, 200, 100, kind=Listening)}, Losing(), parallel=1).run()
    trials = lab.store.trials("s")
    assert [(trial.state, trial.epochs) for trial in trials] == [("complete", 2)] * 3
    assert "its worker was lost after 1 epoch (3.0 s), and it was trained again" in trials[1].reason
    assert [record.epoch for record in lab.store.epochs("s") if record.trial == 1] == [1, 2]
    assert Listening.heard == [(number, epoch) for number in range(3) for epoch in (1, 2)]


def test_a_promotion_of_a_repetition_starts_from_the_weights_of_the_first(lab):
    class Copying(ListSearcher):
        promotes = True
        #: (configuration, epochs, first epoch, parent): 1 repeats 0; 2 and 3 go on from 1 and 0, which is the same.
        plan = ((0, 2, 0, None), (0, 2, 0, None), (0, 4, 2, 1), (0, 4, 2, 0), (1, 2, 0, None), (0, 4, 2, 4))

        def _suggest(self, number):
            if number >= len(self.plan):
                return None
            config, epochs, first, parent = self.plan[number]
            self.out.add(number)
            return Suggestion(number, self.task.configs[config], epochs, first, parent)

    lab.budget = Budget(9, 4)
    runner = MemoryRunner()
    lab.loop({"A": searcher(100, 200, kind=Copying)}, runner, parallel=1).run()
    assert [trial.repeat_of for trial in lab.store.trials("s")] == [None, 0, None, 2, None, None]
    first, promoted, other, copied = runner.of(TrainJob)
    assert promoted.start == first.keep
    assert copied.start == other.keep  # the same settings from other weights are another training
