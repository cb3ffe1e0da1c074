"""The store on a real PostgreSQL server: the same contract as on SQLite, and a study with its report."""

from __future__ import annotations

import itertools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from test_contest_book import (  # noqa: F401  # collected here once more, with this file's `store`
    test_a_contest_comes_back_as_it_was_created_and_goes_through_its_states,
    test_one_joins_an_unfinished_contest_with_the_text_as_it_is,
    test_the_task_is_shown_after_the_background_while_it_is_open,
    test_who_withdraws_leaves_nothing_and_nobody_does_after_the_freeze,
)
from test_contest_races import (  # noqa: F401  # the same
    test_two_who_join_at_once_have_two_names,
    test_what_comes_while_a_contest_ends_or_is_deleted_is_refused,
    test_who_withdraws_while_the_entrants_are_written_is_none,
)
from test_contest_tries import (  # noqa: F401  # the same
    test_a_click_counts_once_however_many_arrive_at_once,
    test_a_final_configuration_is_a_try_with_a_result_while_there_is_time,
    test_a_try_is_kept_as_it_was_submitted_and_the_next_waits_for_its_end,
    test_loops_of_one_browser_come_to_an_end,
    test_practice_belongs_to_nobody_and_ends_with_the_contest,
    test_refusals_of_a_submission_say_why,
    test_the_bell_cuts_what_waits_and_says_why_each_part_ended,
    test_what_a_paste_brings_that_no_database_keeps_is_left_out,
    test_what_no_form_offers_is_refused_as_everybody_reads_it,
)
from test_contest_work import (  # noqa: F401  # the same
    test_what_the_server_writes_is_read_by_everybody,
)
from test_tuners_jobs import (  # noqa: F401  # the same
    test_a_running_job_is_asked_to_end_and_writes_how_it_did,
    test_a_seat_is_taken_once_and_left,
    test_a_server_elsewhere_is_replaced_after_its_silence,
    test_a_token_asks_once_however_many_ask_at_once,
    test_a_waiting_job_is_cancelled_at_once_and_may_go_to_the_end_of_the_queue,
    test_jobs_wait_in_order_and_are_listed_newest_first,
)
from test_tuners_store import (  # noqa: F401  # collected here once more, with this file's `address` and `store`
    STUDY,
    SYSTEMS,
    test_a_finished_trial_never_changes,
    test_a_running_study_that_fell_silent_was_cut_off,
    test_a_trial_that_runs_again_forgets_its_own_epochs_only,
    test_an_older_store_is_brought_up_to_date,
    test_every_record_comes_back_as_it_was_written,
    test_readers_are_not_blocked_by_a_writer,
    test_studies_are_listed_newest_first,
    test_text_that_no_database_keeps_is_kept_without_what_it_cannot_keep,
    test_the_store_of_another_version_is_refused,
    test_two_studies_cannot_have_one_name,
    test_updates_touch_what_they_name,
)

from datasets.errors import DataError
from tuners.record import EpochRecord, TrialRecord, TrialState
from tuners.store import Store

pytestmark = pytest.mark.slow

#: Set by continuous integration: no server is a failure then, not a reason to skip.
REQUIRED = "REQUIRE_POSTGRES"

PASSWORD = secrets.token_hex(8)


