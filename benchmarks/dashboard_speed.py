"""How fast the dashboard is with 10,000 trials, as a viewer in Chromium sees it.

    python benchmarks/dashboard_speed.py                     all of it, some minutes; builds its own store
    python benchmarks/dashboard_speed.py --parts pages       page switches alone (home, pages, live)
    python benchmarks/dashboard_speed.py --store big.sqlite  a store of `big_store.py`, made once
    python benchmarks/dashboard_speed.py --strict            exit code 1 where a target is missed

Home: a new browser with an empty cache on a server that has answered before, from the address until the heading, the
ways in and the picture of the newest comparison are painted.
Pages: one viewer goes through the menu, from the click until the page is there: the address and the heading are its own,
its script has ended, nothing of the page before is left, every chart, table and picture in it is drawn, and the browser has
painted two frames since. The first round, which fills the caches, is said but not counted.
Live: another process writes 20 rows a second (trials, epochs, ends of trials); of every trial that ends, the time from the
write until a viewer sees it counted. "Sessions" are viewers that speak Streamlit's protocol without drawing anything:
what they wait for is the server. Browsers draw as well; ten of them share the machine with the server, which no class
room does.

Browsers and server share this machine, so the load is printed, and the CPU time of both beside each figure: that depends
less on what else runs. Needs an installed Chromium.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import _sessions
import big_store
import numpy as np
import psutil

from dashboard import screenshots, viewers
from dashboard.navigation import declarations
from tuners.record import StudyState, TrialState
from tuners.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: Targets in seconds: of Home, of a switch (95th percentile), of a live update (median).
HOME, SWITCH, LIVE = 3.0, 1.0, 1.0

#: Seconds at the beginning of the watched time in which viewers come, and at its end in which the last updates do.
SETTLE = 5.0

#: Seconds after which a page counts as not there.
PATIENCE = 60.0

#: Rows that the writer adds a second: a trial, its epochs, its end.
ROWS = 20

#: The study that the writer adds to.
RUNNING = "running"

#: Heading, ways in and the picture of the newest comparison.
PAINTED = """() => ['h1', '[data-testid=stPageLink]', '.bars .plot i'].every(one => document.querySelector(one) !== null)"""

#: Resolves once what stands in the document is painted.
FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"

#: Notes that the script of a page has run since the click; of one that ends at once only the heading tells.
WATCH = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    window.ran = false;
    window.before = document.querySelector('h1')?.textContent;
    window.watch?.disconnect();
    window.watch = new MutationObserver(() => { window.ran = true });
    window.watch.observe(app, {attributeFilter: ['data-test-script-state']});
}"""

#: The page of the address is there: its script has run and ended, nothing old is left, charts are drawn.
SWITCHED = """path => {
    const app = document.querySelector('[data-testid=stApp]');
    const parts = {
        '[data-testid=stPlotlyChart]': '.main-svg', '[data-testid=stDataFrame]': 'canvas', '.stEchartsChart': 'canvas',
    };
    const drawn = Object.entries(parts).every(
        ([part, sign]) => [...document.querySelectorAll(part)].every(one => one.querySelector(sign) !== null));
    const content = document.querySelector(
        '[data-testid=stMain] :is(.main-svg, canvas, table, .bars, [data-testid=stAlert], [data-testid=stHeading] ~ *)');
    const title = document.querySelector('h1')?.textContent;
    return location.pathname === path && title && (window.ran || title !== window.before)
        && app.dataset.testScriptState === 'notRunning'
        && document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]') === null
        && drawn && content !== null && [...document.images].every(image => image.complete);
}"""

#: Writes down when the count of trials in the table changed: [count, milliseconds].
COUNTS = """() => {
    window.seen = [];
    const look = () => {
        const cell = document.querySelector('.errors.live tbody tr td:nth-child(3)');
        const count = cell ? parseInt(cell.textContent) : -1;
        if (count >= 0 && window.seen.at(-1)?.[0] !== count) window.seen.push([count, Date.now()]);
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
    look();
}"""


