"""The lesson in a real browser: all seven steps by the keys of a presenter's clicker, and what the address keeps."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from looks import no_error
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.lesson.step import steps

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_class_is_led_through_all_steps(
    browse: Callable[..., BrowserContext], dashboard: str, settle: Callable[[Page], None]
) -> None:
    page = browse(1280, 720, color_scheme="light").new_page()
    page.goto(f"{dashboard}/lesson?study=demo")
    page.get_by_role("radio", name="The same picture").click()
    for step in steps():
        here(page, f"{step.position} · {step.title}")
        expect(page.get_by_role("button", name="Show the answer")).to_be_visible()
        settle(page)
        page.keyboard.press("a")
        expect(page.get_by_text("Answer:")).to_be_visible()
        expect(page).to_have_url(re.compile(rf"answer={step.position}"))
        expect(page.locator(".js-plotly-plot").first).to_be_visible()
        no_error(page)
        if step.position == 1:
            expect(page.get_by_text("your guess: The same picture")).to_be_visible()
        settle(page)
        if step.position < len(steps()):
            page.keyboard.press("PageDown")
    expect(page.get_by_role("button", name="Next step")).to_be_disabled()
    page.keyboard.press("PageUp")
    here(page, f"6 · {steps()[5].title}")
    page.reload()
    here(page, f"6 · {steps()[5].title}")


def here(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
