"""A search from the first click to its errors, in a real browser with a real server of jobs behind it."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from looks import until
from playwright.sync_api import Page, expect

from dashboard import screenshots
from imld_synth import write_csv
from tuners.jobs.queue import Queue
from tuners.jobs.record import OPEN
from tuners.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def points(tmp_path: Path) -> Path:
    """A folder of one's own with a few points of two classes."""
    folder = tmp_path / "points"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for name in ("train", "dev", "eval"):
        y = np.arange(60) % 2
        write_csv(folder / f"{name}.csv", rng.normal(size=(60, 2)) + 2 * y[:, None], y)
    return folder


def test_a_search_is_started_watched_and_looked_at(page: Page, address: str, points: Path) -> None:
    question = f"dataset=.&folder={quote(str(points))}&tuner=none&baseline=knn&name=mine"
    queue = Queue(Store(address))
    with screenshots.served({"HANDTUNE_STORE": address}) as dashboard:
        page.goto(f"{dashboard}/start?{question}")
        page.get_by_role("button", name="Start the search").dblclick()
        card = page.locator("[class*=st-key-job-]")
        expect(card.get_by_role("progressbar").or_(card.get_by_text("done")).first).to_be_visible()
        page.reload()
        expect(card).to_have_count(1)
        until(lambda: [job for job in queue.jobs() if job.state not in OPEN])
        expect(card.get_by_text("done")).to_be_visible()
        expect(page.get_by_role("textbox", name="Name of the study")).to_have_attribute(
            "placeholder", "points-baselines"
        )
        card.get_by_role("link", name="Errors").click()
        expect(page).to_have_url(re.compile("/errors.*study=mine"))
        expect(page.get_by_role("rowheader", name="KNN").first).to_be_visible()
    assert [job.study for job in queue.jobs()] == ["mine"]