@dataclass(frozen=True)
class Measured:
    """One row. seconds: all values; target: of `judged`, None where there is none; cpu: of the server, seconds a
    value; drawing: the same of the browser."""

    name: str
    seconds: Sequence[float]
    target: float | None = None
    judged: Callable[[Sequence[float]], float] = statistics.median
    cpu: float | None = None
    drawing: float | None = None

    @property
    def missed(self) -> bool:
        return self.target is not None and (not self.seconds or self.judged(self.seconds) > self.target)


def p95(values: Sequence[float]) -> float:
    return float(np.percentile(values, 95))


def measure_home(browser: Browser, address: str, server: psutil.Process, rounds: int) -> list[Measured]:
    found = []
    begun = 0.0
    for number in range(rounds + 1):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        if number == 1:  # the first one warms the server
            begun = cpu(server)
        started = time.perf_counter()
        page.goto(address)
        page.wait_for_function(PAINTED, polling=20, timeout=60_000)
        page.evaluate(FRAMES)
        found.append(time.perf_counter() - started)
        say(f"home {number}/{rounds}: {found[-1]:.2f} s{'' if number else ' (first look at a new server)'}")
        page.wait_for_timeout(500)
        context.close()
    return [Measured("first paint of Home", found[1:], HOME, p95, (cpu(server) - begun) / rounds)]


def measure_pages(browser: Browser, address: str, server: psutil.Process, rounds: int) -> list[Measured]:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/errors?study={big_store.NAME}")
    page.wait_for_function(screenshots.DRAWN, polling=100)
    pages = declarations(screenshots.ROOT / "dashboard" / "views")
    times: dict[str, list[float]] = {}
    spent: dict[str, float] = {}
    drawing: dict[str, float] = {}
    for number in range(rounds + 1):
        for place, one in enumerate(pages):
            before, before_drawing = cpu(server), browser_cpu()
            seconds = switch(page, one.title, "/" if place == 0 else f"/{one.url_path}")
            if seconds >= PATIENCE:
                say(f"{one.title} was not there after {PATIENCE:.0f} s")
            page.wait_for_timeout(300)
            if number:  # the first round fills what the server remembers
                times.setdefault(one.title, []).append(seconds)
                spent[one.title] = spent.get(one.title, 0.0) + cpu(server) - before
                drawing[one.title] = drawing.get(one.title, 0.0) + browser_cpu() - before_drawing
        kind = (
            "fills the caches"
            if number == 0
            else f"{sum(spent.values()) / number:.1f} s of the server a round so far"
        )
        say(f"pages {number}/{rounds}: {kind}")
    rows = [
        Measured(name, own, SWITCH, p95, spent[name] / rounds, drawing[name] / rounds)
        for name, own in times.items()
    ]
    everything = [seconds for own in times.values() for seconds in own]
    served, drawn = (sum(one.values()) / len(everything) for one in (spent, drawing))
    rows.append(Measured("all page switches", everything, SWITCH, p95, served, drawn))
    return rows


def switch(page: Page, title: str, path: str) -> float:
    """Seconds from the click in the menu until the page is there, at most PATIENCE."""
    from playwright.sync_api import TimeoutError

    link = page.get_by_test_id("stSidebarNavLink").filter(has_text=title).first
    page.evaluate(WATCH)
    started = time.perf_counter()
    link.click()
    with suppress(TimeoutError):
        page.wait_for_function(SWITCHED, arg=path, polling=20, timeout=1000 * PATIENCE)
        page.evaluate(FRAMES)
    return time.perf_counter() - started


