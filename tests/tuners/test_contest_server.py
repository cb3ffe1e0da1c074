"""A server of contests at work, once through a whole contest: turns, cancelling, a killed server, the bell, scoring."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from sqlalchemy import select, update

from tuners.contest import codes, tables
from tuners.contest.book import Book
from tuners.contest.charges import ledger
from tuners.contest.form import defaults
from tuners.contest.record import (
    OPEN_TRIES,
    Background,
    ClockKind,
    Consent,
    Contest,
    ContestState,
    Education,
    Final,
    FinalState,
    Live,
    Terms,
    Try,
    TryState,
)
from tuners.contest.task import task
from tuners.jobs import seat
from tuners.record import SearchState, StudyState, TrialState
from tuners.store import Store

pytestmark = pytest.mark.slow

SAID = Background(months=6, education=Education.BACHELOR, rating=3)
QUICK = {"epochs": 2, "batch_size": 512, "loss": "cross-entropy", "optimizer": "sgd", "learning_rate": 0.05}
LONG = QUICK | {"epochs": 20, "batch_size": 4}
DIVERGING = QUICK | {"learning_rate": 10.0, "momentum": 0.99, "weight_decay": 0.01, "batch_size": 16}
#: With this seed the tuner draws four trainings of large batches, which take moments; with others one of small ones.
TERMS = Terms(minutes=10, max_trials=4, seed=8, tuners=("pso",), searches=1, final_seeds=2)
RESULTS = (TryState.COMPLETE, TryState.DEGENERATE)

#: Seconds from "cancel" until the worker is free: what is promised. How often it is measured until it is so: a machine
#: that does other things may let a process wait for longer than that.
FREE, ATTEMPTS = 2.0, 5


@dataclass
class Story:
    """What was seen on the way."""

    contest: Contest
    each: Contest
    people: list[str]
    order: list[str] = field(default_factory=list)
    places: dict[tuple[str, int], int] = field(default_factory=dict)
    lives: list[Live] = field(default_factory=list)
    curves: list[int] = field(default_factory=list)
    cancelled_after: dict[str, list[float]] = field(default_factory=dict)
    orphans_left: list[psutil.Process] = field(default_factory=list)
    before_kill: list[Try] = field(default_factory=list)
    after_kill: list[Try] = field(default_factory=list)
    killed: float = 0.0
    scored_in_time: int = -1


def until(condition: Callable[[], object], limit: float = 300) -> float:
    """Seconds that it took."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < limit, "it never came to that"
        time.sleep(0.02)
    return time.monotonic() - begun


