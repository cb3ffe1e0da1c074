"""Files into which processes print stay small."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tuners import logs
from tuners.jobs.process import Process, last_words
from tuners.jobs.queue import Queue
from tuners.store import Store

LINE = b"a line of a log\n"


def test_a_log_that_a_process_has_open_is_shortened_to_its_last_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "server.log"
    with logs.append(path) as out:
        out.write(LINE * 10)
        out.flush()
        assert logs.shorten(path) == 0 and path.read_bytes() == LINE * 10
        out.write(LINE * (logs.LONGEST // len(LINE)))
        out.flush()
        before = path.stat().st_size
        assert logs.shorten(path) == before - path.stat().st_size > 0
        out.write(b"error: what came after\n")
    first, *lines = path.read_bytes().splitlines(keepends=True)
    assert first.startswith(b"(earlier lines were deleted")
    assert set(lines[:-1]) == {LINE}, "no half line"
    assert logs.KEPT - 100 < path.stat().st_size < logs.KEPT + 100
    assert last_words(path) == "what came after"


def test_a_log_that_cannot_be_shortened_stops_nobody(tmp_path: Path) -> None:
    assert logs.shorten(tmp_path / "none.log") == 0


def test_the_newest_logs_are_kept_and_those_that_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "MOST", 2)
    paths = [tmp_path / f"{number}.log" for number in range(5)]
    for at, path in enumerate(paths):
        path.touch()
        os.utime(path, (at, at))
    (tmp_path / "notes.txt").touch()
    logs.delete_old(tmp_path, {paths[0]})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.log", "3.log", "4.log", "notes.txt"]


def test_the_last_words_of_a_job_are_its_own_when_its_log_was_shortened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an earlier run of the job wrote stands before them."""
    monkeypatch.setattr("tuners.jobs.process.run_command", lambda _: ["echo", "-n"])
    store = Store(str(tmp_path / "h.sqlite"))
    Queue(store).add("t", "s", ["--dataset", "10", "--baselines", "knn"])
    log = tmp_path / "t.log"
    log.write_bytes((LINE * logs.LONGEST)[: logs.LONGEST - 16] + b"\nerror: earlier\n")
    process = Process(Queue(store).jobs()[0], False, store.address, log)
    process.wait()
    with log.open("ab") as out:
        out.write(b"begins\nends\n")
    process.shorten_log()
    assert log.stat().st_size < logs.KEPT + 100
    assert process.last_words() == "ends"
