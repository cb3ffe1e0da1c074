"""A whole class in one contest: thirty participants on the real pages, real trainings, one machine.

    python benchmarks/contest_load.py                           30 participants and 3 browsers for three minutes
    python benchmarks/contest_load.py --people 6 --minutes 0.5 --browsers 0

Participants speak Streamlit's own protocol (`_participant.py`): they join by the code, agree, tell of themselves, wait in
the lobby and, once the contest is opened, fill in the form, submit, watch, and now and then cancel. The browsers among them
are Chromium windows whose button is clicked. Server of the pages, server of the contest, its trainings and all participants
share this machine, which no class room does: of the participants only the browsers cost much.

Figures: the time from a click until the page has answered; from "Train" until the try stands on the page as waiting; from
"Cancel" until its worker is free; how evenly trainings were shared out.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from _participant import Visit

from dashboard import screenshots
from tuners.contest.book import Book, Joined
from tuners.contest.form import defaults
from tuners.contest.record import (
    OPEN_TRIES,
    Background,
    Consent,
    Contest,
    Education,
    Reason,
    Terms,
    Try,
    TryState,
)
from tuners.contest.task import task
from tuners.store import Store

CONSENT = Consent("load", "This contest measures the pages.")

#: Seconds within which everybody comes, and that somebody thinks between two tries, on average.
ARRIVAL, THOUGHT = 15.0, 6.0

#: Of so many tries one is cancelled.
CANCELLED = 6

TRAIN = "Train with these settings"


@dataclass
class Seen:
    """What all participants saw, in seconds. cancels: (alias, number, when the click was, seconds since 1970)."""

    visits: list[Visit] = field(default_factory=list)
    joining: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    browsers: list[float] = field(default_factory=list)
    cancels: list[tuple[str, int, float]] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Plan:
    """Where everybody goes, and for how long they tune. code: to join."""

    address: str
    code: str
    minutes: float


async def take_part(plan: Plan, number: int, seen: Seen) -> None:
    """One participant, from the link to their last try."""
    rng = np.random.default_rng(number)
    await asyncio.sleep(float(rng.uniform(0, ARRIVAL)))
    try:
        async with Visit(plan.address, "join", f"code={plan.code}") as visit:
            seen.visits.append(visit)
            alias = await _join(visit, rng)
            seen.joining += visit.reactions
            visit.reactions.clear()
            await visit.wait_for("part-begin", 600)
            await visit.use("part-begin")
            until = time.monotonic() + 60 * plan.minutes
            tries = 0
            while time.monotonic() < until:
                tries += 1
                await _submit(visit, rng, tries, seen)
                if rng.integers(CANCELLED) == 0:
                    await _cancel(visit, alias, tries, seen)
                await visit.wait_for(TRAIN, 300)
                await asyncio.sleep(float(rng.exponential(THOUGHT)))
    except (TimeoutError, OSError) as error:
        seen.trouble.append(f"participant {number}: {error}")


async def _join(visit: Visit, rng: np.random.Generator) -> str:
    """The way in; the alias."""
    await visit.use("part-agreed")
    await visit.use("part-join")
    await visit.wait_for("part-kept")
    alias = next(found[1] for text in visit.shown if (found := re.search(r"you are \*\*(.+?)\*\*", text)))
    await visit.use("part-kept")
    await visit.use("part-go-on")
    await visit.use("Months of experience with deep learning", float(rng.integers(0, 40)), in_form=True)
    for label in ("Education: the highest that you have", "How well can you tune networks?"):
        options = (await visit.wait_for(label)).options
        await visit.use(label, options[int(rng.integers(len(options)))], in_form=True)
    await visit.use("Go on")
    return alias.replace("\\", "")


async def _submit(visit: Visit, rng: np.random.Generator, number: int, seen: Seen) -> None:
    """Fills in what has to be chosen the first time and the learning rate each time, and trains."""
    given = {"Learning rate": f"{10 ** rng.uniform(-4, -1):.5f}", "Epochs": str(rng.integers(3, 21))}
    if number == 1:
        given |= {"Batch size": "32", "Loss": "Cross entropy", "Optimizer": "Adam"}
    for label, value in given.items():
        await visit.use(label, value)
        if number == 1:
            why = f"Why this {label.lower()}?"
            await visit.use(why, (await visit.wait_for(why)).options[0])
    begun = time.monotonic()
    await visit.use(TRAIN)
    seen.shown.append(await visit.wait_for_text(rf"Try {number} (waits|trains)", begun))


async def _cancel(visit: Visit, alias: str, number: int, seen: Seen) -> None:
    try:
        await visit.wait_for_text(rf"Try {number} trains", time.monotonic(), 30)
        await visit.wait_for(f"part-cancel-{number}", 1)
    except TimeoutError:
        return  # it was over before
    seen.cancels.append((alias, number, time.time()))
    await visit.use(f"part-cancel-{number}")


async def everybody(plan: Plan, people: int, seen: Seen) -> None:
    await asyncio.gather(*(take_part(plan, number, seen) for number in range(people)))


def browse(
    address: str, book: Book, contest: Contest, joined: Sequence[Joined], minutes: float, seen: Seen
) -> None:
    """Chromium windows in turn: where the button can be clicked it is, and the try has to stand there."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=screenshots.chromium(), args=list(screenshots.CHROMIUM)
        )
        pages = []
        for one in joined:
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.add_cookies([{"name": "handtune_person", "value": one.token, "url": address}])
            page = context.new_page()
            page.goto(f"{address}/join")
            pages.append((page, one))
        until = time.monotonic() + 60 * minutes
        while time.monotonic() < until:
            for page, one in pages:
                button = page.get_by_role("button", name=TRAIN)
                if not button.count() or not button.is_enabled():
                    page.wait_for_timeout(300)
                    continue
                number = len(book.tries(contest.id, one.person.id)) + 1
                begun = time.monotonic()
                button.click()
                page.get_by_text(re.compile(rf"Try {number} (waits|trains)")).first.wait_for(timeout=60_000)
                seen.browsers.append(time.monotonic() - begun)
        browser.close()


