"""The page of all trials in a real browser: choose, note, compare, and come back to it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from insight_records import RANDOM
from looks import no_error
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_trial_is_chosen_noted_compared_and_found_again(
    page: Page, dashboard: str, searched: str, settle: Callable[[Page], None]
) -> None:
    page.goto(f"{dashboard}/trials?study={searched}&system={RANDOM}&order=trial")
    settle(page)
    tick(page, 1)
    expect(page.get_by_role("heading", name=f"{RANDOM} #1", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"trial=MLP-A1.*%2F1%2F1(&|$)"))
    settle(page)  # the form below may still be that of the trial before
    page.get_by_label("Note", exact=True).fill("<i>odd</i> but good")
    tags = page.get_by_label("Tags", exact=True)
    tags.fill("look again")
    tags.press("Enter")
    tags.press("Escape")  # an open list hides everything else from readers of a screen
    page.get_by_role("button", name="Save note and tags").click()
    expect(page.get_by_text("# look again")).to_be_visible()
    settle(page)
    tick(page, 3)
    expect(page).to_have_url(re.compile("with=MLP-A1.*%2F1%2F3(&|$)"))
    expect(page.get_by_role("columnheader", name="#3", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name=f"{RANDOM} #1", exact=True)).to_be_visible()
    expect(page.get_by_role("columnheader", name="#3", exact=True)).to_be_visible()
    expect(page.get_by_label("Note", exact=True)).to_have_value("<i>odd</i> but good")
    expect(page.get_by_text("# look again")).to_be_visible()
    no_error(page)


def tick(page: Page, row: int) -> None:
    """The table is a picture of itself: the box to tick lies where its rows say."""
    table = page.get_by_test_id("stDataFrame")
    expect(table.locator("canvas").first).to_be_visible()
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 15, box["y"] + 35 * (row + 1.5))
