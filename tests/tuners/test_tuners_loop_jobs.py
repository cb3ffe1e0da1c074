"""What the jobs of the loop carry, and what its searchers hear of them; nothing is trained."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from memory_study import RESULT, ListSearcher, MemoryRunner, searcher, states

from tuners.engine import CheckJob, Done, Restarted, ScoreJob, TrainJob
from tuners.loop import CheckFailed, Loop
from tuners.progress import Progress
from tuners.record import HAND, BayesRecord, Budget, Suggestion, SystemSpec
from tuners.seeds import derive, search_seed
from tuners.system_run import SystemRun


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
