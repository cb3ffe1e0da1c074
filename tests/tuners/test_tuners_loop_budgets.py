"""Budgets of the loop, and the order in which it gives systems its workers; nothing is trained."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from memory_study import RESULT, Lab, MemoryRunner, searcher, states

from tuners.progress import Progress
from tuners.record import HAND, Budget, EpochRecord, SystemSpec
from tuners.store import Store
from tuners.system_run import SystemRun


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
