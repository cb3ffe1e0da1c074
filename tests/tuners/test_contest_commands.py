"""`python -m tuners.contest` as an instructor types it: creating, looking, opening, ending, deleting."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from datasets.command_line import run
from tuners.contest.__main__ import main
from tuners.contest.book import Book
from tuners.contest.record import ClockKind
from tuners.store import Store

Answer = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def say(answer: Answer, tmp_path: Path) -> Answer:
    """`say("list")`: the command on a store of its own."""

    def speak(*words: str) -> subprocess.CompletedProcess[str]:
        return answer("tuners.contest", *words, HANDTUNE_STORE=str(tmp_path / "s.sqlite"))

    return speak


def test_a_contest_from_its_creation_to_its_end(say: Answer) -> None:
    assert "no contest yet" in say("list").stdout
    made = say("create", "--title", "Monday", "--minutes", "3", "--tuners", "pso", "--json")
    contest = json.loads(made.stdout)
    assert contest["state"] == "lobby" and contest["minutes"] == 3
    assert contest["join_code"] in say("list").stdout
    assert json.loads(say("list", "--json").stdout) == [contest]
    assert "is open" in say("open", contest["join_code"].lower()).stdout
    assert "is open; 5 minutes left" in say("extend", contest["contest"], "2").stdout
    status = json.loads(say("status", contest["contest"], "--json").stdout)
    assert 240 < status["left_seconds"] <= 300 and status["people"] == 0 and not status["served"]
    assert "state: open" in say("status", contest["contest"]).stdout
    assert status["scoring"] is None and "eval" not in say("status", contest["contest"]).stdout
    assert "is ended" in say("end", contest["contest"]).stdout
    ended = json.loads(say("status", contest["contest"], "--json").stdout)["scoring"]
    assert ended["provisional"] and (ended["trainings_each"], ended["done"], ended["ranking"]) == (0, 0, [])
    assert "provisional, after 0 of 10 trainings each" in say("status", contest["contest"]).stdout
    assert "is deleted" in say("delete", contest["contest"], "--yes").stdout
    assert json.loads(say("list", "--json").stdout) == []


def test_every_term_can_be_chosen(say: Answer, tmp_path: Path) -> None:
    text = tmp_path / "text.md"
    text.write_text("You agree to this.")
    words = "--clock each --no-trial-limit --total-epochs 90 --tuners --searches 2 --final-seeds 3 --seed 5 --published"
    say("create", "--title", "A study", *words.split(), "--consent", str(text), "--contact", "a@example.org")
    (contest,) = Book(Store(str(tmp_path / "s.sqlite"))).contests()
    terms = contest.terms
    assert (terms.clock, terms.max_trials, terms.total_epochs) == (ClockKind.EACH, None, 90)
    assert (terms.tuners, terms.searches, terms.final_seeds, terms.seed) == ((), 2, 3, 5)
    assert terms.published and terms.minutes == 10
    assert contest.consent.text == "You agree to this." and contest.consent.version.startswith("own")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("create", "--title", "A", "--task", "digit"), "Did you mean digits"),
        (("create", "--title", "A", "--tuners", "psso"), "Did you mean pso"),
        (("create", "--title", "A", "--minutes", "-1"), "more than 0"),
        (("create", "--title", " "), "needs a title"),
        (("create", "--title", "A", "--consent", "nowhere.md"), "cannot be read"),
        (("open", "ABCDE"), "there is no contest 'ABCDE'"),
        (("serve", "--workers", "0"), "1 or more"),
        (("dance",), "invalid choice"),
    ],
)
def test_mistakes_end_with_one_plain_line(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HANDTUNE_STORE", str(tmp_path / "s.sqlite"))
    monkeypatch.chdir(tmp_path)
    assert run(lambda: main(list(words))) == 2
    err = capfd.readouterr().err
    assert said in err and err.count("\n") == 1


def test_deleting_asks_whether_it_is_meant(
    say: Answer, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    contest = json.loads(say("create", "--title", "Monday", "--json").stdout)["contest"]
    monkeypatch.setenv("HANDTUNE_STORE", str(tmp_path / "s.sqlite"))
    assert run(lambda: main(["delete", contest])) == 2
    assert "add --yes" in capfd.readouterr().err
    main(["open", contest])
    capfd.readouterr()
    assert run(lambda: main(["delete", contest, "--yes"])) == 2
    assert "end it before" in capfd.readouterr().err
