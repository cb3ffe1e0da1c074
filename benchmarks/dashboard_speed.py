"""How fast the dashboard is with 10,000 trials, as a viewer in Chromium sees it.

    python benchmarks/dashboard_speed.py                     all of it, some minutes; builds its own store
    python benchmarks/dashboard_speed.py --parts pages       page switches alone (home, pages, live)
    python benchmarks/dashboard_speed.py --store big.sqlite  a store of `big_store.py`, made once
    python benchmarks/dashboard_speed.py --strict            exit code 1 where a target is missed

Home: a new browser on a server that has answered before, from the address to the heading and the first figure.
Pages: one viewer goes through the menu, from the click until the page's script has ended and its charts are drawn.
Live: another process writes 20 rows a second (trials, epochs, ends of trials); of every trial that ends, the time
from the write to the moment when the table of each viewer counts it. Later viewers refresh more slowly by design
(`dashboard/viewers.py`), which the rows "from 9th on" show.

Browsers and server share this machine, so the load is printed, and the server's own CPU time beside each figure: that
hardly depends on what else runs. Needs an installed Chromium.
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

import big_store
import numpy as np
import psutil

from dashboard import screenshots
from dashboard.navigation import declarations
from tuners.record import StudyState, TrialState
from tuners.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: Targets in seconds: of Home, of a switch (95th percentile), of a live update (median).
HOME, SWITCH, LIVE = 3.0, 1.0, 1.0

#: Seconds after which a page counts as not there.
PATIENCE = 60.0

#: Rows that the writer adds a second: a trial, its epochs, its end.
ROWS = 20

#: The study that the writer adds to.
RUNNING = "running"

#: From the ninth viewer on the live page refreshes more slowly.
FAST_VIEWERS = 8

#: Heading and a figure that is drawn: plotly's picture, or the canvas of a live chart.
PAINTED = """() => document.querySelector('h1') !== null
    && document.querySelector('.js-plotly-plot .main-svg, [data-testid=stEchartsChart] canvas, .stEchartsChart canvas')
        !== null"""

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
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    const title = document.querySelector('h1')?.textContent;
    return location.pathname === path && title && (window.ran || title !== window.before)
        && app.dataset.testScriptState === 'notRunning'
        && document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]') === null
        && charts.every(chart => chart.querySelector('.main-svg') !== null);
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
    value."""

    name: str
    seconds: Sequence[float]
    target: float | None = None
    judged: Callable[[Sequence[float]], float] = statistics.median
    cpu: float | None = None

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
    for number in range(rounds + 1):
        for place, one in enumerate(pages):
            before = cpu(server)
            seconds = switch(page, one.title, "/" if place == 0 else f"/{one.url_path}")
            if seconds >= PATIENCE:
                say(f"{one.title} was not there after {PATIENCE:.0f} s")
            page.wait_for_timeout(300)
            if number:  # the first round fills what the server remembers
                times.setdefault(one.title, []).append(seconds)
                spent[one.title] = spent.get(one.title, 0.0) + cpu(server) - before
        kind = (
            "fills the caches"
            if number == 0
            else f"{sum(spent.values()) / number:.1f} s of the server a round so far"
        )
        say(f"pages {number}/{rounds}: {kind}")
    rows = [Measured(name, own, SWITCH, p95, spent[name] / rounds) for name, own in times.items()]
    everything = [seconds for own in times.values() for seconds in own]
    rows.append(Measured("all page switches", everything, SWITCH, p95, sum(spent.values()) / len(everything)))
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
    return time.perf_counter() - started


def measure_live(
    browser: Browser, address: str, server: psutil.Process, store: str, viewers: int, seconds: int
) -> list[Measured]:
    pages = []
    with writing(store) as log:
        for number in range(viewers):
            page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            page.set_default_timeout(60_000)
            page.goto(f"{address}/live?study={RUNNING}")
            page.locator(".errors.live").first.wait_for()
            page.evaluate(COUNTS)
            pages.append(page)
            say(f"live: viewer {number + 1} of {viewers} is there")
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
    each = [latencies(ended, own) for own in seen]
    for page in pages:
        page.context.close()
    early = [value for own in each[:FAST_VIEWERS] for value in own]
    rows = [
        Measured(f"live, viewers 1 to {min(viewers, FAST_VIEWERS)}", early, LIVE, statistics.median, share)
    ]
    late = [value for own in each[FAST_VIEWERS:] for value in own]
    if late:
        rows.append(Measured(f"live, viewers from {FAST_VIEWERS + 1}th on", late))
    rows.append(Measured(f"live, all {viewers} viewers", early + late))
    return rows


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
    number = len(store.trials(RUNNING, label))
    done = number
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


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def show(rows: Sequence[Measured]) -> None:
    head = f"{'':<28}{'n':>5}{'median s':>10}{'p95 s':>8}{'target s':>10}{'server CPU s':>14}"
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n{head}")
    for row in rows:
        target = "" if row.target is None else f"{row.target:.1f} {'p95' if row.judged is p95 else 'med'}"
        spent = "" if row.cpu is None else f"{row.cpu:.2f}"
        values = (statistics.median(row.seconds), p95(row.seconds)) if row.seconds else (float("nan"),) * 2
        missed = "   MISSED" if row.missed else ""
        print(
            f"{row.name:<28}{len(row.seconds):>5}{values[0]:>10.2f}{values[1]:>8.2f}{target:>10}{spent:>14}{missed}"
        )
    print("server CPU: seconds a look or a switch; of live, seconds a second")


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
                rows += measure_live(browser, url, server, address, wanted.viewers, wanted.seconds)
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
