"""The page on hyperparameters in a real browser, wide and as on a phone."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tuners"))

from insight_records import TPE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Pixels by which the page is wider than its window.
EXCESS = (
    "() => { const main = document.querySelector('[data-testid=stMain]');"
    " return main.scrollWidth - main.clientWidth }"
)

#: Parts of the page, and the heading of what each shows.
PARTS = {
    "Trials as lines": "Trials as lines",
    "One by one": "Dev error against each hyperparameter",
    "Two together": "Two hyperparameters together",
    "Where trials failed": "Where trials failed",
    "What mattered": "What mattered",
}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (400, "dark")])
def test_hyperparameters_are_drawn_and_fit(
    chromium: Browser, dashboard: str, searched: str, width: int, scheme: str
) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{dashboard}/insight?study={searched}&system={TPE}")
    expect(page.get_by_text("All trials", exact=True)).to_be_visible(timeout=30_000)
    expect(page.get_by_text("the forest predicts")).to_be_visible()
    for part, title in PARTS.items():
        page.get_by_role("radio", name=part).click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        assert page.evaluate(EXCESS) <= 0
    assert page.get_by_test_id("stException").count() == 0
    expect(page).to_have_url(re.compile("system=MLP-A1"))
    context.close()
