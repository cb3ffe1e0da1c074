"""The page of all trials in a real browser: choose, note, compare, and come back to it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from insight_records import RANDOM
from playwright.sync_api import Browser, Page, expect

#: Milliseconds, for busy machines.
PATIENT = 30_000

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_trial_is_chosen_noted_compared_and_found_again(
    chromium: Browser, dashboard: str, searched: str, settle: Callable[[Page], None]
) -> None:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{dashboard}/trials?study={searched}&system={RANDOM}&order=trial")
    tick(page, 1)
    expect(page.get_by_role("heading", name=f"{RANDOM} #1", exact=True)).to_be_visible(timeout=PATIENT)
    expect(page).to_have_url(re.compile(r"trial=MLP-A1.*%2F1%2F1(&|$)"), timeout=PATIENT)
    settle(page)  # the form below may still be that of the trial before
    page.get_by_label("Note", exact=True).fill("<i>odd</i> but good")
    tags = page.get_by_label("Tags", exact=True)
    tags.fill("look again")
    tags.press("Enter")
    tags.press("Escape")  # an open list hides everything else from readers of a screen
    page.get_by_role("button", name="Save note and tags").click()
    expect(page.get_by_text("# look again")).to_be_visible(timeout=PATIENT)
    settle(page)
    tick(page, 3)
    expect(page).to_have_url(re.compile("with=MLP-A1.*%2F1%2F3(&|$)"), timeout=PATIENT)
    expect(page.get_by_role("columnheader", name="#3", exact=True)).to_be_visible(timeout=PATIENT)
    page.reload()
    expect(page.get_by_role("heading", name=f"{RANDOM} #1", exact=True)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("columnheader", name="#3", exact=True)).to_be_visible(timeout=PATIENT)
    expect(page.get_by_label("Note", exact=True)).to_have_value("<i>odd</i> but good", timeout=PATIENT)
    expect(page.get_by_text("# look again")).to_be_visible(timeout=PATIENT)
    assert page.get_by_test_id("stException").count() == 0
    page.context.close()


def tick(page: Page, row: int) -> None:
    """The table is a picture of itself: the box to tick lies where its rows say."""
    table = page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible(timeout=PATIENT)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 15, box["y"] + 35 * (row + 1.5))
