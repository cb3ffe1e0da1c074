"""Trials on a Ray cluster of three nodes on this machine: the same results, and every trial accounted for."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

import datasets
from datasets import cache
from datasets.errors import UsageError
from tuners import ray_join, ray_task, scoring_jobs, tuning_jobs
from tuners.engine import DataFolder, Done, EpochDone, Failed, Restarted, ScoreJob, Started, Trained, TrainJob
from tuners.engines.ray_cluster import RayEngine
from tuners.record import TrialState
from tuners.store import Store

ray = pytest.importorskip("ray")

MLP = {"learning_rate": 1e-2, "batch_size": 64, "patience": 20}
ENDLESS = {"learner": "mlp-m1", "config": MLP | {"patience": 10**6}, "seed": 1, "epochs": 10**6}
TASK = "ray::run_job"
NODE = {"num_cpus": 1, "object_store_memory": 2**27}
WATCH = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500}
#: A driver's workers begin with its tasks, and none for a node that gets no task: each imports the libraries anew.
LATE = {"prestart_worker_first_driver": False, "enable_worker_prestart": False}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """The node of the drivers, which computes nothing, and two of one CPU each.

    The head asks every half a second whether a node is there: one that was killed is lost after five refusals. How long
    a slow one may take for its answer is left as it is.
    """
    from ray.cluster_utils import Cluster

    head = NODE | {"num_cpus": 0, "include_dashboard": False, "_system_config": WATCH | LATE}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    for _ in range(2):
        cluster.add_node(**NODE)
    yield cluster
    cluster.shutdown()


@pytest.fixture
def runner(cluster, tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    runner = RayEngine().start(None, str(tmp_path / "workers.log"), cluster.address)
    assert signal.getsignal(signal.SIGTERM) is before
    yield runner
    runner.close()
    wait_for(lambda: not tasks_of())  # what was under way is stopped; the cluster stays for the next test


@pytest.fixture(scope="module")
def folder(own_data, tmp_path_factory) -> DataFolder:
    path = cache.write(datasets.load(str(own_data)), tmp_path_factory.mktemp("cache"))
    return DataFolder(str(path), 2)


def tasks_of(pid: int | None = None) -> list[psutil.Process]:
    """Processes of this machine that run a trial now, below a process where one is named."""
    family = (
        psutil.Process(pid).children(recursive=True) if pid else psutil.Process().children(recursive=True)
    )
    found = []
    for process in family:
        try:
            if process.name().startswith(TASK[:15]):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def until(runner, kind, limit=240.0):
    """All events up to the first of a kind."""
    events, end = [], time.monotonic() + limit
    while time.monotonic() < end:
        for event in runner.wait(0.2):
            events.append(event)
            if isinstance(event, kind):
                return events
    raise AssertionError(f"no {kind} within {limit} seconds: {events}")


def kill(processes: list[psutil.Process]) -> None:
    assert processes, "nothing is running"
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, 10)


@pytest.mark.slow
def test_a_job_has_the_results_and_files_that_it_has_here(runner, folder, tmp_path, monkeypatch):
    assert runner.free == 2  # as many as the cluster has CPUs
    kept, stem = tmp_path / "far" / "kept.npz", tmp_path / "far" / "stem"
    drawn = kept.with_name("trial.surface.npz")
    first = TrainJob(folder, "mlp-m1", MLP, 77, 3, keep=str(kept), record=(0, str(drawn)))
    second = TrainJob(folder, "mlp-m1", MLP, 77, 5, first_epoch=3, start=str(kept), synchronous=True)
    score = ScoreJob(folder, "mlp-m1", MLP, 77, 3, str(stem), record=True)

    done = until(runner, Done) if runner.submit(first) else []
    assert [type(event) for event in done] == [Started, EpochDone, EpochDone, EpochDone, Trained, Done]
    ticket = runner.submit(second)
    events = until(runner, EpochDone)
    assert runner.wait(0.3) == []  # it waits for the answer
    runner.answer(ticket, True)
    events += until(runner, EpochDone)
    runner.answer(ticket, True)
    promoted = until(runner, Done)[-1]
    # A node that cannot read the driver's folder: a path that means something in this process only.
    monkeypatch.chdir(Path(folder.path).parent)
    away = replace(folder, path=Path(folder.path).name)
    runner.submit(replace(score, data=away))
    scored = until(runner, Done)[-1]

    class Pipe:
        def send(self, event): ...
        def recv(self):
            return True

        def poll(self):
            return False

    here = tmp_path / "here"
    expected = tuning_jobs.train(
        Pipe(), 1, replace(first, keep=str(here / "kept.npz"), record=(0, str(here / drawn.name)))
    )
    assert {key: done[-1].values[key] for key in expected} == expected
    again = tuning_jobs.train(Pipe(), 1, replace(second, start=str(here / "kept.npz")))
    assert {key: promoted.values[key] for key in again} == again
    values = scoring_jobs.score(replace(score, files=str(here / "stem")))
    assert {key: scored.values[key] for key in values} == values
    assert sorted(path.name for path in here.iterdir()) == sorted(path.name for path in kept.parent.iterdir())
    for path in here.iterdir():
        with np.load(path) as one, np.load(kept.parent / path.name) as two:
            assert one.files == two.files
            assert all(np.array_equal(one[name], two[name]) for name in one.files)


@pytest.mark.slow
def test_a_trial_whose_worker_is_killed_is_given_out_again_once(runner, folder, tmp_path, capfd):
    ticket = runner.submit(TrainJob(folder, **ENDLESS))
    until(runner, EpochDone)
    kill(tasks_of())
    *_, again = until(runner, Restarted)
    assert again.ticket == ticket and again.epochs >= 1 and again.seconds > 0
    events = until(runner, EpochDone)
    assert [type(event) for event in events] == [Started, EpochDone]
    assert events[-1].report.epoch == 1  # from its beginning
    kill(tasks_of())
    *_, failed = until(runner, Failed)
    assert failed.ticket == ticket and failed.state == TrialState.FAILED
    assert failed.reason == "lost: its worker process died, 2 times"
    assert runner.free == runner.workers
    assert "worker died" in (tmp_path / "workers.log").read_text()
    assert capfd.readouterr().out == ""  # standard output belongs to the command


@pytest.mark.slow
def test_a_trial_whose_node_is_lost_is_given_out_again(cluster, runner, folder):
    ticket = runner.submit(TrainJob(folder, **ENDLESS))
    until(runner, EpochDone)
    (task,) = tasks_of()
    kill([task.parent()])  # the node's own process
    *_, again = until(runner, Restarted)
    assert again.ticket == ticket
    until(runner, EpochDone)  # on the node that is left
    runner.answer(ticket, False)
    assert isinstance(until(runner, Done)[-1], Done)  # given out again, it ends as any other
    cluster.add_node(**NODE)


def wait_for(what, limit=240.0):
    end = time.monotonic() + limit
    while not what():
        assert time.monotonic() < end, "nothing of the sort happened in time"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_study_whose_worker_is_killed_ends_with_every_trial_accounted_for(
    cluster, repo_root, environment, many_points, tmp_path
):
    address = str(tmp_path / "s.sqlite")
    words = [
        "--dataset",
        str(many_points),
        "--baselines",
        "mlp-m1",
        "mlp-m2",
        "--study",
        "s",
        "--json",
    ]
    words += ["--engine", "ray", "--address", cluster.address, "--store", address]
    process = subprocess.Popen(
        [sys.executable, "tuners/run.py", *words],
        cwd=repo_root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        wait_for(lambda: process.poll() is not None or (training(address) and tasks_of()))
        assert process.poll() is None, "the study ended before a worker could be killed"
        kill(tasks_of()[:1])
        out, err = process.communicate(timeout=240)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0, err
    assert json.loads(out)["systems"]
    store = Store(address, readonly=True)
    trials = store.trials("s")
    assert {trial.state for trial in trials} <= {TrialState.COMPLETE, TrialState.DEGENERATE}
    assert "worker died" in (tmp_path / "s" / "workers.log").read_text()
    assert {score.system for score in store.scores("s")} == {trial.system for trial in trials}
    assert list((tmp_path / "s").rglob("*.npz"))  # files come back from the nodes
    for trial in trials:
        curve = [e.epoch for e in store.epochs("s", trial.system) if e.trial == trial.number]
        assert curve == list(range(1, len(curve) + 1)) and curve


def training(address: str) -> bool:
    """Whether a network has trained an epoch and is still at it."""
    store = Store(address, readonly=True)
    at_it = {(t.system, t.number) for t in store.trials("s") if t.state == TrialState.RUNNING}
    return any((e.system, e.trial) in at_it for e in store.epochs("s"))


@pytest.mark.slow
def test_a_cluster_that_does_not_answer_is_named_in_time(tmp_path, monkeypatch):
    monkeypatch.setattr(ray_join, "PATIENCE", 3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(
            UsageError, match=f"no Ray cluster answered at '{address}' within 3 seconds. Start"
        ):
            RayEngine().start(1, str(tmp_path / "log"), address)


def test_an_address_where_nothing_listens_is_named_at_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    address = f"127.0.0.1:{free}"
    with pytest.raises(UsageError, match=rf"nothing answers at '{address}' \(Connection refused\)\. Start"):
        RayEngine().start(1, str(tmp_path / "log"), address)


@pytest.mark.parametrize("address", ["ray://head:10001", "http://head"])
def test_an_address_of_another_sort_is_refused(address, tmp_path):
    with pytest.raises(UsageError, match="HOST:PORT of a Ray cluster, or auto, and"):
        RayEngine().start(1, str(tmp_path / "log"), address)


def test_the_message_of_a_failed_probe_is_the_one_of_its_exception():
    stderr = "a warning\nTraceback (most recent call last):\n  File x\n    y\nRuntimeError: Version mismatch:\n  2 and 3\n"
    assert ray_join.reason(stderr) == "Version mismatch: 2 and 3"


@pytest.mark.parametrize(
    ("setting", "gpus", "workers", "share"),
    [
        ("", 0, 4, 0.0),
        ("", 4, 4, 1.0),
        ("", 8, 4, 1.0),
        ("", 2, 4, 0.5),
        ("", 1, 3, 0.3333),
        ("", 1, 64, 0.25),
        ("0", 2, 4, 0.0),
        ("0.1", 1, 4, 0.1),
        ("2", 4, 4, 2.0),
    ],
)
def test_workers_share_the_gpus_of_a_cluster(setting, gpus, workers, share, monkeypatch):
    monkeypatch.setenv(ray_join.GPUS, setting)
    assert ray_join.gpu_share(gpus, workers) == share


@pytest.mark.parametrize("setting", ["-1", "1.5", "nan", "half", "3"])
def test_a_share_that_cannot_be_is_refused(setting, monkeypatch):
    monkeypatch.setenv(ray_join.GPUS, setting)
    with pytest.raises(UsageError, match=f"{ray_join.GPUS} (is a share|asks for)"):
        ray_join.gpu_share(2, 4)


def test_data_that_a_node_lacks_are_copied_once_and_checked_by_their_description(folder, tmp_path):
    source = Path(folder.path)
    meta = (source / cache.META).read_bytes()
    calls = []

    def fetch():
        calls.append(1)
        return ray_task.read_files(source)

    assert ray_task.local_folder(source, meta, fetch, tmp_path) == source
    for _ in range(2):
        copy = ray_task.local_folder(Path("nowhere"), meta, fetch, tmp_path / "root")
    other = ray_task.local_folder(source, meta + b" ", fetch, tmp_path / "root")  # the same place, other data
    assert len(calls) == 2 and other not in (source, copy)
    assert [path.name for path in copy.iterdir()] and cache.stored_hash(copy) == cache.stored_hash(source)
    assert len(list((tmp_path / "root").iterdir())) == 2  # nothing half made is left
