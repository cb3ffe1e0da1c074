"""The page on hyperparameters in a real browser, wide and as on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from insight_records import TPE
from looks import fits, no_error
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Parts of the page, and the heading of what each shows.
PARTS = {
    "Trials as lines": "Trials as lines",
    "One by one": "Dev error against each hyperparameter",
    "Two together": "Two hyperparameters together",
    "Where trials failed": "Where trials failed",
    "What mattered": "What mattered",
}


def test_hyperparameters_are_drawn_and_fit(
    browse: Callable[..., BrowserContext], dashboard: str, searched: str, settle: Callable[[Page], None]
) -> None:
    page = browse(color_scheme="light").new_page()
    page.goto(f"{dashboard}/insight?study={searched}&system={TPE}")
    expect(page.get_by_text("All trials", exact=True)).to_be_visible()
    expect(page.get_by_text("the forest predicts")).to_be_visible()
    all_parts_fit(page)
    page.set_viewport_size({"width": 400, "height": 900})
    page.emulate_media(color_scheme="dark")
    settle(page)
    all_parts_fit(page)
    no_error(page)
    expect(page).to_have_url(re.compile("system=MLP-A1"))


def all_parts_fit(page: Page) -> None:
    for part, title in PARTS.items():
        page.get_by_role("radio", name=part).click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        fits(page)
