"""The command that serves a contest to a class."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from dashboard import classroom
from dashboard.contest import addresses
from datasets.errors import UsageError
from tuners.contest import access
from tuners.contest.access import Access
from tuners.contest.book import Book
from tuners.store import Store


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Sequence[str], bool]]:
    """The commands that would have served, and whether the dashboard was closed then; nothing is served."""
    seen: list[tuple[Sequence[str], bool]] = []
    store = Store(str(tmp_path / "s.sqlite"))

    def serve(port: int, share: bool, environment: dict[str, str]) -> int:
        assert environment["HANDTUNE_STORE"] == str(tmp_path / "s.sqlite")
        seen.append((classroom.command(port, share), Access(store).closed()))
        return 0

    monkeypatch.setattr(classroom, "serve", serve)
    monkeypatch.setattr(addresses, "of_this_machine", lambda: ["192.0.2.7", "192.0.2.8"])
    monkeypatch.setattr(access, "COST", 2**4)
    monkeypatch.delenv(classroom.PASSWORD, raising=False)
    return seen


def run(tmp_path: Path, *words: str) -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return classroom.main(["--store", str(tmp_path / "s.sqlite"), "--port", str(port), *words])


def test_contest_of_a_class_in_one_command(
    served: list[tuple[Sequence[str], bool]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "--share", "--minutes", "12", "--title", "Monday") == 0
    store = Store(str(tmp_path / "s.sqlite"))
    (contest,) = Book(store).contests()
    assert (contest.title, contest.terms.minutes) == ("Monday", 12)
    said = capsys.readouterr().out
    password = said.partition("password")[2].split()[0]
    assert Access(store).check(password)
    assert f"join code     {contest.join_code}" in said and "http://192.0.2.7:" in said and "█" in said
    assert "unencrypted" in said and f"--contest {contest.join_code} --share" in said
    (words, closed), *_ = served
    assert closed and not Access(store).closed()  # closed while it is served, and as it was after that
    assert "--server.address=0.0.0.0" in words and "--browser.serverAddress=192.0.2.7" in words
    hosts = [word.partition("=")[2] for word in words if word.startswith("--server.allowedHosts")]
    assert {"localhost", "192.0.2.7", "192.0.2.8"} <= set(hosts) and "*" not in hosts


def test_alone_and_going_on(
    served: list[tuple[Sequence[str], bool]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(classroom.PASSWORD, "chosen by somebody")
    assert run(tmp_path) == 0
    book = Book(Store(str(tmp_path / "s.sqlite")))
    (contest,) = book.contests()
    assert run(tmp_path, "--contest", contest.join_code.lower(), "--all-pages") == 0
    assert len(book.contests()) == 1
    said = capsys.readouterr().out
    assert "chosen by somebody" not in said and "add --share" in said
    assert [closed for _, closed in served] == [True, False]
    assert all("--server.address=127.0.0.1" in words for words, _ in served)


@pytest.mark.parametrize("ends", [signal.SIGTERM, signal.SIGHUP])
def test_dashboard_ends_with_its_terminal(
    ends: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would keep the port and stay open to the network, and nobody would know."""
    pid = tmp_path / "pid"
    program = f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); os.kill(os.getppid(), {ends}); time.sleep(600)"
    monkeypatch.setattr(classroom, "command", lambda port, share: [sys.executable, "-c", program])
    assert classroom.serve(1, False, {}) == 0
    assert not psutil.pid_exists(int(pid.read_text()))
    assert signal.getsignal(ends) == signal.SIG_DFL


def test_taken_port_creates_no_contest(served: list[tuple[Sequence[str], bool]], tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} is taken.*--port {port + 1}"):
            classroom.main(["--store", str(tmp_path / "s.sqlite"), "--port", str(port)])
    assert not (tmp_path / "s.sqlite").exists() or not Book(Store(str(tmp_path / "s.sqlite"))).contests()
