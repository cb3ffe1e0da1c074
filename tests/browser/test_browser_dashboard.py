"""One pass through all pages in a real browser, with a really started server."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from looks import no_error
from playwright.sync_api import Page, expect

from dashboard import screenshots

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_deep_link_is_the_first_thing_a_fresh_server_sees(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/errors?study=demo")
    expect(page.get_by_role("heading", name="Errors", exact=True)).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("MLP-A2.*29.15.*study 32.34"))).to_be_visible()
    expect(page.get_by_text("generated data").first).to_be_visible()
    menu = page.get_by_test_id("stSidebarNav")
    for section in ("Watch", "Analyse", "Do", "Reports"):
        expect(menu.get_by_text(section, exact=True)).to_be_visible()
    no_error(page)


def test_way_through_the_pages_keeps_the_study(page: Page, dashboard: str) -> None:
    page.goto(f"{dashboard}/overview")
    expect(page.get_by_role("heading", name="Newest comparison: demo")).to_be_visible()
    card = page.locator(".st-key-study-plain")
    card.get_by_role("link", name="Errors").click()
    expect(page).to_have_url(re.compile(r"/errors\?.*study=plain"))
    menu = page.get_by_test_id("stSidebarNav")
    menu.get_by_role("link", name="Decision surfaces").click()
    expect(page.get_by_text("has a decision surface")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/surfaces\?.*study=plain"))
    menu.get_by_role("link", name="Report").click()
    expect(page.get_by_role("heading", name="Study plain")).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("Error rates"))).to_be_visible()
    expect(page.get_by_role("button", name="Download the report (zip)")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Decision surfaces", exact=True)).to_be_visible()
    no_error(page)


def test_live_page_follows_a_search_in_another_process(page: Page, dashboard: str, search: None) -> None:
    page.goto(f"{dashboard}/live?study=now")
    row = page.get_by_role("row", name=re.compile(r"MLP-A1 \(keras-random\) searching"))
    expect(row).to_be_visible()
    done = row.get_by_role("cell").nth(1)
    before = int(done.inner_text().split("/")[0])
    expect(done).not_to_have_text(re.compile(rf"^({before}|{before + 1}) / 6"))  # they only become more
    expect(page.get_by_test_id("stEChartsChart").locator("canvas")).to_have_count(2)
    expect(page.get_by_text("Eval stays closed")).to_be_visible()
    no_error(page)


def test_switches_stand_in_the_address(page: Page, dashboard: str, settle: Callable[[Page], None]) -> None:
    page.goto(f"{dashboard}/live?study=demo&against=seconds")
    expect(page.get_by_role("radio", name="seconds")).to_be_checked()
    settle(page)
    page.get_by_text("epochs", exact=True).first.click()
    expect(page).to_have_url(re.compile("against=epochs"))


def test_zoom_into_one_surface_zooms_into_all(
    page: Page, dashboard: str, settle: Callable[[Page], None]
) -> None:
    page.goto(f"{dashboard}/surfaces?study=demo&systems=KNN&systems=RNF&columns=2")
    plot = page.locator(".js-plotly-plot")
    expect(plot).to_be_visible()
    expect(page.get_by_text("100 points of eval")).to_be_visible()
    settle(page)  # what arrives late would move it from under the mouse
    panel = plot.locator(".nsewdrag").first
    before = plot.evaluate("plot => plot._fullLayout.xaxis2.range")
    box = panel.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.25 * box["width"], box["y"] + 0.25 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.75 * box["width"], box["y"] + 0.75 * box["height"], steps=8)
    page.mouse.up()
    page.wait_for_function(
        "before => document.querySelector('.js-plotly-plot')._fullLayout.xaxis2.range[0] > before + 0.2",
        arg=before[0],
    )
    first, second = plot.evaluate("plot => [plot._fullLayout.xaxis.range, plot._fullLayout.xaxis2.range]")
    assert first == second


def test_segment_is_looked_at_from_all_sides(
    page: Page, dashboard: str, settle: Callable[[Page], None]
) -> None:
    page.goto(f"{dashboard}/eeg?split=dev&label=seizure")
    expect(page.get_by_role("heading", name=re.compile("^seizure · patient"))).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(3)
    stack = page.locator(".js-plotly-plot").first
    expect(stack.get_by_text("P4-O2", exact=True)).to_be_visible()
    expect(stack.get_by_text(re.compile("µV"))).to_be_visible()
    expect(page.get_by_text("25 Hz, Nyquist")).to_be_visible()
    expect(page.get_by_text("stand-in data").first).to_be_visible()
    settle(page)
    page.get_by_text("background", exact=True).first.click()
    expect(page.get_by_role("heading", name=re.compile("^background · patient"))).to_be_visible()
    expect(page).to_have_url(re.compile("label=background"))
    no_error(page)


def test_patch_is_chosen_in_the_gallery(page: Page, dashboard: str, settle: Callable[[Page], None]) -> None:
    page.goto(f"{dashboard}/patches?split=eval")
    expect(page.get_by_role("heading", name="Patch 0: indc")).to_be_visible()
    gallery = page.locator(".st-key-gallery")
    expect(gallery.get_by_role("img")).to_have_count(12)
    settle(page)
    gallery.get_by_role("button", name=re.compile(r"^1 · dcis")).click()
    expect(page.get_by_role("heading", name="Patch 1: dcis")).to_be_visible()
    expect(page).to_have_url(re.compile("patch=1"))
    expect(page.get_by_role("img", name=re.compile("Augmented crop"))).to_have_count(5)
    slide = page.locator(".js-plotly-plot")
    expect(slide.get_by_text("norm", exact=True).first).to_be_visible()
    no_error(page)


def test_picture_holds_a_page_to_its_end(page: Page, dashboard: str, tmp_path: Path) -> None:
    screenshots.take(page, f"{dashboard}/errors?study=demo", tmp_path / "errors.png")
    size = struct.unpack(">II", (tmp_path / "errors.png").read_bytes()[16:24])
    assert size[0] == 1280
    assert size[1] == page.get_by_test_id("stMain").evaluate("main => main.scrollHeight") > 900
