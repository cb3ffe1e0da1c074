"""What axe-core finds on a page, beside what Streamlit's own markup is allowed."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from looks import fits
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from third_party import wheel_member

ALLOWED = tomllib.loads((Path(__file__).parent / "accessibility_allowed.toml").read_text())["allowed"]

#: What another scheme of colours and another width may change.
CHANGING = ("color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size")

#: Findings as [rule, what is wrong, element, positions of the entries that allow it]. With the next frame the page has
#: done what follows from how wide it is.
FINDINGS = """async ([allowed, rules]) => {
    await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const found = await axe.run(document, {resultTypes: ['violations'], ...(rules && {runOnly: rules})});
    return found.violations.flatMap(({id, help, nodes}) => nodes.map(node => [id, help, node.html,
        [...allowed.keys()].filter(place => allowed[place].rule === id
            && document.querySelector(node.target[0]).matches(allowed[place].element))]));
}"""


def script() -> Path:
    """axe-core itself: a browser's pages have to run it before they are asked."""
    return wheel_member("axe-playwright-python", "0.1.8", "axe.min.js")


def findings(page: Page, rules: Sequence[str] | None = None) -> tuple[list[str], set[int]]:
    """What nothing allows, in words, and the positions of the entries of ALLOWED that allow something."""
    wrong, needed = [], set()
    for rule, help, element, allowing in page.evaluate(FINDINGS, [ALLOWED, rules]):
        needed.update(allowing)
        if not allowing:
            wrong.append(f"{page.url}, {page.evaluate('innerWidth')}: {rule}: {help}: {element[:200]}")
    return wrong, needed


def is_open_on_a_phone(page: Page) -> None:
    """For a page that is not loaded anew, as it is now: everything fits, and axe-core finds nothing."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 400, "height": size["height"]})
    fits(page)
    page.evaluate(script().read_text(encoding="utf-8"))
    assert findings(page)[0] == []
    page.set_viewport_size(size)
