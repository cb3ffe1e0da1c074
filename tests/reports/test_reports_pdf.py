"""Reports as PDF: readable, tagged, and the same bytes each time."""

from __future__ import annotations

import re

from matplotlib.figure import Figure

from reports.document import Document, Stamp
from reports.pdf import to_markup, to_pdf
from reports.pictures import png
from reports.tables import escape, table
from reports.typst_markup import literal, to_typst

NASTY = '#panic("no") $x$ @label <a> \\" *b* _c_ = d // e /* f */ ${g} ]['


def document() -> Document:
    rows = [[escape(NASTY), str(number), "`k=5, a_b=0.1`"] for number in range(150)]
    blocks = (
        f"# Study {escape(NASTY)}",
        f"**bold** and *weak* {escape(NASTY)}, 1 − 2 ≤ 3 × 4 ± 5 † –",
        "## Errors",
        '![Errors of "all" \\*systems\\*](errors.png)',
        table(["system", "number", "config"], rows, right=["number"]),
        "## Provenance",
        f"```sh\n{NASTY}\n```",
        "- one\n- two `code`\n\n1. three\n\n> quoted",
    )
    return Document(
        Stamp("study", ("x",)), f"Study {NASTY}", blocks, {"errors.png": png(Figure(figsize=(1, 1)))}
    )


def test_a_pdf_with_pages_tags_and_the_same_bytes() -> None:
    first = to_pdf(document())
    assert first == to_pdf(document())
    assert first.startswith(b"%PDF-")
    pages = re.search(rb"/Type\s*/Pages\b.{0,200}?/Count\s+(\d+)", first, re.DOTALL)
    assert pages
    assert int(pages[1]) >= 3  # the table breaks over pages
    assert b"pdfuaid" in first  # Typst checks tags, title and alternative texts before it says so


def test_text_is_never_markup() -> None:
    markup = to_markup(document())
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "", markup)
    for piece in ("panic", "@label", "$x$", "//", "/*"):
        assert piece not in outside
    assert markup.count(literal('Errors of "all" *systems*')) == 1


def test_literals_drop_what_cannot_be_printed() -> None:
    assert literal('a\x00b\u2028c\xa0d\n"\\') == '"ab c d\\n\\"\\\\"'


def test_pictures_that_are_not_there_are_words() -> None:
    assert to_typst("![Words](https://example.org/x.png)", ()) == '#"Words";\n\n'
