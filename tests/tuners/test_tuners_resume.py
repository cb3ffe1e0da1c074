"""Studies that are killed, and taken up again with nothing lost.

Those that are asked to end, by Ctrl-C or SIGTERM: test_tuners_second_dev.py and test_tuners_jobs.py.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time

import psutil
import pytest

from tuners.record import StudyState, TrialState
from tuners.store import Store

pytestmark = pytest.mark.slow

TUNERS = ("keras-random", "keras-bayesian", "keras-hyperband", "keras-grid")
BUDGET = 6
SYSTEMS = ("RNF", "MLP-M2", *(f"MLP-A1 ({tuner})" for tuner in TUNERS))
#: Trials of the systems by hand.
BY_HAND = 7
#: Trials that have ended when the study is killed: every search is past its first ones.
LEAST = BY_HAND + 3 * len(TUNERS)
SEARCH = (
    *("--baselines", "rnf", "mlp-m2", "--tuner", *TUNERS),
    *("--max-trials", str(BUDGET), "--max-epochs", "3", "--seed", "4"),
)


def begin(repo_root, environment, *words) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "tuners/run.py", *words],
        cwd=repo_root,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end(process: subprocess.Popen[str]) -> None:
    """Whatever a failed test left behind."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def finished(store: Store) -> dict:
    return {(t.system, t.number): t for t in store.trials("s") if t.state != TrialState.RUNNING}


def begun(process: subprocess.Popen[str], address: str, trials: int = 0) -> bool:
    """Whether the study that runs is in its store, with that many finished trials."""
    assert process.poll() is None, process.communicate()[1]
    store = Store(address, readonly=True)
    return bool(store.studies()) and len(finished(store)) >= trials


def wait_for(what, limit=240.0):
    until = time.monotonic() + limit
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("nothing of the sort happened in time")


def trials_of(address, system):
    return [
        (t.number, t.state, dict(t.config), t.seed, t.epochs_planned, t.first_epoch, t.parent, t.dev_error)
        for t in Store(address, readonly=True).trials("s", system)
    ]


@pytest.fixture(scope="module")
def whole(own_data, inside, quick, tmp_path_factory) -> str:
    """The store of a study that nobody disturbed, run by one worker."""
    address = str(tmp_path_factory.mktemp("whole") / "s.sqlite")
    words = ("--dataset", str(own_data), *SEARCH, "--workers", "1", "--store", address, "--study", "s")
    done = inside(*words, "--json", **quick)
    assert done.returncode == 0, done.stderr
    return address


@pytest.fixture(scope="module")
def killed(own_data, repo_root, environment, inside, quick, tmp_path_factory):
    """The same study by two workers, killed in the middle, and resumed by this process: address, trials kept, the last
    command."""
    address = str(tmp_path_factory.mktemp("killed") / "s.sqlite")
    words = ["--dataset", str(own_data), *SEARCH, "--workers", "2", "--store", address, "--study", "s"]
    process = begin(repo_root, environment(**quick), *words)
    try:
        wait_for(lambda: begun(process, address, LEAST))
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()  # the main process alone, as the kernel would
        process.communicate(timeout=120)  # until the workers, which share its pipes, have seen it
        _, alive = psutil.wait_procs(workers, timeout=60)
    finally:
        end(process)
    kept = finished(Store(address, readonly=True))
    assert len(kept) < BY_HAND + len(TUNERS) * BUDGET, "the study ended before it was killed"
    Store(address).update_study("s", heartbeat=time.time() + 60)  # however slow the machine is now
    early = inside("--resume", "s", "--store", address, **quick)
    with sqlite3.connect(address) as connection:  # as if the time of silence were over
        connection.execute("update studies set heartbeat = heartbeat - 1000")
    state = Store(address, readonly=True).study("s").state
    # By one worker: each one more would import the libraries once more.
    done = inside("--resume", "s", "--store", address, "--workers", "1", "--json", **quick)
    return address, kept, early, state, done, alive


def test_the_workers_of_a_killed_study_end_by_themselves(killed):
    assert killed[5] == []


def test_a_study_that_was_just_killed_still_counts_as_running(killed):
    early = killed[2]
    assert early.returncode == 2
    assert "is being run by another process right now" in early.stderr
    assert "Traceback" not in early.stderr
    assert killed[3] == StudyState.INTERRUPTED  # after the silence


def test_no_finished_trial_is_lost_repeated_or_changed(killed):
    address, kept, _, _, done, _ = killed
    assert done.returncode == 0, done.stderr
    assert len(kept) >= LEAST
    after = finished(Store(address, readonly=True))
    assert {key: after[key] for key in kept} == kept


@pytest.mark.parametrize("tuner", TUNERS)
def test_a_resumed_search_has_exactly_its_budget(killed, tuner):
    store = Store(killed[0], readonly=True)
    trials = store.trials("s", f"MLP-A1 ({tuner})")
    assert [trial.number for trial in trials] == list(range(len(trials)))
    assert sum(trial.repeat_of is None for trial in trials) == BUDGET
    assert all(trial.state in (TrialState.COMPLETE, TrialState.DEGENERATE) for trial in trials)
    for trial in trials:
        curve = [e.epoch for e in store.epochs("s", trial.system) if e.trial == trial.number]
        assert curve == list(range(trial.first_epoch + 1, trial.first_epoch + trial.epochs + 1))
    assert [score.repeat for score in store.scores("s") if score.system == trials[0].system] == [0]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_resumed_search_is_the_one_that_nobody_disturbed(killed, whole, system):
    """Configurations, seeds and dev errors, trial by trial: one seed is one study, whoever computes it and how often."""
    assert trials_of(killed[0], system) == trials_of(whole, system) != []


def test_scores_are_those_of_the_study_that_nobody_disturbed(killed, whole):
    one, two = (
        [(s.system, s.seed, s.trial, dict(s.errors)) for s in Store(address, readonly=True).scores("s")]
        for address in (killed[0], whole)
    )
    assert one == two
    assert [system for system, *_ in one] == sorted(SYSTEMS)


def test_a_finished_study_has_nothing_left_to_run(whole, inside, quick):
    before = finished(Store(whole, readonly=True))
    done = inside("--resume", "s", "--store", whole, "--json", **quick)
    assert done.returncode == 0
    assert "nothing is left to run" in done.stderr
    assert '"state": "finished"' in done.stdout
    assert finished(Store(whole, readonly=True)) == before
