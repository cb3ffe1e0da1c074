"""Worker processes: what a job answers, why it failed in plain words, and what a killed worker costs."""

from __future__ import annotations

import os
import signal
import time

import numpy as np
import pytest

import datasets
from datasets import cache
from datasets.types import TuningSplit, joined
from manual.learner import Diverged, EpochReport, ImpossibleArchitecture, Plan
from tuners import scoring_jobs, tuning_jobs
from tuners.engine import (
    BayesJob,
    CheckJob,
    DataFolder,
    Done,
    EpochDone,
    Failed,
    FinalJob,
    ScoreJob,
    Started,
    TrainJob,
)
from tuners.engines.local import LocalRunner
from tuners.record import TrialState
from tuners.tunable import find_learner

MLP = {"learning_rate": 1e-2, "batch_size": 64, "patience": 20}
KERAS = {
    "layers": 1,
    "units_1": 16,
    "activation_1": "relu",
    "optimizer": "adam",
    "learning_rate": 1e-2,
    "batch_size": 64,
}


class OutOfMemoryError(RuntimeError):
    """As torch.cuda names it."""


class ResourceExhaustedError(Exception):
    """As tensorflow names it."""


MEMORY = "out of memory: the network or its batches are too large for this machine"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Diverged("the dev loss became\n nan in epoch 2"), "the dev loss became nan in epoch 2"),
        (ImpossibleArchitecture("no network"), "no network"),
        (MemoryError(), MEMORY),
        (OutOfMemoryError("CUDA"), MEMORY),
        (ResourceExhaustedError("OOM when allocating"), MEMORY),
        (RuntimeError("DefaultCPUAllocator: out of memory: you tried"), MEMORY),
        (KeyError("units"), "KeyError: 'units'"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_a_failure_has_a_reason_in_words_for_a_table(error, text):
    assert tuning_jobs.reason(error) == text


def test_a_long_reason_is_cut():
    assert len(tuning_jobs.reason(ValueError("x" * 5000))) < 320


class Pipe:
    """The end of a pipe that a job writes to."""

    def __init__(self) -> None:
        self.sent: list = []

    def send(self, event) -> None:
        self.sent.append(event)

    def poll(self) -> bool:
        return False


@pytest.fixture(scope="module")
def folder(own_data, tmp_path_factory) -> DataFolder:
    path = cache.write(datasets.load(str(own_data)), tmp_path_factory.mktemp("cache"))
    return DataFolder(str(path), 2)


@pytest.mark.slow
@pytest.mark.parametrize(("learner", "config"), [("mlp-a1", KERAS), ("mlp-m1", MLP), ("knn", {"k": 5})])
def test_a_trial_and_a_score_with_one_seed_are_the_same_training(folder, learner, config, tmp_path):
    pipe = Pipe()
    keep = str(tmp_path / "kept.npz")
    trial = tuning_jobs.train(pipe, 1, TrainJob(folder, learner, config, 77, 4, keep=keep))
    score = scoring_jobs.score(ScoreJob(folder, learner, config, 77, 4, str(tmp_path / "stem")))
    assert score["errors"]["dev"] == trial["dev_error"]
    assert score["best_epoch"] == trial["best_epoch"]
    assert [event.report for event in pipe.sent] == [EpochReport(**point) for point in score["curve"]]
    errors = [1 - row[i] / sum(row) for i, row in enumerate(score["confusion"]["dev"])]
    assert trial["class_errors"] == errors
    sizes = {name: sum(map(sum, table)) for name, table in score["confusion"].items()}
    assert sizes == {"train": 400, "dev": 200, "eval": 200}
    with np.load(tmp_path / score["surface"]) as surface:
        assert surface["probabilities"].shape == (scoring_jobs.GRID, scoring_jobs.GRID, 2)
        assert surface["classes"].shape == (scoring_jobs.GRID, scoring_jobs.GRID)
    if learner != "knn":
        with np.load(keep) as one, np.load(tmp_path / score["weights"]) as two:
            assert one.files == two.files
            assert all(np.array_equal(one[name], two[name]) for name in one.files)


@pytest.mark.slow
def test_a_tuning_job_does_without_eval(folder, own_data, tmp_path):
    path = cache.write(datasets.load(str(own_data)), tmp_path)
    for part in ("x", "y"):
        (path / f"eval_{part}.npy").unlink()
    alone = DataFolder(str(path), 2)
    job = {"learner": "mlp-m1", "config": MLP, "seed": 3, "epochs": 2}
    assert tuning_jobs.check(CheckJob(alone, "mlp-m1", MLP)) == {}
    trained = tuning_jobs.train(Pipe(), 1, TrainJob(alone, **job))
    assert trained == tuning_jobs.train(Pipe(), 1, TrainJob(folder, **job))
    with pytest.raises(datasets.DataError, match="eval"):
        scoring_jobs.score(ScoreJob(alone, files=str(tmp_path / "x"), **job))


BY_HAND = {
    "epochs": 3,
    "batch_size": 16,
    "loss": "cross-entropy",
    "optimizer": "sgd",
    "learning_rate": 0.05,
    "weight_decay": 0.0,
    "momentum": 0.9,
}


@pytest.mark.slow
def test_a_final_training_learns_from_train_and_dev_and_a_diverged_one_counts_as_the_most_frequent_class(
    folder, own_data
):
    data = datasets.load(str(own_data)).split
    held_out, both = data.eval, joined(data.train, data.dev)
    fitted = find_learner("knn").train(
        {"k": 5}, TuningSplit(both, data.dev), 2, Plan(1, 3), lambda report: True
    )
    result = scoring_jobs.final(Pipe(), FinalJob(folder, "knn", {"k": 5}, 3, 1))
    assert result["eval_error"] == np.mean(fitted.predict(held_out.x) != held_out.y)
    assert result["failure"] == ""
    first = scoring_jobs.final(Pipe(), FinalJob(folder, "by-hand-mlp", BY_HAND, 3, 20))
    again = scoring_jobs.final(Pipe(), FinalJob(folder, "by-hand-mlp", BY_HAND, 3, 20))
    assert first == again and first["epochs"] == 3 and first["eval_error"] < 0.3
    wild = BY_HAND | {"learning_rate": 10.0, "momentum": 0.99, "weight_decay": 0.01, "epochs": 20}
    lost = scoring_jobs.final(Pipe(), FinalJob(folder, "by-hand-mlp", wild, 3, 20))
    assert "diverged" in lost["failure"]
    assert lost["eval_error"] == np.mean(held_out.y != np.bincount(both.y).argmax())


def collect(runner, ticket, limit=90.0):
    """All events of a job until it ends."""
    events, end = [], time.monotonic() + limit
    while time.monotonic() < end:
        for event in runner.wait(0.2):
            events.append(event)
            if event.ticket == ticket and isinstance(event, Done | Failed):
                return events
    raise AssertionError(f"job {ticket} did not end within {limit} seconds: {events}")


@pytest.fixture
def runner(tmp_path):
    runner = LocalRunner(1, str(tmp_path / "workers.log"))
    yield runner
    processes = [item.process for item in runner._workers]
    runner.close()
    assert not any(process.is_alive() for process in processes)


@pytest.mark.slow
def test_workers_survive_failing_jobs_and_are_replaced_when_they_die(runner, folder, tmp_path):
    knn = TrainJob(folder, "knn", {"k": 5}, 1, 1)
    *_, unknown = collect(runner, runner.submit(TrainJob(folder, "nobody", {}, 1, 1)))
    assert isinstance(unknown, Failed) and unknown.state == TrialState.FAILED
    assert "there is no baseline called 'nobody'" in unknown.reason
    *_, missing = collect(runner, runner.submit(TrainJob(DataFolder("nowhere", 2), "knn", {"k": 5}, 1, 1)))
    assert isinstance(missing, Failed) and "nowhere" in missing.reason
    log = (tmp_path / "workers.log").read_text()
    assert "Traceback" in log  # for whoever looks for a defect
    events = collect(runner, runner.submit(knn))
    assert [type(event) for event in events] == [Started, EpochDone, Done]
    first = runner._workers[0].process.pid

    # Killed in the middle of a training, as the kernel does when memory runs out.
    ticket = runner.submit(TrainJob(folder, "mlp-m1", MLP | {"patience": 10**6}, 1, 10**6))
    while not any(isinstance(event, EpochDone) for event in runner.wait(0.5)):
        pass
    assert runner.free == 0
    os.kill(first, signal.SIGKILL)
    failed = collect(runner, ticket)[-1]
    assert failed.reason == "its process was killed, most likely because the machine ran out of memory"
    assert failed.state == TrialState.FAILED and failed.seconds > 0
    assert runner.free == 1
    assert isinstance(collect(runner, runner.submit(knn))[-1], Done)
    second = runner._workers[0].process.pid
    assert second != first

    # Killed while it had nothing to do: the next job does not notice.
    os.kill(second, signal.SIGKILL)
    runner._workers[0].process.join(240)
    assert isinstance(collect(runner, runner.submit(knn))[-1], Done)

    # Told to stop after an epoch.
    ticket = runner.submit(TrainJob(folder, "mlp-m1", MLP | {"patience": 10**6}, 1, 10**6))
    while not any(isinstance(event, EpochDone) for event in runner.wait(0.5)):
        pass
    runner.answer(ticket, False)
    done = collect(runner, ticket)[-1]
    assert isinstance(done, Done) and 1 <= done.values["epochs"] < 10**6

    # An answer that comes too late does no harm.
    runner.answer(ticket, False)
    bayes = collect(runner, runner.submit(BayesJob(folder, "dev", {}, 1)))[-1]
    assert bayes.ticket > ticket

    # Cancelled and killed for its silence, just as it said its last word: it gets no other job.
    slow = runner._workers[0]
    ticket = runner.submit(BayesJob(folder, "dev", {}, 1))
    while not any(isinstance(event, Started) for event in runner.wait(0.5)):
        pass
    assert slow.pipe.poll(90)
    slow.cancelled = time.monotonic() - 60
    (last,) = runner.wait(0)
    assert isinstance(last, Done) and runner.free == 1 and slow not in runner._workers


@pytest.mark.slow
def test_a_worker_ends_by_itself_when_the_other_side_is_gone(runner):
    process = runner._workers[0].process
    runner._workers[0].pipe.close()
    process.join(240)
    assert process.exitcode == 0


@pytest.mark.slow
def test_an_answer_that_comes_after_its_job_has_ended_harms_no_later_job(runner, folder):
    job = TrainJob(folder, "knn", {"k": 3}, seed=1, epochs=1)
    for _ in range(3):
        ticket = runner.submit(job)
        time.sleep(1.0)  # the job ends, and nobody has looked yet
        runner.answer(ticket, go_on=False)
        assert isinstance(collect(runner, ticket)[-1], Done)
