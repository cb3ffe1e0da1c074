"""Data drawn with a real mouse, saved, and learnt by algorithms through the queue."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from looks import no_error, until
from playwright.sync_api import Locator, Page, expect

from dashboard import screenshots
from imld_synth.marks_path import distances
from tuners.jobs.queue import Queue
from tuners.jobs.record import OPEN
from tuners.store import Store

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Pixels between the canvas and the frame within it: left, right, top, bottom.
MARGINS = (44, 10, 10, 26)


class Hand:
    """Moves the mouse to places in data coordinates, in the limits -1 to 1."""

    def __init__(self, page: Page, canvas: Locator) -> None:
        box = canvas.bounding_box()
        assert box is not None
        left, right, top, bottom = MARGINS
        self.page, self.left, self.top = page, box["x"] + left, box["y"] + top
        self.width, self.height = box["width"] - left - right, box["height"] - top - bottom

    @property
    def half_a_pixel(self) -> float:
        return 0.5 * 2 / min(self.width, self.height)

    def move(self, x: float, y: float) -> None:
        self.page.mouse.move(self.left + (x + 1) / 2 * self.width, self.top + (1 - y) / 2 * self.height)

    def stroke(self, *places: tuple[float, float]) -> None:
        self.move(*places[0])
        self.page.mouse.down()
        for place in places[1:]:
            self.move(*place)
        self.page.mouse.up()


def marks(folder: Path) -> list[dict[str, Any]]:
    """The marks of train in the only draft."""
    (file,) = (folder / ".drafts").glob("*.json")
    found: list[dict[str, Any]] = json.loads(file.read_text().partition("\n")[2])["train"]
    return found


def class_chip(page: Page, name: str) -> Locator:
    return page.get_by_role("radiogroup", name="Class").get_by_role("radio", name=re.compile(f"^{name} "))


def test_a_drawing_by_mouse_is_exact_is_kept_and_is_learnt(
    page: Page, address: str, tmp_path: Path, settle: Callable[[Page], None]
) -> None:
    folder = tmp_path / "drawings"
    with screenshots.served({"HANDTUNE_STORE": address, "HANDTUNE_DRAWINGS": str(folder)}) as dashboard:
        page.goto(f"{dashboard}/draw")
        canvas = page.get_by_role(
            "application", name=re.compile("^Drawing of train, 0 points. Tool spray, class A")
        )
        expect(canvas).to_be_visible()
        canvas = page.get_by_role("application")
        settle(page)  # what arrives late would move it from under the mouse
        hand = Hand(page, canvas)

        # Thin, so that nothing is simplified away: every sample of the zigzag is in the file.
        page.get_by_label("Width").fill("0.005")
        zigzag = [(-0.9 + 0.04 * n, 0.8 if n % 2 else 0.3) for n in range(25)]
        hand.stroke(*zigzag)
        count = class_chip(page, "A").locator("small")
        expect(count).not_to_have_text("0")
        (drawn,) = marks(folder)
        path = np.array(drawn["path"])
        assert path.shape == (25, 2)
        assert abs(path - zigzag).max() <= hand.half_a_pixel
        assert distances(path[:1], path[1], path[2])[0] > 0.01  # the check above could have failed

        # Ten strokes without a pause all arrive, once, in their order.
        class_chip(page, "B").click()
        page.get_by_role("radio", name="Brush").click()
        for n in range(10):
            hand.stroke((-0.8 + 0.15 * n, -0.6), (-0.75 + 0.15 * n, -0.5))
        expect(class_chip(page, "B").locator("small")).to_have_text("150")
        found = marks(folder)
        assert [mark["kind"] for mark in found] == ["stroke"] + ["brush"] * 10
        starts = np.array([mark["path"][0] for mark in found[1:]])
        assert abs(starts - [(-0.8 + 0.15 * n, -0.6) for n in range(10)]).max() <= hand.half_a_pixel

        page.keyboard.press("Control+z")
        expect(class_chip(page, "B").locator("small")).to_have_text("135")
        assert len(marks(folder)) == 10
        page.get_by_role("button", name="Redo").click()
        expect(class_chip(page, "B").locator("small")).to_have_text("150")
        page.get_by_role("radio", name="Eraser").click()
        hand.stroke((-0.8, -0.6), (0.6, -0.6))
        expect(class_chip(page, "B").locator("small")).not_to_have_text("150")

        # A class of one's own is the one to draw with, here by the keyboard.
        page.get_by_role("tab", name="Classes").click()
        page.get_by_role("button", name="Add a class").click()
        expect(class_chip(page, "C")).to_have_attribute("aria-checked", "true")
        page.get_by_role("radio", name="Spray").click()
        canvas.focus()
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.down(" ")
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.up(" ")
        expect(class_chip(page, "C").locator("small")).to_have_text("20")
        assert marks(folder)[-1]["path"] == [[0.2, 0.0], [0.4, 0.0]]

        page.get_by_role("tab", name="Save").click()
        settle(page)
        page.get_by_label("Name of the data set").fill("sketch")
        page.get_by_label("Name of the data set").press("Enter")
        settle(page)
        page.get_by_role("button", name="Save as a data set").click()
        expect(page.get_by_text("Saved as sketch")).to_be_visible()
        total = canvas.get_attribute("aria-label")
        assert total is not None and re.match(r"Drawing of train, [\d,]+ points\.", total)
        others = re.sub("&algorithms=[^&]*", "", page.url)
        page.goto(f"{others}&algorithms=knn&algorithms=lda")
        points = total.partition(".")[0]
        expect(page.get_by_role("application", name=re.compile(f"^{points}"))).to_be_visible()

        settle(page)
        page.get_by_role("button", name="Train and evaluate").dblclick()
        queue = Queue(Store(address))
        until(lambda: [job for job in queue.jobs() if job.state not in OPEN])
        expect(page.get_by_role("heading", name="Results")).to_be_visible()
        surfaces = page.locator(".js-plotly-plot")
        expect(surfaces.get_by_text(re.compile("LDA"))).to_be_visible()
        expect(page.get_by_role("rowheader", name="sensitivity")).to_have_count(2)
        expect(page.get_by_role("rowheader", name=re.compile("^BER")).first).to_be_visible()
        expect(page.get_by_text("belong to the earlier version")).to_have_count(0)
        no_error(page)
