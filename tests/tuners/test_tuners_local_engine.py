"""Worker processes of this machine: what a study loses with one that is killed, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import psutil
import pytest

from datasets.errors import UsageError
from tuners.engines.local import ENVIRONMENT, LocalEngine
from tuners.record import StudyState, TrialState
from tuners.store import Store


def test_an_address_is_refused_before_anything_starts(tmp_path):
    with pytest.raises(
        UsageError, match=r"--address names a cluster.* leave 'head:6379' out, or add --engine ray"
    ):
        LocalEngine().start(1, str(tmp_path / "log"), "head:6379")


def test_every_worker_computes_with_one_thread():
    """Results must not depend on how many workers share the cores, and workers must not crowd them."""
    threads = {name: value for name, value in ENVIRONMENT.items() if "THREADS" in name}
    assert set(threads.values()) == {"1"} and {"OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"} <= set(threads)


def workers_of(pid: int) -> list[psutil.Process]:
    return [p for p in psutil.Process(pid).children() if "spawn_main" in " ".join(p.cmdline())]


def training(address: str) -> bool:
    """Whether a trial has finished an epoch and is still at it."""
    store = Store(address, readonly=True)
    at_it = {(t.system, t.number) for t in store.trials("s") if t.state == TrialState.RUNNING}
    return any((e.system, e.trial) in at_it for e in store.epochs("s"))


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_its_trial_and_no_other(repo_root, environment, many_points, tmp_path):
    address = str(tmp_path / "s.sqlite")
    process = subprocess.Popen(
        [
            sys.executable,
            "tuners/run.py",
            "--dataset",
            str(many_points),
            "--baselines",
            "mlp-m1",
            "euclidean",
            "lda",
            "--workers",
            "1",
            "--study",
            "s",
            "--json",
            "--store",
            address,
        ],
        cwd=repo_root,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        end = time.monotonic() + 240
        while not training(address):
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.02)
        (worker,) = workers_of(process.pid)
        worker.kill()
        out, err = process.communicate(timeout=240)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 4, err  # MLP-M1 has one configuration, and nobody else takes its place
    assert "every trial of MLP-M1 failed" in err
    assert sum(system["failed_trials"] for system in json.loads(out)["systems"]) == 1
    store = Store(address, readonly=True)
    assert store.study("s").state == StudyState.FINISHED
    trials = store.trials("s")
    (lost,) = [trial for trial in trials if trial.state == TrialState.FAILED]
    assert lost.reason == "its process was killed, most likely because the machine ran out of memory"
    assert lost.seconds > 0 and lost.epochs >= 1  # what it had trained is on the bill
    others = {trial.state for trial in trials if trial is not lost}
    assert others <= {TrialState.COMPLETE, TrialState.DEGENERATE}
    for system in {trial.system for trial in trials}:
        numbers = [trial.number for trial in trials if trial.system == system]
        assert numbers == list(range(len(numbers)))
