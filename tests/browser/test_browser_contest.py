"""A whole contest in real browsers: three participants and the instructor, and everything is killed in the middle.

What participants do beyond the first one's steps is asked for through the book, and seen on their pages.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import axe
import psutil
import pytest
from contest_class import (
    EVERYTHING,
    Class,
    people_join,
    the_contest_starts,
    the_instructor_logs_in,
)
from looks import PATIENCE, no_error, until
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import update

from manual.learner import Config, Value
from tuners.contest import tables
from tuners.contest.anonymity import K
from tuners.contest.closing import best
from tuners.contest.record import (
    OPEN_TRIES,
    SCORED_TRIES,
    ClockKind,
    ContestState,
    Terms,
    TryState,
)
from tuners.jobs import seat

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TERMS = Terms(minutes=60, clock=ClockKind.EACH, max_trials=6, tuners=("pso",), searches=1, final_seeds=2)

#: What stands in somebody's configurations only: their learning rates.
MARKS = {"berta": "0.00731", "carla": "0.00457"}

#: Trainings of a moment; with LONG they go on for a while.
QUICK: dict[str, Value] = {"epochs": 2, "batch_size": 64, "loss": "cross-entropy", "optimizer": "adam"}
BERTAS = QUICK | {"learning_rate": float(MARKS["berta"])}
CARLAS = QUICK | {"learning_rate": float(MARKS["carla"])}
LONG: dict[str, Value] = {"epochs": 20, "batch_size": 4}


@pytest.fixture
def room(
    browse: Callable[..., BrowserContext], address: str, tmp_path: Path, settle: Callable[[Page], None]
) -> Iterator[Class]:
    room = Class(browse, address, tmp_path, TERMS, settle)
    yield room
    room.close()


def test_a_contest_from_the_login_to_the_export(
    room: Class, answer: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    the_instructor_logs_in(room)
    people_join(room)
    the_contest_starts(room)
    a_try_by_hand(room)
    one_is_cancelled_and_one_reloads(room)
    everything_is_killed(room)
    one_runs_out_of_time(room)
    room.nobody_sees_another(MARKS)
    doors_stay_shut(room)
    the_contest_ends(room)
    eval_is_there(room)
    the_data_leave(room, answer, tmp_path / "report")
    room.nobody_sees_another(MARKS)
    no_secret_is_told(room)


def a_try_by_hand(room: Class) -> None:
    room.submit("berta", BERTAS)
    room.submit("carla", CARLAS)
    page = room.anna.page
    page.get_by_role("textbox", name="Epochs", exact=True).fill("2")
    page.get_by_role("textbox", name="Batch size", exact=True).fill("64")
    _choose(room, "Loss", "Cross entropy")
    _choose(room, "Optimizer", "Adam")
    for name in ("epochs", "batch size", "loss", "optimizer"):
        _choose(room, f"Why this {name}?", "A guess")
    page.get_by_role("button", name="Train with these settings").click()
    until(lambda: all(one and one[0].state in SCORED_TRIES for one in map(room.tries, room.people)))
    shown = page.get_by_role("heading", name=re.compile("Try 1: .* % dev accuracy"))
    expect(shown).to_be_visible()
    (one,) = room.tries("anna")
    assert one.state == TryState.COMPLETE and one.dev_error is not None
    expect(shown).to_contain_text(f"{100 - 100 * one.dev_error:.2f} %")
    expect(page.get_by_role("status").filter(has_text="Try 1 has ended")).to_have_count(1)
    axe.is_open_on_a_phone(page)


def _choose(room: Class, label: str, option: str) -> None:
    room.anna.page.get_by_role("combobox", name=label, exact=True).click()
    room.anna.page.get_by_role("option", name=option, exact=True).click()
    room.settle(room.anna.page)


def one_is_cancelled_and_one_reloads(room: Class) -> None:
    room.submit("berta", BERTAS | LONG)
    page = room.anna.page
    page.get_by_role("textbox", name="Epochs", exact=True).fill("20")
    page.get_by_role("textbox", name="Batch size", exact=True).fill("4")
    page.get_by_role("textbox", name="Batch size", exact=True).press("Enter")
    room.settle(page)
    page.get_by_role("button", name="Train with these settings").click()
    until(lambda: room.trains("anna"))
    expect(page.get_by_role("heading", name=re.compile("Try 2 trains"))).to_be_visible()
    page.get_by_role("button", name="Cancel this try").click()
    expect(page.get_by_text("Cancelled while it trained.", exact=True)).to_be_visible()
    one = room.tries("anna")[
        1
    ]  # how soon is measured where nothing but the server is between (test_contest_server.py)
    assert one.state == TryState.CANCELLED and 0 < one.epochs < 20

    page = room.berta.page
    expect(page.get_by_role("heading", name=re.compile("Try 2 (trains|waits)"))).to_be_visible()
    before = room.tries("berta")
    end = room.deadlines()["berta"]
    assert end is not None
    room.berta.reloads_and_counts_down_to(end, room.settle)
    expect(page.get_by_role("heading", name=re.compile("Try 2"))).to_be_visible()
    expect(page.get_by_role("cell", name=f"learning rate {MARKS['berta']}").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Epochs", exact=True)).to_have_value("20")
    after = room.tries("berta")
    assert [one.number for one in after] == [1, 2] and after[0] == before[0]
    assert (after[1].submitted, after[1].started) == (before[1].submitted, before[1].started)

    decay = page.get_by_role("textbox", name="Weight decay", exact=True)
    decay.press_sequentially("0,02")  # and neither Enter nor another field
    until(lambda: _typed(room, "berta").get("weight_decay") == "0,02")
    page.reload()
    expect(decay).to_have_value("0,02")


def _typed(room: Class, who: str) -> Config:
    draft = room.book.draft(room.id, room.people[who].id)
    return draft.given if draft is not None else {}


def everything_is_killed(room: Class) -> None:
    """Two tries train and one waits; what comes after is as if nothing had happened, but that the two train again."""
    until(lambda: _both_train(room))
    holder = seat.holder(room.store, seat.CONTESTS)
    assert holder is not None
    server = psutil.Process(holder.pid)
    processes = [server, *server.children(recursive=True)]
    server.suspend()  # so that what is asked for now waits, however many workers there are
    room.submit("anna", QUICK | {"batch_size": 128})
    before = room.book.tries(room.id)
    deadlines = room.deadlines()
    room.dashboard.kill()
    for process in processes:
        process.kill()
    room.dashboard.wait(PATIENCE / 1000)
    until(lambda: not seat.runs(server.pid))
    killed = time.time()
    assert room.book.tries(room.id) == before
    states = {who: room.tries(who)[-1].state for who in room.people}
    assert states == {"anna": TryState.QUEUED, "berta": TryState.RUNNING, "carla": TryState.RUNNING}

    with room.anna.page.expect_websocket(), room.carla.page.expect_websocket():  # by themselves
        room.serve()
    end = deadlines["berta"]
    assert end is not None
    room.berta.reloads_and_counts_down_to(end, room.settle)
    for who in ("berta", "carla"):
        until(lambda who=who: (room.tries(who)[-1].started or 0) > killed)
    assert room.deadlines() == deadlines
    after = {(one.person, one.number): one for one in room.book.tries(room.id)}
    assert after.keys() == {(one.person, one.number) for one in before}
    for one in before:
        found = after[one.person, one.number]
        assert found == one or one.state in OPEN_TRIES
        assert (found.config, found.submitted, found.seed) == (one.config, one.submitted, one.seed)
    expect(room.desk.page.get_by_role("button", name="End it now")).to_be_visible()


def _both_train(room: Class) -> bool:
    """Whether Berta's and Carla's tries are in the middle; another one is asked for where the last has ended."""
    return all([_trains(room, "berta", BERTAS), _trains(room, "carla", CARLAS)])


def _trains(room: Class, who: str, config: Config) -> bool:
    last = room.tries(who)[-1]
    if last.state not in OPEN_TRIES:
        room.submit(who, {**config, **LONG})
    return last.state == TryState.RUNNING and 1 <= len(last.curve) <= 15


def one_runs_out_of_time(room: Class) -> None:
    """Carla's hour is over at once: her clock is put as if it had begun an hour ago."""
    carla = room.people["carla"]
    until(lambda: _trains(room, "carla", CARLAS))
    with room.store.engine.begin() as connection:
        begun = time.time() - 60 * TERMS.minutes
        connection.execute(update(tables.people).where(tables.people.c.id == carla.id).values(started=begun))
    page = room.carla.page
    expect(page.get_by_role("heading", name=f"Thank you, {carla.alias}")).to_be_visible()
    expect(page.get_by_text("is over (time was over)")).to_be_visible()
    until(lambda: room.tries("carla")[-1].state not in OPEN_TRIES)
    *earlier, last = room.tries("carla")
    assert last.state == TryState.CUT and last.dev_error is None
    top = best(earlier)
    assert top is not None
    expect(page.get_by_text(f"Taken as final: try {top.number} (your best one on dev)")).to_be_visible()

    page = room.anna.page  # what waited has its turn
    until(lambda: room.tries("anna")[-1].state in SCORED_TRIES)
    expect(page.get_by_role("heading", name=re.compile("Try 3: .* % dev accuracy"))).to_be_visible()
    page.get_by_role("button", name="Mark try 3 as final").click()
    expect(page.get_by_text("Try 3 is your final one.")).to_be_visible()


