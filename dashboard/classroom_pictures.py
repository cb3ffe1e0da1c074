"""The pictures of docs/instructor.md: `python -m dashboard.classroom_pictures --out docs/images`.

Plays a whole contest with simulated participants and real trainings in a store of its own, which takes some minutes, and
looks at its pages with an installed Chromium while it goes on.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard import processes, screenshots
from dashboard.contest import identity
from datasets.command_line import positive
from datasets.command_line import run as run_command
from tuners.contest.access import LOGIN_SECONDS, Access, made_up
from tuners.contest.book import Book
from tuners.contest.consent import standard
from tuners.contest.record import SCORED_TRIES, Contest, ContestState, Terms
from tuners.store import Store

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[1]

#: Seconds between two looks, and the longest that a contest may take on a machine with much else to do.
LOOK, PATIENCE = 2.0, 3600.0

#: Seconds in which a page must be drawn while workers train on every core.
DRAWN_WITHIN = 300.0

#: Of WebP: small, and text stays sharp.
QUALITY = 80


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m dashboard.classroom_pictures", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for contest-*.webp")
    parser.add_argument("--people", type=positive, default=16, help="simulated participants (default 16)")
    parser.add_argument("--minutes", type=float, default=5.0, help="of the clock (default 5)")
    wanted = parser.parse_args(arguments)
    program = screenshots.chromium()
    if program is None:
        print("No Chromium is installed. On Debian and Ubuntu: apt-get install chromium", file=sys.stderr)
        return 3
    from playwright.sync_api import sync_playwright

    wanted.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(screenshots.CHROMIUM))
        address = str(Path(folder) / "handtune.sqlite")
        with closing(Store(address)) as store, screenshots.served({"HANDTUNE_STORE": address}) as served:
            play(browser, served, store, address, wanted)
        browser.close()
    return 0


def play(browser: Browser, served: str, store: Store, address: str, wanted: argparse.Namespace) -> None:
    """From the lobby to the podium. address: of the store; served: of the dashboard."""
    book = Book(store)
    terms = Terms(minutes=wanted.minutes)
    contest = book.create("Deep learning, week 7", terms, standard(terms, "A university"))
    camera = Camera(browser, served, store, wanted.out, contest)
    words = [sys.executable, "-m", "tuners.contest", "simulate", "--contest", contest.id, "--pace", "4"]
    crowd = subprocess.Popen([*words, "--people", str(wanted.people), "--store", address], cwd=ROOT)
    server = subprocess.Popen([sys.executable, "-m", "tuners.contest", "serve", "--store", address], cwd=ROOT)
    try:
        wait(lambda: len(book.people(contest.id)) == wanted.people)
        camera.take("lobby", "leaderboard", projected=True)
        book.open(contest.id)
        wait(lambda: (time.time() - (book.contest(contest.id).opened or 0)) > 30 * wanted.minutes)
        wait(lambda: len([one for one in book.tries(contest.id) if one.state in SCORED_TRIES]) > 8)
        camera.take("race", "leaderboard", projected=True)
        camera.take("desk", "contest")
        wait(lambda: book.contest(contest.id).state == ContestState.SCORED)
        camera.take("podium", "leaderboard", projected=True)
    finally:
        for process in (crowd, server):
            processes.end(process)


class Camera:
    """Takes pictures of a contest's pages as its instructor."""

    def __init__(self, browser: Browser, served: str, store: Store, out: Path, contest: Contest) -> None:
        access = Access(store)
        access.set_password(made_up())
        access.close(True)
        self.browser, self.served, self.out, self.contest = browser, served, out, contest
        self.token = access.login()

    def take(self, name: str, page: str, *, projected: bool = False) -> None:
        """contest-NAME.webp of a page."""
        from PIL import Image

        context = self.browser.new_context(viewport={"width": 1280, "height": 720 if projected else 900})
        until = time.time() + LOGIN_SECONDS
        context.add_cookies(
            [{"name": identity.INSTRUCTOR, "value": self.token, "url": self.served, "expires": until}]
        )
        shown = context.new_page()
        question = f"contest={self.contest.id}" + ("&projector=yes" if projected else "")
        shown.goto(f"{self.served}/{page}?{question}")
        shown.wait_for_function(screenshots.DRAWN, polling=100, timeout=1000 * DRAWN_WITHIN)
        file = self.out / f"contest-{name}.webp"
        picture = Image.open(BytesIO(shown.screenshot()))
        picture.convert("RGB").resize((960, round(960 * picture.height / picture.width))).save(
            file, quality=QUALITY, method=6
        )
        print(file, flush=True)
        context.close()


def wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"the contest did not get on within {PATIENCE:g} s")
        time.sleep(LOOK)


if __name__ == "__main__":
    sys.exit(run_command(main))
