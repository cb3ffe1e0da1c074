"""What every page is looked at for."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, TimeoutError, expect

#: Milliseconds for every expectation, click and visit of the session; there is no other number. A page of a busy machine
#: may take many times its usual seconds, and a failure costs a run however long it waits.
PATIENCE = 60_000

#: Pixels by which a page is wider than its window.
EXCESS = (
    "() => { const main = document.querySelector('[data-testid=stMain]');"
    " return main.scrollWidth - main.clientWidth }"
)


def fits(page: Page) -> None:
    """Nothing is wider than the window. What is laid out before its style sheet has arrived may be, for a moment."""
    try:
        page.wait_for_function(f"({EXCESS})() <= 0")
    except TimeoutError:
        raise AssertionError(f"{page.url} is {page.evaluate(EXCESS)} pixels wider than its window") from None


def until(condition: Callable[[], object]) -> None:
    """For what is no page's answer: processes that begin, load their libraries and train."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < 5 * PATIENCE / 1000, "it never came to that"
        time.sleep(0.05)


def no_error(page: Page) -> None:
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_text("Traceback")).to_have_count(0)