def doors_stay_shut(room: Class) -> None:
    """A participant's cookie opens no page of the instructor's, and the leaderboard shows nothing of eval yet."""
    page = room.anna.context.new_page()
    for name in ("contest", "people"):
        page.goto(f"{room.url}/{name}?contest={room.id}")
        expect(page.get_by_label("Instructor's password", exact=True)).to_be_visible()
        shown = page.evaluate(EVERYTHING)
        assert not any(one.alias in shown for one in room.people.values())
    page.goto(f"{room.url}/leaderboard")
    expect(page.get_by_text("eval stays closed until the end")).to_be_visible()
    assert page.get_by_role("list", name="Podium by eval accuracy").count() == 0
    assert not room.book.finals(room.id)
    page.close()
    page = room.desk.context.new_page()  # a browser that belongs to no participant
    page.goto(f"{room.url}/join")
    expect(page.get_by_label("Join code", exact=True)).to_be_visible()
    page.close()


def the_contest_ends(room: Class) -> None:
    page = room.desk.page
    page.get_by_role("button", name="End it now").click()
    page.get_by_role("button", name="End it for everybody").click()
    expect(room.anna.page.get_by_text("Taken as final: try 3 (as you marked it)")).to_be_visible()
    expect(room.berta.page.get_by_text("is over (the contest was ended)")).to_be_visible()
    until(lambda: room.contest.state == ContestState.SCORED)


