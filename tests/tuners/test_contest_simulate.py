"""Simulated participants choose like people of their experience, train for real, and are marked as what they are."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from contest_people import CONSENT

from datasets.errors import UsageError
from manual.learner import Config
from tuners.contest.book import Book
from tuners.contest.export import export
from tuners.contest.form import optional_defaults
from tuners.contest.player import Move, Player, drawn_background
from tuners.contest.record import (
    OPEN_TRIES,
    Background,
    CurvePoint,
    Education,
    Reason,
    Source,
    Terms,
    Try,
    TryState,
)
from tuners.contest.simulate import Crowd
from tuners.contest.task import task, tasks
from tuners.store import Store

NOVICE, EXPERT = Background(0, Education.BACHELOR, 1), Background(48, Education.DOCTORATE, 5)


def error(config: Config) -> float:
    """Lowest at a learning rate of 0.005 and many epochs, as networks often have it."""
    rate = abs(np.log10(float(config["learning_rate"])) + 2.3) / 4
    return float(min(0.9, 0.2 + rate + 0.3 / int(config["epochs"])))


def played(background: Background, seed: int, name: str = "digits") -> list[tuple[Move, float]]:
    """All moves of somebody with their errors; a rate above 1 fails."""
    player = Player(task(name), background, np.random.default_rng(seed))
    tries: list[Try] = []
    moves: list[tuple[Move, float]] = []
    while len(tries) < 60 and (move := player.move(tries)) is not None:
        failed = float(move.config["learning_rate"]) > 1
        found = None if failed else error(move.config)
        state = TryState.FAILED if failed else TryState.COMPLETE
        tries.append(Try("c", "p", len(tries) + 1, state, move.config, 1, 0.0, move.reasons, dev_error=found))
        moves.append((move, 1.0 if found is None else found))
    return moves


@pytest.mark.parametrize("name", sorted(tasks()))
def test_all_they_choose_is_possible(name: str) -> None:
    space = task(name).space
    for seed in range(5):
        for background in (NOVICE, drawn_background(np.random.default_rng(seed)), EXPERT):
            moves = played(background, seed, name)
            assert 3 <= len(moves) < 60  # everybody stops at some time
            for move, _ in moves:
                assert space.resolve(move.config) == move.config
                assert set(move.reasons) <= set(move.config)
            assert moves == played(background, seed, name)


def test_experience_shows() -> None:
    novices, experts = ([played(one, seed) for seed in range(40)] for one in (NOVICE, EXPERT))
    best = [
        statistics.median(min(error for _, error in moves) for moves in group) for group in (novices, experts)
    ]
    assert best[1] < best[0]
    guesses = [
        statistics.mean(Reason.GUESS in move.reasons.values() for moves in group for move, _ in moves)
        for group in (novices, experts)
    ]
    assert guesses[0] > 0.5 > 0.2 > guesses[1]
    starts = [
        statistics.mean(optional_defaults(task("digits"), moves[0][0].config) for moves in group)
        for group in (novices, experts)
    ]
    assert starts[1] > 0.7 > starts[0] > 0.3  # 19 of the study's 23 with any experience


def test_who_watches_gives_up_what_does_not_learn_and_some_mark_what_shall_count() -> None:
    def players(background: Background) -> list[Player]:
        return [Player(task("digits"), background, np.random.default_rng(seed)) for seed in range(40)]

    def trained(number: int, *losses: float, error: float | None = None) -> Try:
        curve = tuple(CurvePoint(epoch, loss, 0.1 * epoch) for epoch, loss in enumerate(losses, 1))
        state = TryState.RUNNING if error is None else TryState.COMPLETE
        return Try("c", "p", number, state, {}, 1, 0.0, curve=curve, dev_error=error)

    novices, experts = players(NOVICE), players(EXPERT)
    flat, falling, young = trained(1, 2.3, 2.31, 2.3), trained(1, 2.3, 2.2, 2.1), trained(1, 2.3, 2.3)
    watching = [sum(one.gives_up(flat) for one in group) for group in (novices, experts)]
    assert 0 < watching[0] < 20 < watching[1] < 40
    assert not any(one.gives_up(seen) for one in novices + experts for seen in (falling, young))

    ended = [trained(1, 2.0, error=0.3), trained(2, 2.0, error=0.2), trained(3, 2.0, error=0.5)]
    marks = [[one.mark(ended) for one in group] for group in (novices, experts)]
    assert all(None in group for group in marks), "some leave it to the rule"
    assert marks[0].count(3) > marks[1].count(3), "beginners mark what they tried last, at times"
    assert marks[1].count(2) > 20 and 1 not in marks[0] + marks[1]
    assert not any(one.mark([]) for one in novices)


def test_they_are_marked_and_never_exported(tmp_path: Path) -> None:
    book = Book(Store(str(tmp_path / "store.sqlite")))
    contest = book.create("Demonstration", Terms(tuners=()), CONSENT)
    crowd = Crowd(book, contest.id, 5, seed=1, pace=1000)
    again = Crowd(book, contest.id, 5, seed=1, pace=1000)
    assert [one.player.background for one in crowd.seats] == [one.player.background for one in again.seats]
    people = book.people(contest.id)
    assert {one.source for one in people} == {Source.SIMULATED}
    assert not any(one.reuse for one in people)
    book.open(contest.id)
    crowd.leave()
    again.leave()
    book.end(contest.id)
    with pytest.raises(UsageError, match="10 simulated participants"):
        export(book, contest.id, before_freeze=True)


@pytest.mark.slow
def test_their_trainings_are_real(tmp_path: Path) -> None:
    """As from a terminal; the contest is opened once they have joined, and they stop by themselves."""
    address = str(tmp_path / "store.sqlite")
    book = Book(Store(address))
    contest = book.create("Demonstration", Terms(tuners=(), minutes=10, max_trials=2), CONSENT)
    command = [sys.executable, "-m", "tuners.contest", "simulate", "--store", address]
    command += ["--contest", contest.join_code, "--people", "2", "--pace", "100"]
    command += ["--seed", "26"]  # of large batches, which take moments, and one of the two marks a try
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + 240
    while len(book.people(contest.id)) < 2:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.1)
    book.open(contest.id)
    out, said = process.communicate(timeout=240)
    assert process.returncode == 0, said
    assert out.strip() == contest.id
    assert "all 2 have finished" in said
    people, tries = book.people(contest.id), book.tries(contest.id)
    assert all(one.finished is not None for one in people)
    assert {one.person for one in tries} == {one.id for one in people}
    assert len(tries) == 4
    assert not [one for one in tries if one.state in OPEN_TRIES]
    assert sum(one.final is not None for one in people) == 1
    trained = [one for one in tries if one.dev_error is not None]
    assert len(trained) >= 2  # a rate that somebody typed may well diverge
    assert all(one.epochs == int(one.config["epochs"]) == len(one.curve) for one in trained)
