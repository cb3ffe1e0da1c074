"""A really started dashboard and a real Chromium."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

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
from study_records import add_study  # noqa: E402

# For every expectation of the session, and nowhere else: it is one setting of the whole process. A page of a busy
# machine may take many times its usual seconds, and a failure costs a run however long it waits.
expect.set_options(timeout=60_000)


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


@pytest.fixture(scope="session")
def settle() -> Callable[[Page], None]:
    """Waits until a page's script has ended for half a second: what a person does before typing into it."""

    def wait(page: Page) -> None:
        page.wait_for_function(
            """() => {
                const state = document.querySelector('[data-testid=stApp]').dataset.testScriptState;
                window.endedSince = state === 'notRunning' ? window.endedSince ?? Date.now() : undefined;
                return window.endedSince !== undefined && Date.now() - window.endedSince > 500;
            }""",
            polling=100,
        )

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
    writer.wait(10)


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where the store is going to be: there is none yet. The servers that are woken end with the test."""
    path = str(tmp_path / "runs" / "handtune.sqlite")
    yield path
    store = Store(path)
    for place in (seat.JOBS, seat.CONTESTS):
        server = seat.holder(store, place)
        if server is not None and seat.runs(server.pid):
            os.kill(server.pid, signal.SIGTERM)
            end = time.monotonic() + 40
            while seat.runs(server.pid) and time.monotonic() < end:
                time.sleep(0.05)
