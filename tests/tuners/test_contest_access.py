"""The instructor's password, logins, and the switch that closes the dashboard."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from datasets.errors import UsageError
from tuners.contest import access, tables
from tuners.contest.access import Access
from tuners.store import Store

PASSWORD = "first of all"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Access]:
    access._failures.clear()
    monkeypatch.setattr(access, "COST", 2**8)  # a hash in a millisecond
    store = Store(str(tmp_path / "handtune.sqlite"))
    yield Access(store)
    store.close()


def test_nothing_is_set_in_a_store_without_contests(desk: Access) -> None:
    reader = Access(Store(str(desk.store.folder / "handtune.sqlite"), readonly=True))
    assert (reader.password_is_set(), reader.closed(), reader.is_login("token")) == (False, False, False)
    assert not reader.check(PASSWORD)


def test_password_is_checked_and_never_stored(desk: Access) -> None:
    desk.set_password(PASSWORD)
    assert desk.check(PASSWORD)
    assert not desk.check(PASSWORD.upper())
    with desk.store.engine.connect() as connection:
        stored = connection.execute(select(tables.access.c.password)).scalar_one()
    assert stored.startswith("scrypt$") and PASSWORD not in stored


def test_changing_needs_the_old_one_and_logs_everybody_out(desk: Access) -> None:
    desk.set_password(PASSWORD)
    token = desk.login()
    for old in (None, "something else"):
        with pytest.raises(UsageError, match="changed by giving the present one"):
            desk.set_password("another one", old)
    assert desk.check(PASSWORD) and desk.is_login(token)
    desk.set_password("another one", PASSWORD)
    assert desk.check("another one") and not desk.check(PASSWORD)
    assert not desk.is_login(token)


def test_of_two_first_passwords_one_counts(desk: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.set_password(PASSWORD)
    monkeypatch.setattr(Access, "password_is_set", lambda self: False)  # as the other one saw it a moment ago
    with pytest.raises(UsageError, match="set this very moment"):
        desk.set_password("another one")
    assert desk.check(PASSWORD)


def test_forgotten_password_is_replaced(desk: Access) -> None:
    desk.set_password(PASSWORD)
    desk.close(True)
    made_up = access.made_up()
    assert re.fullmatch(r"([a-z2-9]{4}-){2}[a-z2-9]{4}", made_up)
    desk.replace_password(made_up)
    assert desk.check(made_up) and desk.closed()


@pytest.mark.parametrize("bad", ["short", "x" * 201])
def test_length_of_a_password(desk: Access, bad: str) -> None:
    with pytest.raises(UsageError, match=f"8 to 200 characters, and this one has {len(bad)}"):
        desk.set_password(bad)


def test_guesses_are_slowed_down_where_they_come_from(desk: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(access.time, "monotonic", lambda: now[0])
    desk.set_password(PASSWORD)
    waits = []
    for _ in range(9):
        assert not desk.check("a wrong one", "192.0.2.7")
        ((_, free),) = access._failures.values()
        waits.append(free - now[0])
        now[0] = free
    assert waits == [0, 0, 0, 2, 4, 8, 16, 32, 60]
    assert not desk.check("a wrong one", "192.0.2.7")
    with pytest.raises(UsageError, match="after 10 wrong passwords the next one is looked at in 60 s"):
        desk.check(PASSWORD, "192.0.2.7")  # the right one waits as well
    assert desk.check(PASSWORD, "192.0.2.8")
    now[0] += 60
    assert desk.check(PASSWORD, "192.0.2.7")
    assert not desk.check("a wrong one", "192.0.2.7") and desk.check(PASSWORD, "192.0.2.7")


def test_new_password_ends_the_wait(desk: Access) -> None:
    """Students at the instructor's address, as behind one proxy, must not keep the instructor out."""
    desk.set_password(PASSWORD)
    for _ in range(4):
        assert not desk.check("a wrong one", "192.0.2.7")
    with pytest.raises(UsageError, match="or set a new one with"):
        desk.check(PASSWORD, "192.0.2.7")
    desk.replace_password("another password")
    assert desk.check("another password", "192.0.2.7")


def test_login_ends_by_itself_and_by_leaving(desk: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = desk.login(), desk.login()
    assert desk.is_login(one) and desk.is_login(other) and not desk.is_login("") and not desk.is_login(None)
    with desk.store.engine.connect() as connection:
        stored = set(connection.execute(select(tables.logins.c.token)).scalars())
    assert not stored & {one, other}
    desk.logout(one)
    assert not desk.is_login(one) and desk.is_login(other)
    start = access.time.time()
    monkeypatch.setattr(access.time, "time", lambda: start + 12 * 3600 + 1)
    assert not desk.is_login(other)
    desk.login()  # sweeps out what is over
    with desk.store.engine.connect() as connection:
        assert len(connection.execute(select(tables.logins)).all()) == 1


def test_switch_needs_a_password(desk: Access) -> None:
    with pytest.raises(UsageError, match=r"python -m tuners\.contest password"):
        desk.close(True)
    desk.set_password(PASSWORD)
    desk.close(True)
    assert desk.closed()
    desk.close(False)
    assert not desk.closed()


def test_command_for_a_forgotten_password(
    desk: Access, answer: Callable[..., subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.set_password(PASSWORD)
    where = ("--store", str(desk.store.folder / "handtune.sqlite"))
    made_up = answer("tuners.contest", "password", "--make-up", *where).stdout.rpartition(": ")[2].strip()
    assert desk.check(made_up) and not desk.check(PASSWORD)
    monkeypatch.setattr("sys.stdin", io.StringIO("typed by a script\n"))
    assert answer("tuners.contest", "password", *where).stdout == "The password is set.\n"
    assert desk.check("typed by a script")