class Scene:
    """A store, its book, and servers that come and go."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = Store(str(folder / "s.sqlite"))
        self.book = Book(self.store)
        self.process: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        command = [sys.executable, "-m", "tuners.contest", "serve", "--store", self.store.address]
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen([*command, "--workers", "2"], stderr=log)

    def workers(self) -> list[psutil.Process]:
        assert self.process is not None
        found = []
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):  # it ended this moment
                found += [child] if "spawn_main" in " ".join(child.cmdline()) else []
        return found

    def join(self, contest: str) -> str:
        person = self.book.join(contest, consent_version="1", reuse=True).person.id
        self.book.tell_background(contest, person, SAID)
        self.book.begin(contest, person)
        return person

    def state(self, contest: str, person: str, number: int) -> TryState:
        found = {one.number: one.state for one in self.book.tries(contest, person)}
        return found[number]

    def close(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
        self.store.close()


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(tmp_path_factory.mktemp("contest"))
    yield scene
    scene.close()


@pytest.fixture(scope="module")
def story(scene: Scene) -> Story:
    book = scene.book
    contest = book.create("A class", TERMS, Consent("1", "You agree."))
    each = book.create(
        "A study",
        Terms(minutes=0.02, clock=ClockKind.EACH, tuners=(), final_seeds=1),
        Consent("1", "You agree."),
    )
    scene.serve()
    id = contest.id
    book.open(id)
    book.open(each.id)
    people = [scene.join(id) for _ in range(4)]
    story = Story(contest, each, people)
    first, second = people[:2]
    scene.join(each.id)

    # Everybody has something to lose but the fourth; machines are done, so that both workers are people's.
    book.submit(id, first, QUICK)
    until(lambda: scene.state(id, first, 1) in RESULTS)
    book.submit(id, second, DIVERGING)
    until(lambda: scene.state(id, second, 1) not in (TryState.QUEUED, TryState.RUNNING))
    study = f"contest-{id}"
    until(lambda: scene.store.study(study).state == StudyState.FINISHED)
    data = Path(scene.store.study(study).data.folder)
    hidden = [path.rename(path.with_suffix(".away")) for path in data.glob("eval_*.npy")]
    assert len(hidden) == 2, "nobody reads eval from here on"
    turns(scene, story)
    cancelling(scene, story)
    for path in hidden:
        path.rename(path.with_suffix(".npy"))
    killing(scene, story)
    ringing(scene, story)
    return story


def turns(scene: Scene, story: Story) -> None:
    """Two long tries fill the workers; what is asked for after that is taken in fair order, practice last."""
    book, id = scene.book, story.contest.id
    first, second, third, fourth = story.people
    for person, number in ((second, 2), (third, 1)):
        book.submit(id, person, LONG)
        until(lambda person=person, number=number: scene.state(id, person, number) == TryState.RUNNING)
    practice = codes.new_id()
    book.practise(id, practice, QUICK)
    book.submit(id, first, QUICK)
    book.submit(id, fourth, defaults(task("digits")))
    story.places = {key: place.ahead for key, place in book.places(id).items()}
    running = ((second, 2), (third, 1))
    until(lambda: all(key in live and live[key].epoch >= 2 for live in [book.live(id)] for key in running))
    for _ in range(3):
        live = book.live(id)[third, 1]
        story.lives.append(live)
        until(lambda live=live: book.live(id)[third, 1].updated > live.updated)
    until(lambda: book.tries(id, third)[0].curve)
    story.curves = [point.epoch for point in book.tries(id, third)[0].curve]

    story.cancelled_after["cooperative"] = [cancelled_after(scene, id, second, 2, answers=True)]
    until(lambda: book.practice(id, practice)[0].state in RESULTS)
    started = {
        "fourth": book.tries(id, fourth)[0].started,
        "first": book.tries(id, first)[1].started,
        "practice": book.practice(id, practice)[0].started,
    }
    story.order = sorted(started, key=lambda name: started[name])


def cancelling(scene: Scene, story: Story) -> None:
    """Workers that do not answer are killed and replaced."""
    book, id, third, number = scene.book, story.contest.id, story.people[2], 1
    if scene.state(id, third, number) != TryState.RUNNING:  # a fast machine has trained it meanwhile
        number = book.submit(id, third, LONG).number
    story.cancelled_after["killed"] = [cancelled_after(scene, id, third, number, answers=False)]
    for way, seconds in story.cancelled_after.items():
        while min(seconds) >= FREE and len(seconds) < ATTEMPTS:
            book.practise(id, practice := codes.new_id(), LONG)
            seconds.append(cancelled_after(scene, id, practice, 1, answers=way == "cooperative"))


def cancelled_after(scene: Scene, id: str, who: str, number: int, *, answers: bool) -> float:
    """Seconds until a training is cancelled, of a person or a practice. answers: its worker does not hang."""
    book = scene.book

    def one() -> Try:
        return next(one for one in book.tries(id, who) + book.practice(id, who) if one.number == number)

    until(lambda: (who, number) in book.live(id))
    workers = [] if answers else scene.workers()
    for worker in workers:
        worker.suspend()
    begun = time.time()
    book.cancel(id, who, number)
    until(lambda: one().state == TryState.CANCELLED)
    for worker in workers:
        with suppress(psutil.Error):
            worker.resume()
    until(lambda: len(scene.workers()) == 2)
    return one().ended - begun


def killing(scene: Scene, story: Story) -> None:
    """Two tries run and one waits when the server is killed; its workers end by themselves."""
    book, id = scene.book, story.contest.id
    _, second, third, fourth = story.people
    for person in (second, third):
        book.submit(id, person, LONG)
    until(lambda: all(len(book.tries(id, person)[-1].curve) > 0 for person in (second, third)))
    book.submit(id, fourth, QUICK)
    story.before_kill = [book.tries(id, person)[-1] for person in (second, third, fourth)]
    orphans = scene.workers()
    assert scene.process is not None
    scene.process.kill()
    scene.process.wait(10)
    psutil.wait_procs(orphans, timeout=60)
    story.orphans_left = [one for one in orphans if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    story.killed = time.time()
    scene.serve()
    for person in (second, third):
        until(lambda person=person: (book.tries(id, person)[-1].started or 0) > story.killed)
        until(lambda person=person: book.tries(id, person)[-1].curve)
    for person in (second, third):
        book.cancel(id, person, book.tries(id, person)[-1].number)
    until(lambda: all(one.state not in OPEN_TRIES for one in book.tries(id)))
    story.after_kill = [book.tries(id, person)[-1] for person in (second, third, fourth)]


def ringing(scene: Scene, story: Story) -> None:
    """The bell comes while two tries run and one waits."""
    book, id = scene.book, story.contest.id
    first, second, third, fourth = story.people
    for person in (second, third, fourth):
        book.submit(id, person, LONG)
    until(lambda: sum(one.state == TryState.RUNNING for one in book.tries(id)) == 2)
    book.mark_final(id, first, 1)
    story.scored_in_time = len(book.finals(id)) + len(book.entrants(id))
    with scene.store.engine.begin() as connection:
        connection.execute(
            update(tables.contests).where(tables.contests.c.id == id).values(opened=time.time() - 600)
        )
    book.end(story.each.id)
    until(lambda: all(one.state == ContestState.SCORED for one in book.contests()))


# What was seen -----------------------------------------------------------------------------------


def test_who_had_least_training_comes_first_and_practice_last(story: Story) -> None:
    first, _, _, fourth = story.people
    assert story.places == {(fourth, 1): 0, (first, 2): 1}
    assert story.order == ["fourth", "first", "practice"]


def test_a_training_shows_its_batches_and_epochs_while_it_goes_on(story: Story) -> None:
    assert [one.batches for one in story.lives] == [325] * 3
    assert all(one.epochs == 20 and one.losses for one in story.lives)
    seen = [(one.epoch, len(one.losses)) for one in story.lives]
    assert seen == sorted(set(seen)), "each look shows more"
    assert story.curves == list(range(1, len(story.curves) + 1))


def test_a_cancelled_training_frees_its_worker_within_two_seconds(story: Story, scene: Scene) -> None:
    assert {way: min(seconds) < FREE for way, seconds in story.cancelled_after.items()} == {
        "cooperative": True,
        "killed": True,
    }, story.cancelled_after
    cancelled = scene.book.tries(story.contest.id, story.people[1])[1]
    assert 2 <= cancelled.epochs < 20 and cancelled.dev_error is None, "charged for the epochs that it began"
    assert "while it trained" in cancelled.note


def test_a_diverged_training_is_a_failure_with_its_reason(story: Story, scene: Scene) -> None:
    failed = scene.book.tries(story.contest.id, story.people[1])[0]
    assert failed.state == TryState.FAILED and "diverged" in failed.note and failed.dev_error is None


def test_a_killed_server_costs_nobody_anything(story: Story, scene: Scene) -> None:
    assert story.orphans_left == []
    running, waiting = story.before_kill[:2], story.before_kill[2]
    assert [one.state for one in running] == [TryState.RUNNING] * 2 and waiting.state == TryState.QUEUED
    assert [one.number for one in story.after_kill] == [one.number for one in story.before_kill]
    for one in story.after_kill[:2]:
        assert one.state == TryState.CANCELLED and one.started > story.killed, "it ran again"
        assert [point.epoch for point in one.curve] == list(range(1, len(one.curve) + 1)), (
            "from the beginning"
        )
        assert len(one.curve) <= one.epochs <= len(one.curve) + 1
    second = [one for one in scene.book.tries(story.contest.id, story.people[1]) if one.number <= 3]
    spent = ledger(TERMS, second)
    assert (spent.trials, spent.epochs) == (3, sum(one.epochs for one in second))


def test_the_bell_cuts_what_runs_and_waits_and_fixes_who_is_scored(story: Story, scene: Scene) -> None:
    book, id = scene.book, story.contest.id
    first, second, third, fourth = story.people
    assert story.scored_in_time == 0, "nothing of eval is known before the end"
    assert {one.ending for one in book.people(id)} == {"time was over"}
    contest = book.contest(id)
    assert contest.ended == pytest.approx(contest.opened + 600)
    last = [book.tries(id, person)[-1] for person in (second, third, fourth)]
    assert [one.state for one in last] == [TryState.CUT] * 3
    assert book.live(id) == {}
    entrants = {one.key: one for one in book.entrants(id)}
    assert set(entrants) == {f"person-{one}" for one in story.people} | {"tuner-pso-0", "defaults"}
    assert entrants[f"person-{first}"].note == "try 1: their own mark"
    assert entrants[f"person-{second}"].config is None and "no try" in entrants[f"person-{second}"].note
    assert "as none was marked" in entrants[f"person-{fourth}"].note
    best = min(one.dev_error for one in book.tries(id, fourth) if one.dev_error is not None)
    assert entrants[f"person-{fourth}"].dev_error == best


def test_every_final_configuration_is_trained_with_the_same_seeds_and_equal_ones_once(
    story: Story, scene: Scene
) -> None:
    finals = scene.book.finals(story.contest.id)
    by_entrant: dict[str, list[Final]] = {}
    for one in finals:
        by_entrant.setdefault(one.entrant, []).append(one)
    assert {one.state for one in finals} == {FinalState.DONE}
    assert {f"person-{story.people[place]}" for place in (0, 3)} | {"tuner-pso-0", "defaults"} <= set(
        by_entrant
    )
    seeds = {tuple(one.seed for one in rows) for rows in by_entrant.values()}
    assert len(seeds) == 1 and len(set(seeds.pop())) == 2
    entrants = {one.key: one for one in scene.book.entrants(story.contest.id)}
    assert all(0 <= one.eval_error < 1 and one.seconds > 0 for one in finals)
    fourth = f"person-{story.people[3]}"
    if entrants[fourth].config == entrants["defaults"].config:
        shared = [[(one.eval_error, one.seconds) for one in by_entrant[key]] for key in (fourth, "defaults")]
        assert shared[0] == shared[1]


def test_the_machines_are_a_finished_study_without_scores(story: Story, scene: Scene) -> None:
    store, name = scene.store, f"contest-{story.contest.id}"
    assert scene.book.contest(story.contest.id).study == name
    assert store.study(name).state == StudyState.FINISHED and store.scores(name) == []
    systems = {one.label: one for one in store.systems(name)}
    assert {search.state for one in systems.values() for search in one.searches} == {SearchState.SEARCHED}
    trials = store.trials(name)
    default = next(one for one in trials if one.system.endswith("(defaults)"))
    assert default.state == TrialState.COMPLETE
    person = next(one for one in scene.book.tries(story.contest.id, story.people[3]) if one.number == 1)
    assert {one.seed for one in trials} == {person.seed}, "nobody buys luck with another seed"
    assert person.dev_error == default.dev_error, "the same configuration, the same seed, the same result"


def test_a_clock_of_ones_own_ends_by_itself_and_who_tried_nothing_stays_unscored(
    story: Story, scene: Scene
) -> None:
    (person,) = scene.book.people(story.each.id)
    assert person.ending == "time was over" and person.finished == pytest.approx(person.started + 1.2)
    entrants = {one.kind: one for one in scene.book.entrants(story.each.id)}
    assert entrants["person"].config is None and "no try" in entrants["person"].note
    assert [one.entrant for one in scene.book.finals(story.each.id)] == ["defaults"]


def test_practice_is_gone_and_one_server_served(story: Story, scene: Scene) -> None:
    with scene.store.engine.connect() as connection:
        assert connection.execute(select(tables.tries).where(tables.tries.c.practice == 1)).first() is None
    holder = seat.holder(scene.store, seat.CONTESTS)
    assert scene.process is not None and holder is not None and holder.pid == scene.process.pid
    again = subprocess.run(
        [sys.executable, "-m", "tuners.contest", "serve", "--store", scene.store.address],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert again.returncode == 0 and "another server" in again.stderr
    os.kill(scene.process.pid, signal.SIGTERM)
    assert scene.process.wait(30) == 0
    assert seat.holder(scene.store, seat.CONTESTS) is None
