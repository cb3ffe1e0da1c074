"""The Errors page in a real browser: rows in another order, and a picture that arrives as a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from reports.pictures import png, same
from reports.section import section
from tuners.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_rows_are_sorted_and_a_picture_is_taken_away(
    page: Page, dashboard: str, store: Store, settle: Callable[[Page], None]
) -> None:
    page.goto(f"{dashboard}/errors?study=demo")
    first = page.get_by_role("table").first.get_by_role("rowheader").first
    expect(first).to_have_text("KNN")
    settle(page)
    page.get_by_role("radio", name="eval", exact=True).click(force=True)
    expect(first).to_have_text(re.compile("MLP-A2"))
    expect(page).to_have_url(re.compile("sort=eval"))
    settle(page)
    with page.expect_download() as arriving:
        page.get_by_role("button", name="PNG of the splits").click()
    part = section("gaps")
    drawn = part.picture(store, part.frame(store, "demo"))
    assert drawn is not None
    assert arriving.value.suggested_filename == "demo-gaps.png"
    assert same(Path(arriving.value.path()).read_bytes(), png(drawn))
