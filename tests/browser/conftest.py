"""A really started dashboard and a real Chromium."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dashboard import screenshots
from datasets.types import Dataset
from tuners.insight import store_insights
from tuners.jobs import seat
from tuners.record import StudyState
from tuners.store import Store

ROOT = Path(__file__).resolve().parents[2]
RECORDS = ROOT / "tests" / "pages" / "study_records.py"
for folder in (RECORDS.parent, ROOT / "tests" / "tuners", Path(__file__).parent):
    sys.path.insert(0, str(folder))  # importlib mode leaves the folders of helpers off the path

from corpus_records import add_corpus_study, write_prepared  # noqa: E402
from insight_records import add_searched_study  # noqa: E402
from looks import PATIENCE  # noqa: E402
from study_records import add_study  # noqa: E402

expect.set_options(timeout=PATIENCE)  # one setting of the whole process

#: What a page may ask for.
LOCAL = ("http://localhost:", "data:", "blob:http://localhost:")

#: Notes whether all that a page told its server was answered, and when the two spoke last. Streamlit's own attribute
#: says that no script runs until the answer is there, which takes a moment on a busy machine.
LISTEN = """{
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (!this.heard) this.addEventListener('message', () => { window.answered = true; window.spoke = Date.now(); });
        this.heard = true;
        window.answered = false;
        window.spoke = Date.now();
        return send.call(this, data);
    };
}"""

#: Whether all is answered, no script runs, what it said is drawn, charts included, and nothing came for a moment.
RESTS = """() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'
    && window.answered && Date.now() - window.spoke > 250
    && document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]') === null
    && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(one => one.querySelector('.main-svg'))"""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """An installed Chromium; the test is skipped without one, or fails where REQUIRE_BROWSER=1 asks for it."""
    program = screenshots.chromium()
    if program is None:
        reason = "no Chromium is installed (on Debian and Ubuntu: apt-get install chromium)"
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(screenshots.CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`browse(400, color_scheme="dark")`: somebody's browser, by the width and height of its window and what else
    Playwright may be told. The test fails where one of them asks for anything beyond this machine."""
    contexts: list[BrowserContext] = []
    strangers: list[str] = []

    def begin(width: int = 1280, height: int = 900, **more: Any) -> BrowserContext:
        context = chromium.new_context(viewport={"width": width, "height": height}, **more)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(LISTEN)
        context.on("request", lambda request: strangers.append(request.url))
        contexts.append(context)
        return context

    yield begin
    for context in contexts:
        context.close()
    assert [one for one in strangers if not one.startswith(LOCAL)] == []


@pytest.fixture
def page(browse: Callable[..., BrowserContext]) -> Page:
    """A page in a browser of its own, as large as a laptop's."""
    return browse().new_page()


@pytest.fixture(scope="session")
def settle() -> Callable[[Page], None]:
    """Waits until a page rests: what a person does before typing into it, and after what draws it anew."""

    def wait(page: Page) -> None:
        page.wait_for_function(RESTS, polling=50)

    return wait


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory, prepared: dict[str, Dataset]) -> Store:
    """A finished study, one that runs, one without decision surfaces, and one of each kind of corpus."""
    store = Store(str(tmp_path_factory.mktemp("browser") / "handtune.sqlite"))
    add_study(store, "demo")
    add_study(store, "plain", surfaces=False, created="2025-02-01T10:00:00Z")
    add_study(store, "now", state=StudyState.RUNNING, scored=False, created="2025-03-02T10:00:00Z")
    for kind, dataset in prepared.items():
        add_corpus_study(store, kind, dataset, created="2025-01-01T10:00:00Z")
    return store


@pytest.fixture(scope="session")
def searched(store: Store) -> str:
    """The name of one more study in the store, with enough trials for what the page on hyperparameters draws."""
    add_searched_study(store, "searched", trials=25, repeats=1)
    store_insights(store, "searched")
    return "searched"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Dataset]:
    """A small prepared set of EEG and one of patches, in one cache."""
    root = tmp_path_factory.mktemp("prepared")
    return {kind: write_prepared(kind, root / kind, root / "cache") for kind in ("eeg", "patches")}


@pytest.fixture(scope="session")
def dashboard(store: Store, prepared: dict[str, Dataset]) -> Iterator[str]:
    """The address of a fresh server, without a slash at its end."""
    cache = str(Path(str(prepared["eeg"].folder)).parent)
    with screenshots.served({"HANDTUNE_STORE": store.address, "HANDTUNE_CACHE": cache}) as address:
        yield address


@pytest.fixture
def search(store: Store) -> Iterator[None]:
    """Another process that adds a trial to the study `now` every half second."""
    writer = subprocess.Popen([sys.executable, str(RECORDS), store.address, "now"], cwd=ROOT)
    yield
    writer.terminate()
    writer.wait(PATIENCE / 1000)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the store is going to be: there is none yet. The servers that are woken end with the test."""
    path = str(tmp_path / "runs" / "handtune.sqlite")
    yield path
    store = Store(path)
    for place in (seat.JOBS, seat.CONTESTS):
        server = seat.holder(store, place)
        if server is not None and seat.runs(server.pid):
            os.kill(server.pid, signal.SIGCONT)  # a failed test may have left it suspended
            os.kill(server.pid, signal.SIGTERM)
            end = time.monotonic() + 40
            while seat.runs(server.pid) and time.monotonic() < end:
                time.sleep(0.05)
