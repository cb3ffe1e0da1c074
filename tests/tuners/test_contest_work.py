"""The server's side of a contest's book: what it takes, writes and ends, and what is trained for the scores."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

from contest_steps import CONFIG, ended, opened, taking_part, trying
from memory_study import MemoryRunner

from manual.learner import EpochReport, Pulse
from tuners.contest import closing, codes
from tuners.contest.book import Book
from tuners.contest.finals import Finals
from tuners.contest.record import (
    ContestState,
    CurvePoint,
    Entrant,
    EntrantKind,
    FinalState,
    Live,
    Source,
    TryState,
)
from tuners.contest.training import Training
from tuners.contest.work import NEEDED, PRACTICE_KEPT, Asked, Work
from tuners.engine import EpochDone, Pulsed, Started


def test_what_the_server_writes_is_read_by_everybody(book: Book) -> None:
    contest = opened(book, final_seeds=2)
    work = Work(book.store)
    person, other = taking_part(book, contest.id), taking_part(book, contest.id)
    book.submit(contest.id, person, CONFIG)
    practice = codes.new_id()
    book.practise(contest.id, practice, CONFIG)
    asked = {one.key: one for one in work.asked()}
    key = (contest.id, person, 1)
    assert {one.practice for one in asked.values()} == {False, True} and len(asked) == 2
    assert work.take(asked[key]) and not work.take(asked[key]), "once"
    curve = [CurvePoint(1, 2.25, 0.5)]
    work.write_live([Live(contest.id, person, 1, 2, 3, 21, (2.5, 2.25), 1.0)], [(key, curve)])
    assert book.live(contest.id)[person, 1].losses == (2.5, 2.25)
    assert book.tries(contest.id)[0].curve == tuple(curve)
    assert work.put_back(key)
    (again,) = book.tries(contest.id)
    assert (again.state, again.started, again.epochs, again.curve) == (TryState.QUEUED, None, 0, ())
    assert book.live(contest.id) == {}
    work.take(asked[key])
    work.end_try(key, TryState.COMPLETE, curve, epochs=3, seconds=1.5, dev_error=0.25)
    assert work.had([contest.id]) == {person: 1.5}
    with book.store.engine.connect() as connection:
        assert connection.execute(NEEDED).all() == [(contest.id,)]
    book.end(contest.id)
    assert book.practice(contest.id, practice) == [] and len(work.asked()) == 0

    entrants = closing.of_people(contest, book.people(contest.id), book.tries(contest.id))
    assert {one.person: one.dev_error for one in entrants} == {person: 0.25, other: None}
    work.add_entrants(entrants, [11, 12])
    finals = book.finals(contest.id)
    assert [(one.seed, one.state) for one in finals] == [(11, FinalState.WAITING), (12, FinalState.WAITING)]
    work.begin_finals(contest.id, [finals[0].entrant], 11)
    work.free_finals()
    work.end_finals(contest.id, [finals[0].entrant], 11, FinalState.DONE, eval_error=0.5, note="")
    assert [one.eval_error for one in book.finals(contest.id)] == [0.5, None]
    work.scored(contest.id)
    assert book.contest(contest.id).state == ContestState.SCORED and work.unscored() == []


def test_practice_that_ended_a_while_ago_is_deleted(book: Book) -> None:
    contest = opened(book)
    work, now = Work(book.store), time.time()
    practice = [codes.new_id() for _ in range(2)]
    for name in practice:
        book.practise(contest.id, name, CONFIG)
    done = next(one for one in work.asked() if one.key[1] == practice[0])
    work.take(done)
    work.end_try(done.key, TryState.COMPLETE)
    work.drop_practice(now + PRACTICE_KEPT / 2)
    assert all(book.practice(contest.id, name) for name in practice)
    work.drop_practice(now + PRACTICE_KEPT + 60)
    assert [len(book.practice(contest.id, name)) for name in practice] == [0, 1], "it waits still"


def test_equal_configurations_are_trained_once_with_each_seed(book: Book) -> None:
    contest = opened(book)
    entrants = [
        Entrant(contest.id, name, EntrantKind.DEFAULTS, name, Source.PERSON, config)
        for name, config in (("a", CONFIG), ("b", dict(CONFIG)), ("c", {**CONFIG, "epochs": 4}), ("d", None))
    ]
    Work(book.store).add_entrants(entrants, [11, 12])
    waiting = closing.to_train(book.entrants(contest.id), book.finals(contest.id))
    assert sorted(sorted(one.entrant for one in rows) for rows in waiting.values()) == [
        ["a", "b"],
        ["a", "b"],
        ["c"],
        ["c"],
    ]
    assert len({seed for _, seed in waiting}) == 2


def test_everybodys_first_final_training_comes_before_the_searches_and_the_rest_after(book: Book) -> None:
    contest = opened(book, final_seeds=3)
    for epochs in (3, 4):
        person = taking_part(book, contest.id)
        ended(book, book.submit(contest.id, person, {**CONFIG, "epochs": epochs}))
    book.end(contest.id)
    contest, runner = book.contest(contest.id), MemoryRunner(workers=9)
    finals = Finals(Work(book.store), runner, print)  # type: ignore[arg-type]
    searching = SimpleNamespace(over=False, data="digits", model="digits-cnn-15")
    finals.look(contest, searching, idle=True)  # type: ignore[arg-type]
    ready = {contest.id: searching}
    for first, given in ((True, 2), (False, 6)):
        while finals.start_next(ready, first=first):  # type: ignore[arg-type]
            pass
        assert len(runner.jobs) == given
    one, two, three = closing.final_seeds(contest.terms)
    assert [job.seed for job in runner.jobs] == [one, one, two, two, three, three]  # type: ignore[attr-defined]


def test_a_network_of_one_class_is_final_only_for_want_of_others() -> None:
    poor = replace(trying("a", TryState.COMPLETE, number=2), dev_error=0.9)
    same = replace(trying("a", TryState.DEGENERATE), dev_error=0.8)
    failed = trying("a", TryState.FAILED, number=3)
    assert closing.best([same, poor, failed]) == poor
    assert closing.best([same, failed]) == same
    assert closing.best([failed]) is None


def test_what_a_training_says_is_kept_for_show_and_charge() -> None:
    asked = Asked(("c", "a", 1), False, trying("a", TryState.RUNNING))
    training = Training(asked, planned=2)
    training.hear(Started(7))
    assert training.begun == 1
    training.hear(Pulsed(7, Pulse(1, 2, 4, 2, (2.5, float("nan")))))
    training.hear(Pulsed(7, Pulse(1, 2, 4, 3, (2.123456,))))
    assert (training.live().losses, training.live().batches) == ((2.5, 2.123), 4)
    training.hear(EpochDone(7, EpochReport(1, 2.0, 0.5, 2.0, 0.5), 0.25))
    assert training.begun == 2 and training.curve == [CurvePoint(1, 2.0, 0.25)]
    training.hear(Pulsed(7, Pulse(2, 2, 4, 1, (1.5,))))
    assert (training.live().epoch, training.live().losses) == (2, (1.5,))
    training.hear(EpochDone(7, EpochReport(2, 1.0, 0.5, 1.0, 0.5), 0.25))
    assert training.begun == 2
