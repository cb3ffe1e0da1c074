"""Pictures of every page, light, dark, narrow and as projected: `python -m dashboard.screenshots --out DIR`.

Serves the store of HANDTUNE_STORE by itself and looks at it with an installed Chromium. The pages are those
that the dashboard finds, so a new one is in the pictures by being there. They are made to be looked at: they
depend on the machine's fonts, so nothing is compared with them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from dashboard import processes, projector
from dashboard.navigation import declarations

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]

#: WebGL without a graphics card, and nothing that phones home.
CHROMIUM = (
    "--no-sandbox",
    "--disable-gpu",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--no-first-run",
)


@dataclass(frozen=True)
class Kind:
    """A kind of picture. height: of the window in pixels; whole: the page to its end and not what the window shows."""

    width: int
    height: int = 900
    scheme: Literal["light", "dark"] = "light"
    projector: bool = False
    phone: bool = False
    whole: bool = True


KINDS = {
    "light": Kind(1280),
    "dark": Kind(1280, scheme="dark"),
    "narrow": Kind(400, phone=True),
    "projector": Kind(1280, 720, projector=True, whole=False),
}

#: Pixels; longer pages are cut, as a browser draws no picture of any height.
MOST_HEIGHT = 8000

#: A page is there once its script has ended, its charts are drawn, nothing moves or fades any more (but for what never
#: ends), and all that has been so for a second.
DRAWN = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    const rests = document.querySelector('h1') !== null
        && app.dataset.testScriptState === 'notRunning'
        && document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]') === null
        && charts.every(chart => chart.querySelector('.main-svg') !== null)
        && document.getAnimations().every(one =>
            one.playState !== 'running' || one.effect.getComputedTiming().endTime === Infinity);
    window.restsSince = rests ? window.restsSince ?? Date.now() : undefined;
    return rests && Date.now() - window.restsSince > 1000;
}"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m dashboard.screenshots", description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for PAGE-light.png, -dark, -narrow, -projector"
    )
    parser.add_argument("--study", help="the study that the pages show (default: the newest)")
    wanted = parser.parse_args(arguments)
    program = chromium()
    if program is None:
        print("No Chromium is installed. On Debian and Ubuntu: apt-get install chromium", file=sys.stderr)
        return 3
    from playwright.sync_api import sync_playwright

    wanted.out.mkdir(parents=True, exist_ok=True)
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM))
        phone = playwright.devices["Pixel 5"]["user_agent"]
        for name, kind in KINDS.items():
            asked = ({"study": wanted.study} if wanted.study else {}) | (
                {projector.KEY: projector.YES} if kind.projector else {}
            )
            page = browser.new_page(
                viewport={"width": kind.width, "height": kind.height},
                color_scheme=kind.scheme,
                user_agent=phone if kind.phone else None,
            )
            for one in declarations(ROOT / "dashboard" / "views"):
                file = wanted.out / f"{one.url_path}-{name}.png"
                take(page, f"{address}/{one.url_path}?{urlencode(asked)}", file, kind)
                print(file)
            page.close()
        browser.close()
    return 0


def chromium() -> str | None:
    """The program of an installed Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((program for name in names if (program := shutil.which(name))), None)


@contextmanager
def served(environment: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """The address of a dashboard of one's own, without a slash at its end. environment: more variables for it."""
    port = free_port()
    server = start(port, environment)
    try:
        yield f"http://localhost:{port}"
    finally:
        processes.end(server)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


def start(port: int, environment: Mapping[str, str], log: Path | None = None) -> subprocess.Popen[bytes]:
    """A dashboard at a port, once it answers; whoever starts it ends it. log: where what it says is added.

    Raises RuntimeError where it ends by itself, and TimeoutError where it does not answer.
    """
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/app.py"]
    command += ["--server.headless", "true", "--server.port", str(port)]
    with (log or Path(os.devnull)).open("ab") as out:
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(f"http://localhost:{port}/_stcore/health", server)
    except BaseException:
        processes.end(server)
        raise
    return server


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise TimeoutError("the server did not answer within a minute")


def take(page: Page, address: str, file: Path, kind: Kind = KINDS["light"]) -> None:
    """The page as one picture; the whole of it by a window as high as what scrolls in it."""
    page.set_viewport_size({"width": kind.width, "height": kind.height})
    page.goto(address)
    page.wait_for_function(DRAWN, polling=100)
    if kind.whole:
        height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": kind.width, "height": max(kind.height, min(height, MOST_HEIGHT))})
        page.wait_for_function(DRAWN, polling=100)
    page.screenshot(path=file)


if __name__ == "__main__":
    sys.exit(main())