def browser_people(book: Book, contest: Contest, count: int) -> list[Joined]:
    """People whose form has been filled in once, so that a click submits it again."""
    people = []
    for _ in range(count):
        one = book.join(contest.id, consent_version=CONSENT.version, reuse=False)
        book.tell_background(contest.id, one.person.id, Background(3, Education.BACHELOR, 2))
        book.begin(contest.id, one.person.id)
        config = dict(defaults(task(contest.terms.task)))
        book.submit(contest.id, one.person.id, config, dict.fromkeys(config, Reason.DEFAULT))
        people.append(one)
    return people


def cpu(process: psutil.Process) -> float:
    """Seconds of a process and of all its children that live."""
    total = 0.0
    for one in (process, *process.children(recursive=True)):
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system
    return total


def gini(values: Sequence[float]) -> float:
    """0: all have the same; near 1: one has it all."""
    ordered = np.sort(np.asarray(values, dtype=float))
    if not len(ordered) or ordered.sum() == 0:
        return float("nan")
    ranks = np.arange(1, len(ordered) + 1)
    return float((2 * (ranks * ordered).sum() / ordered.sum() - len(ordered) - 1) / len(ordered))


def show(seen: Seen, book: Book, contest: Contest, spent: Sequence[tuple[str, float]]) -> None:
    people = {one.alias: one.id for one in book.people(contest.id)}
    tries = book.tries(contest.id)
    by_key = {(one.person, one.number): one for one in tries}
    freed = [
        ended - clicked
        for alias, number, clicked in seen.cancels
        if (one := by_key.get((people.get(alias, ""), number))) is not None
        and one.state == TryState.CANCELLED
        and (ended := one.ended) is not None
    ]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {len(people)} participants")
    print(f"{'seconds':<44}{'n':>7}{'median':>9}{'p95':>9}{'most':>9}")
    for name, values in (
        ("joining: a click until the page has answered", seen.joining),
        ("tuning: a click until the page has answered", _of(seen, "reactions")),
        ("looks that the page takes by itself", _of(seen, "polls")),
        ('"Train" until the try stands there', seen.shown),
        ("the same in Chromium", seen.browsers),
        ("in the queue", _waits(tries)),
        ('"Cancel" until the worker is free', freed),
    ):
        row = [f"{value:9.2f}" for value in np.percentile(values, (50, 95, 100))] if values else ["", "", ""]
        print(f"{name:<44}{len(values):>7}{''.join(row)}")
    seconds = {id: 0.0 for id in people.values()}
    counts = dict.fromkeys(people.values(), 0)
    for one in tries:
        seconds[one.person] += one.seconds
        counts[one.person] += one.state not in OPEN_TRIES
    print(
        f"tries a person: {min(counts.values())} to {max(counts.values())}, {sum(counts.values())} in all; training seconds a "
        f"person: {min(seconds.values()):.1f} to {max(seconds.values()):.1f}, Gini {gini(list(seconds.values())):.2f}"
    )
    print("CPU seconds a second: " + ", ".join(f"{name} {share:.2f}" for name, share in spent))
    for text, count in Counter([*seen.trouble, *_of(seen, "errors")]).most_common():
        print(f"TROUBLE, {count} times: {text[:300]}")


