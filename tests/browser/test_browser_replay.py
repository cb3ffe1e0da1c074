"""A replay in a real browser: nothing moves by itself, and the button moves surface, title and slider, by keys as well."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from looks import fits, no_error
from playwright.sync_api import BrowserContext, expect
from study_records import TUNED, add_recordings

from tuners.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_the_button_plays_the_frames_and_the_slider_goes_back(
    browse: Callable[..., BrowserContext], dashboard: str, store: Store
) -> None:
    add_recordings(store, "demo", TUNED[0])
    page = browse(400, reduced_motion="reduce").new_page()
    page.goto(f"{dashboard}/replay?study=demo&system={TUNED[0]}&over=epochs")
    title = page.locator(".js-plotly-plot .annotation-text").first
    expect(title).to_contain_text("epoch 1 of 4")
    page.wait_for_timeout(1_500)
    expect(title).to_contain_text("epoch 1 of 4")
    page.get_by_role("button", name="Play").press("Enter")
    expect(title).to_contain_text("epoch 4 of 4")
    rail = page.locator(".slider-rail-touch-rect")
    box = rail.bounding_box()
    assert box is not None
    rail.click(position={"x": box["width"] / 3, "y": box["height"] / 2})
    expect(title).to_contain_text("epoch 2 of 4")
    fits(page)
    no_error(page)
