"""A participant in a real browser, and a training that really runs."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard import screenshots
from dashboard.contest import identity
from tuners.contest.book import Book
from tuners.contest.consent import standard
from tuners.contest.record import Terms, TryState
from tuners.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Milliseconds for what a busy machine does in seconds.
LONG = 90_000

#: All text and all attributes of a page, those within components included.
EVERYTHING = """() => {
    const all = (node) => (node.shadowRoot ? all(node.shadowRoot) : '')
        + [...(node.attributes ?? [])].map(one => one.value).join(' ')
        + [...node.childNodes].map(one => one.nodeType === 3 ? one.data : all(one)).join(' ');
    return all(document);
}"""


def choose(page: Page, label: str, option: str, settle: Callable[[Page], None]) -> None:
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def test_from_the_join_code_to_a_dev_accuracy(
    chromium: Browser, address: str, settle: Callable[[Page], None]
) -> None:
    book = Book(Store(address))
    terms = Terms(minutes=10, tuners=())
    contest = book.create("Monday", terms, standard(terms))
    with screenshots.served({"HANDTUNE_STORE": address}) as dashboard:
        context = chromium.new_context(viewport={"width": 1280, "height": 1400})
        page = context.new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: asked.append(message.text))

        page.goto(f"{dashboard}/join?code={contest.join_code}")
        page.get_by_text("I have read this").click(timeout=LONG)
        settle(page)
        page.get_by_role("button", name="I agree").click()
        page.get_by_text("I have kept it.").click(timeout=LONG)
        settle(page)
        page.get_by_role("button", name="Go on").click()
        page.get_by_role("spinbutton", name="Months of experience").fill("7", timeout=LONG)
        page.get_by_role("combobox", name=re.compile("Education")).click()
        page.get_by_role("option", name="Doctorate").click()
        page.get_by_text("2 · I have tried it").click()
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_text("when the instructor opens it")).to_be_visible(timeout=LONG)

        # The cookie holds who this is; it is told to nobody else, and shown nowhere.
        (cookie,) = [one for one in context.cookies() if one.get("name") == identity.PERSON]
        (person,) = book.people(contest.id)
        token = cookie["value"]
        assert book.person_of_token(token) == person
        assert cookie["sameSite"] == "Strict"
        assert token not in page.evaluate(EVERYTHING)
        assert not any(token in one for one in asked)
        stranger = chromium.new_context().new_page()
        stranger.goto(f"{dashboard}/join")
        expect(stranger.get_by_label("Join code", exact=True)).to_be_visible(timeout=LONG)
        stranger.close()

        book.open(contest.id)  # the lobby goes on by itself
        page.get_by_role("button", name="Start tuning").click(timeout=LONG)
        page.get_by_role("textbox", name="Epochs", exact=True).fill("6", timeout=LONG)
        page.get_by_role("textbox", name="Batch size", exact=True).fill("32")
        choose(page, "Loss", "Cross entropy", settle)
        choose(page, "Optimizer", "Adam", settle)
        for name in ("epochs", "batch size", "loss", "optimizer"):
            choose(page, f"Why this {name}?", "A guess", settle)
        page.get_by_role("button", name="Train with these settings").click()
        expect(page.get_by_role("heading", name=re.compile("Try 1: .* % dev accuracy"))).to_be_visible(
            timeout=LONG
        )
        (one,) = book.tries(contest.id, person.id)
        assert one.state == TryState.COMPLETE
        assert one.dev_error is not None
        shown = page.get_by_role("heading", name=re.compile("Try 1: .* % dev accuracy"))
        expect(shown).to_contain_text(f"{100 - 100 * one.dev_error:.2f} %")

        page.close()  # another tab of the same browser goes on where it was
        page = context.new_page()
        page.goto(f"{dashboard}/join")
        expect(page.get_by_role("heading", name=re.compile("Try 1: .* % dev accuracy"))).to_be_visible(
            timeout=LONG
        )
        expect(page.get_by_role("textbox", name="Epochs", exact=True)).to_have_value("6", timeout=LONG)
        context.close()