def _of(seen: Seen, name: str) -> list[Any]:
    """What all visits have of something."""
    return [one for visit in seen.visits for one in getattr(visit, name)]


def _waits(tries: Sequence[Try]) -> list[float]:
    return [one.started - one.submitted for one in tries if one.started is not None]


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def measure(store: str, wanted: argparse.Namespace) -> None:
    book = Book(Store(store))
    terms = Terms(minutes=wanted.minutes + 5, max_trials=200, tuners=tuple(wanted.tuners), searches=1)
    contest = book.create("Load", terms, CONSENT)
    seen = Seen()
    command = [sys.executable, "-m", "tuners.contest", "serve", "--store", store]
    trainer = subprocess.Popen(command, cwd=screenshots.ROOT, stderr=subprocess.DEVNULL)
    try:
        with screenshots.served({"HANDTUNE_STORE": store}) as address, ThreadPoolExecutor(1) as own:
            pages = next(p for p in psutil.Process().children() if "streamlit" in " ".join(p.cmdline()))
            parts: list[tuple[str, psutil.Process]] = [
                ("pages", pages),
                ("contest", psutil.Process(trainer.pid)),
            ]
            plan = Plan(address, contest.join_code, wanted.minutes)
            crowd = own.submit(asyncio.run, everybody(plan, wanted.people, seen))
            say(f"{wanted.people} participants come to {address}/join?code={contest.join_code}")
            last = time.monotonic() + ARRIVAL + 60
            while (
                told := sum(one.background is not None for one in book.people(contest.id))
            ) < wanted.people and time.monotonic() < last:
                time.sleep(0.5)
            say(f"{told} are in the lobby; the contest is opened")
            book.open(contest.id)
            before, begun = [cpu(one) for _, one in parts], time.monotonic()
            if wanted.browsers:
                joined = browser_people(book, contest, wanted.browsers)
                browse(address, book, contest, joined, wanted.minutes, seen)
            crowd.result()
            passed = time.monotonic() - begun
            spent = [
                (name, (cpu(one) - was) / passed) for (name, one), was in zip(parts, before, strict=True)
            ]
            book.end(contest.id)
            show(seen, book, contest, spent)
    finally:
        trainer.terminate()
        trainer.wait(60)


def main() -> int:
    form: Any = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--people", type=int, default=30, help="participants without a browser (default 30)")
    parser.add_argument("--browsers", type=int, default=3, help="participants in Chromium (default 3)")
    parser.add_argument("--minutes", type=float, default=3.0, help="of tuning (default 3)")
    parser.add_argument("--tuners", nargs="*", default=[], help="autotuners that take part (default none)")
    wanted = parser.parse_args()
    if wanted.browsers and screenshots.chromium() is None:
        print(
            "No Chromium is installed; add --browsers 0. On Debian: apt-get install chromium", file=sys.stderr
        )
        return 3
    with tempfile.TemporaryDirectory() as folder:
        measure(str(Path(folder) / "load.sqlite"), wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
