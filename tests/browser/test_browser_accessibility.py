"""Every page under axe-core in a real browser: no finding but those of Streamlit itself."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.navigation import declarations

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from third_party import wheel_member  # noqa: E402

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ALLOWED = tomllib.loads((Path(__file__).parent / "accessibility_allowed.toml").read_text())["allowed"]

#: The pages in the order of the menu, by address.
TITLES = {page.url_path: page.title for page in declarations(ROOT / "dashboard" / "views")}

#: Pages that are opened by their address, with the study that fills them; the others, from the menu, keep the last.
STARTS = {"insight": "searched", "live": "demo"}

#: A page is there once its own heading and something to look at are, and script, charts and pictures have been at rest for a moment.
#: Streamlit's forms are no form elements. The moment begins anew with every page.
DRAWN = """before => {
    const heading = document.querySelector('h1');
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    const rests = heading !== null && heading.innerText !== before
        && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
        && document.querySelector('[data-testid=stSkeleton], [data-testid=stSpinner], [data-stale=true]') === null
        && document.querySelector('.js-plotly-plot, .bars, table, code, canvas, [data-testid=stForm], [data-testid=stAlert]') !== null
        && charts.every(chart => chart.querySelector('.main-svg') !== null);
    window.restsSince = rests ? window.restsSince ?? Date.now() : undefined;
    const there = rests && Date.now() - window.restsSince > 200;
    if (there) delete window.restsSince;
    return there;
}"""

#: Findings as [rule, what is wrong, element, positions of the entries that allow it].
FINDINGS = """async allowed => {
    const found = await axe.run(document, {resultTypes: ['violations']});
    return found.violations.flatMap(({id, help, nodes}) => nodes.map(node => [id, help, node.html,
        [...allowed.keys()].filter(place => allowed[place].rule === id
            && document.querySelector(node.target[0]).matches(allowed[place].element))]));
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    axe = wheel_member("axe-playwright-python", "0.1.8", "axe.min.js")
    # Words that fade in have no contrast yet.
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900}, color_scheme="light", reduced_motion="reduce"
    )
    context.add_init_script(path=axe)
    yield context.new_page()
    context.close()


def test_pages_are_open_to_everybody(page: Page, dashboard: str, searched: str) -> None:
    wrong: list[str] = []
    needed: set[int] = set()
    for address, study in STARTS.items():
        page.goto(f"{dashboard}/{address}?study={study}")
        heading = drawn(page, None)
        look(page, address, wrong, needed)
    for address in [address for address in TITLES if address not in STARTS]:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=TITLES[address]).click()
        heading = drawn(page, heading)
        look(page, address, wrong, needed)
    assert wrong == [], "\n".join(wrong)
    assert [entry for place, entry in enumerate(ALLOWED) if place not in needed] == []


def drawn(page: Page, before: str | None) -> str:
    """Waits until the page is drawn whose heading is not the one of before; returns its heading."""
    page.wait_for_function(DRAWN, arg=before, polling=50)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    return page.locator("h1").inner_text()


def look(page: Page, name: str, wrong: list[str], needed: set[int]) -> None:
    """Adds what nothing allows to wrong, and the positions of the entries that allow something to needed."""
    for rule, help, element, allowing in page.evaluate(FINDINGS, ALLOWED):
        needed.update(allowing)
        if not allowing:
            wrong.append(f"{name}: {rule}: {help}: {element[:200]}")
