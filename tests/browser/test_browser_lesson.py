"""The lesson in a real browser: all seven steps by the keys of a presenter's clicker, and what the address keeps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.lesson.step import steps

pytestmark = [pytest.mark.browser, pytest.mark.slow]


#: Milliseconds; pictures of points are slow to draw without a graphics card.
TIMEOUT = 90_000


def test_a_class_is_led_through_all_steps(
    chromium: Browser, dashboard: str, settle: Callable[[Page], None]
) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 720}, color_scheme="light")
    page = context.new_page()
    page.set_default_timeout(TIMEOUT)
    page.goto(f"{dashboard}/lesson?study=demo")
    page.get_by_role("radio", name="The same picture").click()
    for step in steps():
        here(page, f"{step.position} · {step.title}")
        expect(page.get_by_role("button", name="Show the answer")).to_be_visible(timeout=TIMEOUT)
        settle(page)
        page.keyboard.press("a")
        expect(page.get_by_text("Answer:")).to_be_visible(timeout=TIMEOUT)
        expect(page).to_have_url(re.compile(rf"answer={step.position}"), timeout=TIMEOUT)
        expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=TIMEOUT)
        assert page.get_by_test_id("stException").count() == 0
        if step.position == 1:
            expect(page.get_by_text("your guess: The same picture")).to_be_visible(timeout=TIMEOUT)
        settle(page)
        if step.position < len(steps()):
            page.keyboard.press("PageDown")
    expect(page.get_by_role("button", name="Next step")).to_be_disabled(timeout=TIMEOUT)
    page.keyboard.press("PageUp")
    here(page, f"6 · {steps()[5].title}")
    page.reload()
    here(page, f"6 · {steps()[5].title}")
    context.close()


def here(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading, timeout=TIMEOUT)
