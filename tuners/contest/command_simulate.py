"""`python -m tuners.contest simulate`: a contest with simulated participants, to see what a real one will look like."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from datasets.command_line import INTERRUPTED, positive, seed
from datasets.errors import HandtuneError

if TYPE_CHECKING:
    from tuners.contest.book import Book
    from tuners.contest.record import Contest
    from tuners.contest.simulate import Standing

TITLE = "Demonstration with simulated participants"

#: Seconds between two lines about how it stands.
SAY = 5.0

#: Seconds between two looks while waiting, and that a server may take to end in order.
LOOK, ENDS = 0.5, 30.0


def add(commands: Any, store: argparse.ArgumentParser) -> None:
    """Registers the subcommand. store: a parser with --store, which it takes over."""
    p = commands.add_parser(
        "simulate",
        parents=[store],
        help="simulated participants in a contest: demonstration data, and marked as such everywhere",
        description=(
            "Let simulated participants take part in a contest. Their choices are drawn, their trainings are real. "
            "Without --contest a short one of their own is created, run, ended and scored, in about four minutes on "
            "two cores. No export takes a contest with simulated participants."
        ),
    )
    p.add_argument("--contest", metavar="CONTEST", help="id or join code of a contest that you open and end")
    p.add_argument("--people", type=positive, default=12, metavar="N", help="how many (default 12)")
    p.add_argument("--seed", type=seed, default=1, metavar="N", help="of all that they choose (default 1)")
    p.add_argument(
        "--pace",
        type=positive,
        default=8,
        metavar="N",
        help="how many times faster than people they think (default 8)",
    )
    p.set_defaults(command=run)


def run(args: argparse.Namespace) -> int:
    """Plays, and for a contest of its own waits for the scores."""
    from tuners.contest.book import Book
    from tuners.contest.command_list import found
    from tuners.contest.record import ContestState
    from tuners.contest.simulate import Crowd
    from tuners.store import Store, location

    address = location(args.store)
    book = Book(Store(address))
    own = args.contest is None
    contest = _created(book, args.seed) if own else found(book, args.contest)
    _say(f"contest {contest.id}, {contest.title!r}: {args.people} simulated participants join")
    crowd = None
    try:
        crowd = Crowd(book, contest.id, args.people, args.seed, args.pace)
        with _server(address) as server, _Meter() as meter:
            if own:
                _ready(book, contest, meter, server)
                book.open(contest.id)
            crowd.run(lambda now: _played(now, meter, server))
            meter.tell(f"all {args.people} have finished", 1.0, at_once=True)
            if own:
                book.end(contest.id)
                _scored(book, contest.id, meter, server)
    except KeyboardInterrupt:
        if crowd is not None:
            crowd.leave()
        if own and book.contest(contest.id).state in (ContestState.LOBBY, ContestState.OPEN):
            book.end(contest.id)
        _say(
            f"interrupted; the simulated participants have left contest {contest.id}, and what they tried is kept"
        )
        return INTERRUPTED
    print(contest.id)
    return 0


def _created(book: Book, seed: int) -> Contest:
    from tuners.contest.record import Consent, Terms

    terms = Terms(minutes=4, max_trials=8, seed=seed, searches=3, final_seeds=3)
    consent = Consent("simulated", "Nobody agrees here: all participants are simulated.")
    return book.create(TITLE, terms, consent)


@contextmanager
def _server(address: str) -> Iterator[subprocess.Popen[bytes] | None]:
    """The process that trains: the one that lives, or one for as long as this command runs (None where one lives)."""
    from tuners.jobs import seat
    from tuners.store import Store

    store = Store(address)
    holder = seat.holder(store, seat.CONTESTS)
    if holder is not None and holder.alive:
        yield None
        return
    command = [sys.executable, "-m", "tuners.contest", "serve", "--store", address]
    # In a session of its own: Ctrl-C ends it here, in order, and not twice.
    server = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        yield server
    finally:
        if server.poll() is None:
            server.terminate()
            try:
                server.wait(ENDS)
            except subprocess.TimeoutExpired:
                server.kill()


class _Meter:
    """How far it is: a bar on a terminal, now and then a line elsewhere."""

    def __enter__(self) -> _Meter:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
        console = Console(stderr=True)
        self.bars = Progress(*columns, console=console) if console.is_terminal else None
        self.last = -SAY
        if self.bars is not None:
            self.bars.start()
            self.bar = self.bars.add_task("")
        return self

    def tell(self, text: str, share: float, *, at_once: bool = False) -> None:
        """share: done of all, from 0 to 1. at_once: however shortly before the last line was."""
        if self.bars is not None:
            self.bars.update(self.bar, description=text, completed=100 * share)
        elif at_once or time.monotonic() - self.last >= SAY:
            self.last = time.monotonic()
            _say(text)

    def __exit__(self, *_: object) -> None:
        if self.bars is not None:
            self.bars.stop()


def _played(now: Standing, meter: _Meter, server: subprocess.Popen[bytes] | None) -> None:
    """Says how the simulation stands, and notices where the server is gone."""
    from datasets.percent import percent_text

    _check(server)
    clock = "waits for the opening" if now.left is None else f"{now.left:.0f} s left"
    meter.tell(
        f"{clock}; {now.tries} tries trained, lowest dev error {percent_text(now.best)} %; "
        f"{now.finished} of {now.people} have finished",
        now.finished / now.people,
    )


def _ready(book: Book, contest: Contest, meter: _Meter, server: subprocess.Popen[bytes] | None) -> None:
    """Waits until the server trains, by a practice: the clock is not to run while it loads its libraries."""
    from tuners.contest.codes import new_id
    from tuners.contest.form import defaults
    from tuners.contest.record import OPEN_TRIES
    from tuners.contest.task import task

    practice = new_id()
    book.practise(contest.id, practice, {**defaults(task(contest.terms.task)), "epochs": 1})
    while any(one.state in OPEN_TRIES for one in book.practice(contest.id, practice)):
        _check(server)
        meter.tell("the server loads what it trains with", 0.0)
        time.sleep(LOOK)


def _scored(book: Book, id: str, meter: _Meter, server: subprocess.Popen[bytes] | None) -> None:
    """Waits until the final configurations are scored."""
    from tuners.contest.record import ContestState, FinalState

    while book.contest(id).state != ContestState.SCORED:
        _check(server)
        finals = book.finals(id)
        done = sum(one.state in (FinalState.DONE, FinalState.FAILED) for one in finals)
        text = f"{done} of {len(finals)} final trainings done" if finals else "tuners finish their searches"
        meter.tell(text, done / max(1, len(finals)))
        time.sleep(LOOK)


def _check(server: subprocess.Popen[bytes] | None) -> None:
    if server is not None and server.poll() not in (None, 0):
        raise HandtuneError(
            f"the server of contests ended with code {server.returncode}, and nothing trains; see what it says with: "
            "python -m tuners.contest serve"
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
