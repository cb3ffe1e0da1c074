"""Before a class: a race that is followed to its podium, and the pages on a projector."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from study_records import HANDS, TUNED, add_study, add_trials, end_study

from tuners.record import StudyState
from tuners.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Pixels of what Streamlit measures everything by.
ROOT_SIZE = "() => getComputedStyle(document.documentElement).fontSize"


@pytest.fixture
def page(browse: Callable[..., BrowserContext]) -> Page:
    """As large as a projector's picture."""
    return browse(1280, 720).new_page()


def test_race_is_followed_to_its_podium(page: Page, dashboard: str, store: Store) -> None:
    add_study(store, "derby", state=StudyState.RUNNING, scored=False, created="2025-01-02T10:00:00Z")
    page.goto(f"{dashboard}/live?study=derby")
    ticker = page.get_by_role("log", name="What happened, the latest first")
    expect(ticker).to_contain_text("failed: loss is NaN at epoch 2")
    canvas = page.get_by_test_id("stEChartsChart").locator("canvas").first
    canvas.evaluate("canvas => canvas.dataset.seen = 'yes'")
    add_trials(store, "derby", TUNED[1], 1, first=4)
    newest = ticker.get_by_role("listitem").first
    expect(newest).to_contain_text(re.compile(r"new best: 33\.00 % with #4"))
    assert canvas.get_attribute("data-seen") == "yes", "the chart was drawn anew instead of in place"
    expect(page.get_by_role("list", name="Podium by eval error")).to_have_count(0)
    end_study(store, "derby")
    steps = page.get_by_role("list", name="Podium by eval error").get_by_role("listitem")
    expect(steps).to_have_count(3)
    expect(steps.first).to_contain_text(f"1st{TUNED[1]}29.15 % eval32.00 % dev")
    first, second = (steps.nth(number).bounding_box() for number in (0, 1))
    assert first is not None and second is not None
    assert second["x"] < first["x"], "the second stands left of the first"
    assert first["y"] < second["y"], "the first stands higher"
    expect(page.get_by_text(f"On dev {HANDS[0]} led with 28.00 %")).to_be_visible()


def test_projector_shows_the_page_alone_and_comes_back(
    page: Page, dashboard: str, settle: Callable[[Page], None]
) -> None:
    page.goto(f"{dashboard}/errors?study=demo&sort=eval")
    expect(page.get_by_test_id("stSidebarNav")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Projector mode").click()
    leave = page.get_by_role("button", name=re.compile("^Leave"))
    expect(leave).to_be_visible()
    for chrome in ("stSidebar", "stHeader", "stToolbar"):
        expect(page.get_by_test_id(chrome)).not_to_be_visible()
    expect(page).to_have_url(re.compile("projector=yes"))
    assert page.evaluate(ROOT_SIZE) == "21.6px"
    settle(page)
    page.locator("h1").click()
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Comparison", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/comparison\?(?=.*study=demo)(?=.*projector=yes)"))
    expect(page.get_by_test_id("stSidebar")).not_to_be_visible()
    settle(page)
    page.keyboard.press("p")
    expect(page.get_by_role("row", name=re.compile("MLP-A2.*29.15.*study 32.34"))).to_be_visible()
    settle(page)
    page.keyboard.press("x")
    expect(page.get_by_test_id("stSidebarNav")).to_be_visible()
    expect(page).not_to_have_url(re.compile("projector"))
    assert page.evaluate(ROOT_SIZE) == "16px"
