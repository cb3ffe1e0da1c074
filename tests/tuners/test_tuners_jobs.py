"""The queue of jobs, the one server of a store, and real searches that it runs, ends and recovers."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from contest_steps import amid
from insight_records import add_searched_study
from sqlalchemy import delete, insert, update

from datasets.errors import UsageError
from tuners import schema
from tuners.jobs import process, seat
from tuners.jobs.queue import Queue, new_token
from tuners.jobs.record import Job, JobState
from tuners.jobs.server import OPEN_JOBS, ending, is_of, outcome
from tuners.record import StudyState
from tuners.store import Store

WORDS = ("--dataset", "10", "--tuner", "keras-random", "--max-trials", "3")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(str(tmp_path / "runs" / "s.sqlite"))
    yield store
    store.close()


def named(queue: Queue, study: str) -> Job:
    return next(job for job in queue.jobs() if job.study == study)


# The queue -------------------------------------------------------------------------------------


def test_jobs_wait_in_order_and_are_listed_newest_first(store: Store) -> None:
    queue = Queue(store)
    for study in ("a", "b", "c"):
        assert queue.add(new_token(), study, WORDS)
    assert [job.study for job in queue.jobs()] == ["c", "b", "a"]
    assert [job.study for job in queue.waiting()] == ["a", "b", "c"]
    assert named(queue, "a").arguments == WORDS
    assert named(queue, "a").state == JobState.QUEUED


def test_a_token_asks_once_however_many_ask_at_once(store: Store) -> None:
    token = new_token()

    def ask(number: int) -> bool:
        return Queue(store).add(token, "a", WORDS)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    assert answers.count(True) == 1
    assert len(Queue(store).jobs()) == 1


def test_a_name_waits_or_runs_once(store: Store) -> None:
    queue = Queue(store)
    queue.add(new_token(), "a", WORDS)
    with pytest.raises(UsageError, match="'a' waits or runs already"):
        queue.add(new_token(), "a", WORDS)


def test_a_name_is_given_once_however_many_ask_at_once(store: Store) -> None:
    with amid(store, "FROM jobs", lambda other: Queue(other.store).add(new_token(), "a", WORDS)):
        Queue(store).add(new_token(), "a", WORDS)
    assert len(Queue(store).jobs()) == 1


def test_a_waiting_job_is_cancelled_at_once_and_may_go_to_the_end_of_the_queue(store: Store) -> None:
    queue = Queue(store)
    for study in ("a", "b"):
        queue.add(new_token(), study, WORDS)
    token = named(queue, "a").token
    queue.cancel(token)
    assert named(queue, "a").state == JobState.CANCELLED
    assert named(queue, "a").resumable
    assert not queue.begin(token)
    queue.again(token)
    queue.again(token)
    assert [job.study for job in queue.waiting()] == ["b", "a"]
    assert named(queue, "a").finished is None


def test_a_running_job_is_asked_to_end_and_writes_how_it_did(store: Store) -> None:
    queue = Queue(store)
    queue.add(new_token(), "a", WORDS)
    token = named(queue, "a").token
    assert queue.begin(token)
    assert not queue.begin(token)
    queue.cancel(token)
    assert named(queue, "a").state == JobState.RUNNING
    assert named(queue, "a").cancel
    assert not queue.put_back(token), "however its server ends"
    queue.end(token, JobState.CANCELLED, 130, "Cancelled.")
    job = named(queue, "a")
    assert (job.state, job.exit_code, job.message) == (JobState.CANCELLED, 130, "Cancelled.")
    queue.again(token)
    assert not named(queue, "a").cancel


@pytest.mark.parametrize(("code", "resumable"), [(2, False), (3, True), (4, False), (-9, True)])
def test_only_what_may_end_otherwise_goes_on(store: Store, code: int, resumable: bool) -> None:
    queue = Queue(store)
    queue.add(new_token(), "a", WORDS)
    token = named(queue, "a").token
    queue.begin(token)
    queue.end(token, JobState.FAILED, code, "why")
    assert named(queue, "a").resumable == resumable
    if resumable:
        queue.again(token)
        assert named(queue, "a").state == JobState.QUEUED
    else:
        with pytest.raises(UsageError, match=f"exit code {code}"):
            queue.again(token)


def test_a_store_without_a_queue_has_no_jobs(store: Store) -> None:
    schema.jobs.drop(store.engine)
    schema.job_servers.drop(store.engine)
    assert Queue(Store(store.address, readonly=True)).jobs() == []
    assert seat.holder(store) is None
    Queue(Store(store.address)).add(new_token(), "a", WORDS)
    assert len(Queue(store).jobs()) == 1


# What may be asked for ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ("--store", WORDS),
        ("-x", WORDS),
        ("../a", WORDS),
        ("a b", WORDS),
        ("a;ls", WORDS),
        ("", WORDS),
        ("é", WORDS),
        ("a" * 121, WORDS),
        ("a", ("--dataset", "10", "--store", "/etc/x")),
        ("a", ("--dataset", "10", "--store=/etc/x")),
        ("a", ("--dataset", "10", "--study", "other")),
        ("a", ("--resume", "other")),
        ("a", ("--dataset", "-rf")),
        ("a", ("--configs", "/etc/passwd")),
        ("a", ("10", "--tuner", "keras-random")),
        ("a", ("--dataset", "a\0b")),
        ("a", ("--dataset", "")),
    ],
)
def test_nothing_but_a_search_may_be_asked_for(store: Store, study: str, words: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        Queue(store).add(new_token(), study, words)
    assert Queue(store).jobs() == []


def test_a_job_goes_on_with_its_study_once_it_has_one() -> None:
    job = Job("t", 1, "a", WORDS, JobState.QUEUED, "2025-01-01T00:00:00Z")
    begun = Job("t", 1, "a", WORDS, JobState.QUEUED, "2025-01-01T00:00:00Z", started=1.0)
    only = Job("t", 1, "a", (), JobState.QUEUED, "2025-01-01T00:00:00Z")
    assert process.study_arguments(job, exists=False) == [*WORDS, "--study", "a"]
    assert process.study_arguments(job, exists=True)[0] != "--resume", "that study is somebody else's"
    assert process.study_arguments(begun, exists=True) == ["--resume", "a"]
    assert process.study_arguments(begun, exists=False) == [*WORDS, "--study", "a"]
    assert process.study_arguments(only, exists=True) == ["--resume", "a"]


def test_a_study_that_somebody_else_began_under_the_name_of_a_job_is_not_the_jobs(store: Store) -> None:
    add_searched_study(store, trials=1, repeats=1)
    study = store.studies()[0]
    job = Job("t", 1, study.name, ("--dataset", "10"), JobState.QUEUED, study.created, started=1.0)
    assert is_of(job, study)
    assert is_of(replace(job, arguments=()), study), "it was asked to go on with whatever has that name"
    assert not is_of(replace(job, arguments=("--dataset", "11")), study)


# The seat of the server --------------------------------------------------------------------------


def test_a_seat_is_taken_once_and_left(store: Store) -> None:
    assert seat.take(store) == (True, None)
    taken, holder = seat.take(store)
    assert not taken
    assert holder is not None and holder.alive
    assert seat.beat(store)
    Queue(store).add(new_token(), "a", WORDS)
    assert not seat.leave(store, unless=OPEN_JOBS), "a job would wait for nobody"
    assert seat.leave(store)
    assert seat.holder(store) is None


def test_a_server_keeps_its_seat_when_its_machine_is_renamed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat.take(store)
    monkeypatch.setattr(seat.socket, "gethostname", lambda: "laptop.another-network")
    assert seat.beat(store)


def test_a_dead_server_on_this_machine_is_replaced_at_once(store: Store) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    while not _zombie(ended.pid):  # ended, and nobody has asked how: that is dead as well
        time.sleep(0.02)
    _sit(store, seat.this_host(), ended.pid, time.time())
    taken, before = seat.take(store)
    assert taken and before is not None and before.pid == ended.pid
    ended.wait()


def test_a_server_elsewhere_is_replaced_after_its_silence(store: Store) -> None:
    _sit(store, "elsewhere", 1, time.time())
    assert not seat.take(store)[0]
    with store.engine.begin() as connection:
        connection.execute(update(schema.job_servers).values(heartbeat=time.time() - seat.SILENCE - 1))
    assert seat.take(store)[0]
    _sit(store, "elsewhere", 1, time.time())
    assert not seat.beat(store), "it learns that another one serves"


def _sit(store: Store, host: str, pid: int, heartbeat: float) -> None:
    with store.engine.begin() as connection:
        connection.execute(schema.job_servers.delete())
        connection.execute(
            insert(schema.job_servers).values(place=1, host=host, pid=pid, heartbeat=heartbeat)
        )


def _zombie(pid: int) -> bool:
    return not seat.runs(pid)


# How a job ended ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "cancelled", "state", "said"),
    [
        (0, False, JobState.DONE, ""),
        (0, True, JobState.DONE, ""),
        (2, False, JobState.FAILED, "the rule"),
        (3, True, JobState.FAILED, "the rule"),
        (4, False, JobState.FAILED, "the rule"),
        (130, True, JobState.CANCELLED, "Cancelled"),
        (-signal.SIGTERM, True, JobState.CANCELLED, "Cancelled"),
        (-signal.SIGKILL, True, JobState.CANCELLED, "Cancelled"),
        (130, False, JobState.CANCELLED, "somebody else"),
        (-signal.SIGKILL, False, JobState.FAILED, "memory"),
    ],
)
def test_what_an_exit_code_means(code: int, cancelled: bool, state: JobState, said: str) -> None:
    found, message = outcome(code, cancelled, "the rule")
    assert found == state
    assert said in message


def test_a_job_that_ended_unseen_is_judged_by_its_study() -> None:
    assert ending(StudyState.FINISHED, "")[0] == JobState.DONE
    assert ending(StudyState.FAILED, "no memory") == (JobState.FAILED, "no memory")
    assert ending(StudyState.INTERRUPTED, "")[0] == JobState.FAILED


def test_last_words_are_the_errors_else_the_last_line(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("error: of an earlier run\n")
    start = log.stat().st_size
    with log.open("a") as out:
        out.write("loading\n\x1b[31merror: the rule\x1b[0m\nerror: and another\n")
    assert process.last_words(log, start) == "the rule\nand another"
    log.write_text("Traceback (most recent call last):\n  ...\nValueError: odd\n\n")
    assert process.last_words(log) == "ValueError: odd"
    assert process.last_words(tmp_path / "none.log") == ""


# Real processes ----------------------------------------------------------------------------------


@contextmanager
def served(store: Store) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tuners.jobs", "--store", store.address]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        yield server
    finally:
        server.terminate()
        server.wait(40)


def until(condition: Callable[[], bool], limit: float = 90) -> None:
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.05)


@pytest.mark.slow
def test_jobs_run_in_turn_and_outlive_a_killed_server_and_a_cancellation(
    store: Store, many_points: Path
) -> None:
    queue = Queue(store)
    words = ("--dataset", str(many_points), "--baselines")
    queue.add(new_token(), "good", (*words, "mlp-m1"))  # it would go on for longer than all of this takes
    queue.add(new_token(), "bad", (*words, "nobody"))
    token = named(queue, "good").token

    def trains() -> bool:
        return any(study.name == "good" and study.state == StudyState.RUNNING for study in store.studies())

    with served(store) as server:
        until(trains)
        assert named(queue, "good").pid in [one.pid for one in process.processes_of(token)]
        assert named(queue, "bad").state == JobState.QUEUED, "one at a time, the first one first"
        second = subprocess.run(
            [sys.executable, "-m", "tuners.jobs", "--store", store.address],
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert second.returncode == 0
        assert "another server" in second.stderr
        orphans = process.processes_of(token)
        server.kill()
    with served(store):
        until(lambda: not any(orphan.is_running() for orphan in orphans))
        until(lambda: bool(process.processes_of(token)) and trains())
        queue.cancel(token)
        until(lambda: named(queue, "bad").state == JobState.FAILED)
        assert named(queue, "good").state == JobState.CANCELLED
        assert not process.processes_of(token)
        assert store.study("good").state == StudyState.INTERRUPTED
        assert "no baseline called 'nobody'" in named(queue, "bad").message
        queue.again(token)
        until(trains)
    assert seat.holder(store) is None, "a server that ends gives its seat up"
    assert not process.processes_of(token)
    assert named(queue, "good").state == JobState.QUEUED, "it waits for the next server"
    assert store.study("good").state == StudyState.INTERRUPTED


@pytest.mark.slow
def test_a_server_whose_jobs_were_deleted_ends_them_and_goes_on(store: Store) -> None:
    queue = Queue(store)
    queue.add(new_token(), "a", WORDS)
    token = named(queue, "a").token
    with served(store) as server:
        until(lambda: bool(process.processes_of(token)))
        with store.engine.begin() as connection:
            connection.execute(delete(schema.jobs))
        until(lambda: not process.processes_of(token))
        assert server.poll() is None
    assert server.returncode == 0


@pytest.mark.slow
def test_the_command_answers_in_plain_words(tmp_path: Path) -> None:
    def say(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tuners.jobs", *words]
        return subprocess.run(command, capture_output=True, text=True, timeout=240)

    assert "examples:" in say("--help").stdout
    wrong = say("--limit", "0")
    assert (wrong.returncode, wrong.stderr.count("\n")) == (2, 1)
    (tmp_path / "no.sqlite").write_text("no store at all, and long enough to be taken for no empty file")
    damaged = say("--store", str(tmp_path / "no.sqlite"))
    assert damaged.returncode == 3
    assert "Traceback" not in damaged.stderr