def measure_live(
    browser: Browser, address: str, server: psutil.Process, store: str, count: int, seconds: int
) -> list[Measured]:
    pages = []
    with writing(store) as log:
        for number in range(count):
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(60_000)
            page.goto(f"{address}/live?study={RUNNING}")
            page.locator(".errors.live").first.wait_for()
            page.evaluate(COUNTS)
            pages.append(page)
            say(f"live: viewer {number + 1} of {count} is there")
        time.sleep(3)
        first, begun, cpu_begun = time.time(), time.perf_counter(), cpu(server)
        while time.perf_counter() - begun < seconds:
            time.sleep(5)
            say(f"live: {time.perf_counter() - begun:.0f} of {seconds} s, load {os.getloadavg()[0]:.1f}")
        share = (cpu(server) - cpu_begun) / (time.perf_counter() - begun)
        last = time.time()
        time.sleep(6)
        written = [tuple(map(float, line.split())) for line in log.read_text().splitlines()]
        seen = [page.evaluate("window.seen") for page in pages]
    ended = [(int(count), moment) for count, moment in written if first <= moment <= last]
    values = [value for own in seen for value in latencies(ended, own)]
    for page in pages:
        page.context.close()
    return [Measured(f"live, {count} browsers", values, LIVE, statistics.median, share)]


def measure_sessions(
    address: str, server: psutil.Process, store: str, count: int, seconds: int
) -> list[Measured]:
    with writing(store) as log:
        begun, cpu_begun = time.time(), cpu(server)
        seen = _sessions.watch(address, RUNNING, count, SETTLE, seconds)
        ended_at = time.time()
        share = (cpu(server) - cpu_begun) / (ended_at - begun)
        written = [tuple(map(float, line.split())) for line in log.read_text().splitlines()]
    ended = [(int(count), at) for count, at in written if begun + SETTLE <= at <= ended_at - SETTLE]
    values = [value for own in seen for value in latencies(ended, own)]
    return [Measured(f"live, {count} sessions", values, LIVE, statistics.median, share)]


def latencies(ended: Sequence[tuple[int, float]], seen: Sequence[Sequence[float]]) -> list[float]:
    """Seconds from the end of each trial until a count that includes it stood on the screen."""
    found = []
    for count, moment in ended:
        shown = next((at / 1000 for number, at in seen if number >= count), None)
        if shown is not None:
            found.append(max(0.0, shown - moment))
    return found


@contextmanager
def writing(store: str) -> Iterator[Path]:
    """Another process that writes; the file in which it notes what it has written, and when."""
    log = Path(store).with_suffix(".written")
    log.write_text("")
    command = [sys.executable, __file__, "--write", str(log), "--store", store]
    writer = subprocess.Popen(command, cwd=screenshots.ROOT)
    try:
        yield log
    finally:
        writer.terminate()
        writer.wait(10)


def write_rows(address: str, log: Path) -> None:
    """Adds trials to the running study, ROWS rows a second, until it is ended."""
    store = Store(address)
    rng = np.random.default_rng(5)
    label = big_store.labels(big_store.Size())[0]
    known = store.trials(RUNNING, label)
    number = len(known)
    # A writer that was ended in the middle of a trial has left one behind that nobody will see counted.
    done = sum(trial.state != TrialState.RUNNING for trial in known)
    pause = 1 / ROWS
    with log.open("a") as notes:
        while True:
            trial = big_store.trial(RUNNING, label, 0, number, rng)
            began = replace(
                trial, state=TrialState.RUNNING, told=None, dev_error=None, class_errors=(), epochs=0
            )
            for write, row in [
                (store.add_trial, began),
                *((lambda e: store.add_epoch(RUNNING, e), epoch) for epoch in big_store.epochs_of(trial)),
                (store.finish_trial, trial),
            ]:
                write(row)  # type: ignore[operator]
                time.sleep(pause)
            done += 1
            notes.write(f"{done} {time.time() - pause}\n")
            notes.flush()
            store.beat(RUNNING)
            number += 1


def cpu(server: psutil.Process) -> float:
    times = server.cpu_times()
    return float(times.user + times.system)


