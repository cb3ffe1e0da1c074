"""Servers that the pages start: one at a time, and what is wrong where none comes up."""

from __future__ import annotations

from dashboard import servers
from tuners.jobs import seat
from tuners.store import Store


def kind(*words: str) -> servers.Kind:
    return servers.Kind(seat.CONTESTS, words, "contests/server.log", "runs contests")


def started() -> servers._Started:
    (one,) = servers._woken().values()
    return one


def test_what_is_wrong_is_said_until_a_server_has_come_up(store: Store) -> None:
    broken = kind("handtune_has_no_such_module")
    assert servers.wake(broken) == ""
    first = started()
    first.process.wait(60)
    said = servers.wake(broken)
    assert "runs contests does not start" in said and "No module named" in said
    assert servers.wake(broken) == said and started() is first, "it is not started again at once"
    first.at -= servers.AGAIN
    assert servers.wake(broken) == said and started() is not first
    seat.take(store, seat.CONTESTS)
    assert servers.wake(broken) == "" and not servers._woken()


def test_one_that_runs_is_on_its_way_however_slow_the_machine(store: Store) -> None:
    slow = kind("http.server", "0", "--bind", "127.0.0.1")
    assert servers.wake(slow) == ""
    first = started()
    try:
        first.at -= 100 * servers.AGAIN
        assert servers.wake(slow) == "" and started() is first
    finally:
        first.process.kill()
        first.process.wait(60)


def test_one_that_has_done_its_work_is_no_trouble(store: Store) -> None:
    done = kind("json.tool", "--help")
    servers.wake(done)
    first = started()
    assert first.process.wait(60) == 0
    first.at -= servers.AGAIN
    assert servers.wake(done) == "" and started() is not first
