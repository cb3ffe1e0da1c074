"""Cells of tables, and colours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports import palette, tables

PARSER = MarkdownIt("commonmark").enable("table")


def cells_of(text: str) -> list[str]:
    """What a reader sees in the cells of a markdown table."""
    tokens = PARSER.parse(text)
    seen = []
    for token in tokens:
        if token.type == "inline":
            seen.append("".join(child.content for child in token.children or []))
    return seen


@given(st.text(alphabet=st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=40))
def test_any_text_stays_one_cell_and_itself(text: str) -> None:
    plain = " ".join(text.split())
    assert cells_of(tables.table(["a", "b"], [[tables.escape(text), "x"]])) == ["a", "b", plain, "x"]


@pytest.mark.parametrize("text", ["a|b", "a`b", "a``b|c", "<img src=x>", "`", "k=5, b=[1]"])
def test_code_stays_one_cell(text: str) -> None:
    assert cells_of(tables.table(["a", "b"], [[tables.code(text), "x"]])) == ["a", "b", text, "x"]


def test_errors_are_percent_with_two_decimals() -> None:
    assert tables.error(0.07625) == "7.63"
    assert tables.error(None) == tables.error(float("nan")) == "–"
    assert tables.error(0.3, 0.0125) == "30.00 ± 1.25"
    assert tables.error(0.3, float("nan")) == "30.00"
    assert tables.error(0.0) == "0.00"


def test_class_colours_differ_and_are_fixed() -> None:
    assert palette.class_colours(2) == ["#0072B2", "#E69F00"]
    assert len(set(palette.class_colours(8))) == 8
    assert len(palette.class_colours(20)) == 20
    labels = [f"S{number}" for number in range(8)]
    assert len(set(palette.system_colours(labels).values())) == 8
    assert len(set(palette.system_marks(labels).values())) == 8


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ground", [palette.LIGHT, palette.DARK])
def test_text_is_readable_on_its_ground(ground: palette.Ground) -> None:
    light, dark = sorted((_luminance(ground.text), _luminance(ground.background)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 7


def test_blending_ends_at_the_colour_and_the_ground() -> None:
    assert palette.blend("#0072B2", 1.0) == "#0072B2"
    assert palette.blend("#0072B2", 0.0) == "#FFFFFF"
    assert palette.transparent("#0072B2", 0.5) == "rgba(0,114,178,0.5)"