def browser_cpu() -> float:
    """Of all processes of the browser, also of the one that draws in WebGL."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "chrom" in process.name():
                total += cpu(process)
    return total


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def show(rows: Sequence[Measured]) -> None:
    head = f"{'':<28}{'n':>5}{'median s':>10}{'p95 s':>8}{'target s':>10}{'server CPU s':>14}{'browser CPU s':>15}"
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n{head}")
    for row in rows:
        target = "" if row.target is None else f"{row.target:.1f} {'p95' if row.judged is p95 else 'med'}"
        spent = "" if row.cpu is None else f"{row.cpu:.2f}"
        values = (statistics.median(row.seconds), p95(row.seconds)) if row.seconds else (float("nan"),) * 2
        missed = "   MISSED" if row.missed else ""
        print(
            f"{row.name:<28}{len(row.seconds):>5}{values[0]:>10.2f}{values[1]:>8.2f}{target:>10}{spent:>14}"
            f"{'' if row.drawing is None else f'{row.drawing:.2f}':>15}{missed}"
        )
    print("CPU: seconds a look or a switch; of live, seconds a second")


def built(folder: str) -> str:
    """A store with the large study."""
    address = str(Path(folder) / "big.sqlite")
    store = Store(address)
    big_store.write(store, big_store.Size())
    store.close()
    say("the store holds 10,000 trials")
    return address


def main() -> int:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parts = ("home", "pages", "live")
    parser.add_argument(
        "--parts", nargs="+", choices=parts, default=parts, help="what to measure (default: all)"
    )
    parser.add_argument("--store", help="a store of big_store.py (default: one is made and removed)")
    parser.add_argument("--rounds", type=int, default=5, help="looks at Home, and rounds through the menu")
    parser.add_argument("--viewers", type=int, default=10, help="of the live page")
    parser.add_argument("--seconds", type=int, default=30, help="how long the live page is watched")
    parser.add_argument("--strict", action="store_true", help="exit code 1 where a target is missed")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.write:
        write_rows(wanted.store, wanted.write)
    program = screenshots.chromium()
    if program is None:
        print("No Chromium is installed. On Debian and Ubuntu: apt-get install chromium", file=sys.stderr)
        return 3
    from playwright.sync_api import sync_playwright

    rows: list[Measured] = []
    with tempfile.TemporaryDirectory() as folder:
        address = wanted.store or built(folder)
        ensure_running(address)
        environment: dict[str, Any] = {"HANDTUNE_STORE": address}
        with screenshots.served(environment) as url, sync_playwright() as playwright:
            server = next(p for p in psutil.Process().children() if "streamlit" in " ".join(p.cmdline()))
            browser = playwright.chromium.launch(executable_path=program, args=list(screenshots.CHROMIUM))
            if "home" in wanted.parts:
                rows += measure_home(browser, url, server, wanted.rounds)
            if "pages" in wanted.parts:
                rows += measure_pages(browser, url, server, wanted.rounds)
            if "live" in wanted.parts:
                rows += measure_sessions(url, server, address, wanted.viewers, wanted.seconds)
                time.sleep(viewers.GONE)  # those who have left still slow the others down until then
                rows += measure_live(browser, url, server, address, wanted.viewers, wanted.seconds)
                time.sleep(viewers.GONE)
                rows += measure_sessions(url, server, address, 2 * wanted.viewers, wanted.seconds)
            browser.close()
    show(rows)
    return 1 if wanted.strict and any(row.missed for row in rows) else 0


def ensure_running(address: str) -> None:
    """A study in which the writer can add trials; it reads as cut off while nobody writes."""
    store = Store(address)
    if RUNNING not in [study.name for study in store.studies()]:
        size = big_store.Size(searches=1, trials=50)
        big_store.write(store, size, RUNNING, StudyState.RUNNING)
    store.close()


if __name__ == "__main__":
    sys.exit(main())
