"""Every page in a real browser: open to everybody as axe-core tells, wide and narrow, light and dark, and no wider than a
phone. A participant of a contest looks, whose results are there.

They share one visit of each page, as its loading is what takes the time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import axe
import pytest
from contest_records import add_contest, add_final, add_person, add_try, set_state
from looks import fits, no_error
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.contest import identity
from dashboard.navigation import declarations
from tuners.contest.book import Book
from tuners.contest.record import ContestState, EntrantKind
from tuners.store import Store

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: The pages in the order of the menu, by address.
TITLES = {page.url_path: page.title for page in declarations(ROOT / "dashboard" / "views")}

#: Pages that are opened by their address, with the study that fills them; the others, from the menu, keep the last.
STARTS = {"insight": "searched", "live": "demo"}

#: Pages that look different with another study, or with none that there is.
OTHERS = {"errors": ("eeg", "nobody"), "surfaces": ("patches",), "report": ("eeg",)}

#: Something to look at.
DRAWN = ".js-plotly-plot, .bars, table, code, canvas, [data-testid=stForm], [data-testid=stAlert], [data-testid=stExpander]"

BACKGROUND = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"

LAPTOP, PHONE = (1280, 900), (400, 800)


class Looks:
    """Looks at pages. wrong: what nothing allows. needed: the positions of the entries that allow something."""

    def __init__(self, page: Page, settle: Callable[[Page], None]) -> None:
        self.page, self.settle = page, settle
        self.schemes = ["light", "dark"]
        self.wrong: list[str] = []
        self.needed: set[int] = set()

    def look(self) -> None:
        """Wide and narrow, and narrow in the other scheme, in which the next page begins."""
        self.settle(self.page)
        expect(self.page.locator("h1")).to_be_visible()
        expect(self.page.locator(DRAWN).filter(visible=True).first).to_be_visible()
        no_error(self.page)
        self._ask_axe()
        self._resize(PHONE)
        fits(self.page)
        self._change_scheme()
        fits(self.page)
        self._ask_axe(axe.CHANGING)
        self._resize(LAPTOP)

    def _ask_axe(self, rules: Sequence[str] | None = None) -> None:
        wrong, needed = axe.findings(self.page, rules)
        self.wrong += [f"{self.schemes[0]}, {one}" for one in wrong]
        self.needed |= needed

    def _change_scheme(self) -> None:
        """The page changes where it stands, and again once the server has been told."""
        self.schemes.reverse()
        before = self.page.evaluate(BACKGROUND)
        self.page.emulate_media(color_scheme=self.schemes[0])
        self.page.wait_for_function(f"before => ({BACKGROUND})() !== before", arg=before)
        self.settle(self.page)

    def _resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.settle(self.page)


@pytest.fixture
def token(store: Store) -> str:
    """Of somebody who took part in a contest that is scored."""
    made, book = add_contest(store), Book(store)
    book.open(made.id)
    people = [add_person(store, made, alias) for alias in ("Nimble Otter", "Calm Crane")]
    for place, one in enumerate(people):
        add_try(store, made, one.person.id, 1, 0.4)
        add_try(store, made, one.person.id, 2, 0.3 - place / 10)
        errors = (0.31, 0.33, 0.3 + place / 10)
        add_final(store, made, EntrantKind.PERSON, one.person.alias, 0.3, errors, person=one.person.id)
    add_final(store, made, EntrantKind.TUNER, "optuna-tpe 1", 0.25, (0.3, 0.28, 0.29))
    add_final(store, made, EntrantKind.DEFAULTS, "all defaults", 0.5, (0.51, 0.52, 0.5))
    set_state(store, made, state=str(ContestState.SCORED), ended=made.created, freeze=made.created)
    return people[0].token


def test_pages_are_open_to_everybody_and_fit_a_phone(
    browse: Callable[..., BrowserContext],
    settle: Callable[[Page], None],
    dashboard: str,
    searched: str,
    token: str,
) -> None:
    # Words that fade in have no contrast yet.
    context = browse(*LAPTOP, color_scheme="light", reduced_motion="reduce")
    context.add_init_script(path=axe.script())
    context.add_cookies([{"name": identity.PERSON, "value": token, "url": dashboard, "sameSite": "Strict"}])
    page = context.new_page()
    looks = Looks(page, settle)
    for address, study in STARTS.items():
        page.goto(f"{dashboard}/{address}?study={study}")
        looks.look()
    for address in [address for address in TITLES if address not in STARTS]:
        before = page.locator("h1").inner_text()
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=TITLES[address]).click()
        expect(page.locator("h1")).not_to_have_text(before)
        looks.look()
    for address, studies in OTHERS.items():
        for study in studies:
            page.goto(f"{dashboard}/{address}?study={study}")
            looks.look()
    assert looks.wrong == [], "\n".join(looks.wrong)
    assert [entry for place, entry in enumerate(axe.ALLOWED) if place not in looks.needed] == []