def binaries() -> Path | None:
    """The folder of initdb and postgres: Debian keeps it off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders and (folders[-1] / "postgres").exists() else None


@pytest.fixture(scope="module")
def server():
    """The URL of a server of one's own, without a database's name; it ends with the tests of this file."""
    programs = binaries()
    if programs is None:
        reason = "no PostgreSQL server is installed (Debian: apt-get install postgresql)"
        if os.environ.get(REQUIRED) == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    # The server refuses to run as root, and the tests' own temporary folders are closed to other users.
    account = "postgres" if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
    folder = Path(tempfile.mkdtemp(prefix="handtune-postgres-"))
    (folder / "password").write_text(PASSWORD)
    try:
        if os.getuid() == 0:
            for path in (folder, folder / "password"):
                shutil.chown(path, account)
        as_account = ["runuser", "-u", account, "--"] if os.getuid() == 0 else []
        subprocess.run(
            [
                *as_account,
                str(programs / "initdb"),
                "--pgdata",
                str(folder / "data"),
                "--username",
                "handtune",
                "--auth",
                "scram-sha-256",
                "--pwfile",
                str(folder / "password"),
                "--no-sync",
                "--encoding",
                "UTF8",
            ],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        options = {"listen_addresses": "127.0.0.1", "port": port, "fsync": "off"}
        options["unix_socket_directories"] = folder
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(
                [*as_account, str(programs / "postgres"), "-D", str(folder / "data")]
                + [word for name, value in options.items() for word in ("-c", f"{name}={value}")],
                cwd=folder,
                stdout=log,
                stderr=log,
            )
        try:
            url = f"postgresql+psycopg://handtune:{PASSWORD}@127.0.0.1:{port}"
            wait_until_it_answers(f"{url}/postgres", process, folder / "log")
            yield url
        finally:
            stop(folder / "data", process)
    finally:
        shutil.rmtree(folder)


def wait_until_it_answers(url: str, process: subprocess.Popen, log: Path) -> None:
    engine = create_engine(url)
    end = time.monotonic() + 240
    while True:
        try:
            engine.connect().close()
            break
        except Exception:
            assert process.poll() is None and time.monotonic() < end, log.read_text()
            time.sleep(0.1)
    engine.dispose()


def stop(data: Path, process: subprocess.Popen) -> None:
    """runuser passes no signal on, so the server is told by its own number."""
    pid = int((data / "postmaster.pid").read_text().split()[0])
    os.kill(pid, 3)  # SIGQUIT: at once
    process.wait(30)


NUMBERS = itertools.count(1)


@pytest.fixture
def address(server) -> str:
    """The URL of a new, empty database."""
    name = f"handtune{next(NUMBERS)}"
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return f"{server}/{name}"


@pytest.fixture
def store(address, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # files of a store that is a URL lie below runs/ of the present folder
    store = Store(address)
    store.create_study(STUDY, SYSTEMS)
    yield store
    store.close()


def test_a_new_database_becomes_a_store_and_other_tables_make_it_none(address, server):
    with pytest.raises(DataError, match="cannot be opened") as caught:
        Store(f"{server}/nowhere")
    assert PASSWORD not in str(caught.value)
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE birds (name text)"))
    with pytest.raises(DataError, match="is a database, but not a Handtune store") as caught:
        Store(address, readonly=True)
    assert PASSWORD not in str(caught.value)
    assert Store(address).studies() == []
    engine.dispose()


def test_a_connection_that_the_server_closed_is_made_again(store, server):
    assert store.studies() == [STUDY]
    engine = create_engine(f"{server}/postgres")
    with engine.begin() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'handtune%'")
        )
    engine.dispose()
    assert store.studies() == [STUDY]


def test_large_seeds_long_reasons_and_numbers_that_are_not_finite_are_kept(store):
    trial = TrialRecord("first", "KNN", 0, TrialState.FAILED, {"k": 10**12}, 2**31 - 1, 1, 0, None, 0)
    long = "ä" * 5000
    store.add_trial(TrialRecord(**{**vars(trial), "reason": long}))
    store.add_epoch("first", EpochRecord("KNN", 0, 1, float("inf"), None, 1e300, 0.5, 0.1))
    assert store.trials("first")[0].reason == long
    assert store.trials("first")[0].config == {"k": 10**12}
    assert store.trials("first")[0].seed == 2**31 - 1
    assert store.epochs("first")[0].train_loss == float("inf")


def test_a_study_runs_resumes_and_is_reported_without_its_password_shown(
    address, environment, own_data, repo_root, tmp_path
):
    def command(*words, program=(str(repo_root / "tuners/run.py"),)):
        """In a folder of its own, as files of a store that is a URL lie below its runs/."""
        return subprocess.run(
            [sys.executable, *program, *words],
            cwd=tmp_path,
            env=environment(HANDTUNE_STORE=address, PYTHONPATH=str(repo_root)),
            capture_output=True,
            text=True,
            timeout=120,
        )

    words = ["--dataset", str(own_data), "--baselines", "knn", "--study", "s", "--workers", "1"]
    done = command(*words, "--store", address, "--json")
    assert done.returncode == 0, done.stderr
    again = command("--resume", "s")
    assert again.returncode == 0 and "nothing is left to run" in again.stderr, again.stderr
    twice = command(*words)
    assert twice.returncode == 2 and "a study called 's' is in" in twice.stderr
    report = command("s", "--out", str(tmp_path / "out"), program=("-m", "reports"))
    assert report.returncode == 0, report.stderr
    pages = list((tmp_path / "out").rglob("*.md"))
    assert any("KNN" in page.read_text() for page in pages)
    shown = [done.stdout, done.stderr, again.stdout, again.stderr, twice.stderr, report.stdout, report.stderr]
    shown += [page.read_text() for page in pages]
    store = Store(address)
    shown.append(store.study("s").command)
    assert len(store.trials("s")) == 9 and len(store.scores("s")) == 1
    store.close()
    shown.append((tmp_path / "runs" / "s" / "workers.log").read_text())
    assert not [words for words in shown if PASSWORD in words]