def eval_is_there(room: Class) -> None:
    finals = room.book.finals(room.id)
    entrants = {one.key: one for one in room.book.entrants(room.id)}
    assert len(entrants) == 5 and len(finals) == 10  # three people, a tuner, the defaults; two seeds
    assert all(one.eval_error is not None for one in finals)
    chosen = {one.label: one.config for one in entrants.values()}
    anna, carla = room.people["anna"], room.people["carla"]
    assert chosen[anna.alias] == room.tries("anna")[2].config
    assert chosen[carla.alias] == getattr(best(room.tries("carla")), "config", None)
    page = room.anna.context.new_page()
    page.goto(f"{room.url}/leaderboard")
    expect(page.get_by_role("list", name="Podium by eval accuracy")).to_be_visible()
    mine = [one.eval_error or 0.0 for one in finals if entrants[one.entrant].person == anna.id]
    row = page.get_by_role("row").filter(has_text=anna.alias)
    expect(row).to_contain_text(f"{100 - 100 * sum(mine) / len(mine):.2f}")
    page.close()


def the_data_leave(room: Class, answer: Callable[..., subprocess.CompletedProcess[str]], out: Path) -> None:
    page = room.desk.page
    expect(page.get_by_text("is marked as provisional")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as zip").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert "made before the date until which people may withdraw" in files["README.txt"]
    assert len(list(csv.DictReader(io.StringIO(files["people.csv"])))) == K
    whole = "".join(files.values())
    assert MARKS["berta"] in whole and MARKS["carla"] not in whole  # Carla did not agree to that
    assert not any(one.alias in whole or one.id in whole for one in room.people.values())

    page.get_by_role("link", name="People and tuners").first.click()
    expect(page.get_by_role("heading", name="People and tuners")).to_be_visible()
    expect(page.get_by_text("You are logged in")).to_be_visible()
    room.settle(page)
    no_error(page)
    said = answer("reports", "people", room.id, "--out", str(out), HANDTUNE_STORE=room.store.address)
    assert said.returncode == 0, said.stderr
    assert "Monday" in (out / f"people-{room.id}" / "report.md").read_text(encoding="utf-8")


def no_secret_is_told(room: Class) -> None:
    """No token, code of a person or password stands in an address, in what is logged, or in a file of the store."""
    asked = [one for laptop in room.laptops for one in laptop.asked]
    logs = [room.log, *room.store.folder.rglob("*.log")]
    assert {"dashboard.log", "server.log"} <= {path.name for path in logs}
    written = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in logs)
    stored = b"".join(path.read_bytes() for path in room.store.folder.glob("*.sqlite*"))
    for secret in room.secrets:
        assert not any(secret in one for one in asked)
        assert secret not in written
        assert secret.encode() not in stored
