"""A report as PDF, set by Typst with the fonts that it carries: the same document gives the same bytes."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from reports.document import Document
from reports.typst_markup import literal, to_typst

#: Universal accessibility: tags, a title, alternative texts; Typst refuses to write a file without them.
STANDARD: Final = "ua-1"

#: Seconds since 1970 that the file gives as its time.
TIMESTAMP = 0

STYLE = """
#set page(paper: "a4", margin: (x: 1.8cm, y: 2cm), numbering: "1 / 1")
#set text(font: "Libertinus Serif", size: 10pt, lang: "en", region: "GB")
#set par(justify: false)
#set table(stroke: (x, y) => if y == 0 { (bottom: 0.7pt) } else { (bottom: 0.25pt + luma(200)) }, inset: (x: 3.5pt, y: 3pt))
#show table.cell.where(y: 0): strong
#show raw: set text(font: "DejaVu Sans Mono", size: 0.85em)
#show raw.where(block: true): block.with(fill: luma(244), inset: 8pt, width: 100%)
#show heading.where(level: 2): set block(above: 2em, below: 0.9em)
#set quote(block: true)
"""


def to_pdf(document: Document) -> bytes:
    """The whole file."""
    with tempfile.TemporaryDirectory(prefix="handtune-pdf-") as name:
        folder = Path(name)
        (folder / "report.typ").write_text(to_markup(document), encoding="utf-8")
        for picture, content in document.pictures.items():
            (folder / picture).write_bytes(content)
        return compile_file(folder / "report.typ")


def to_markup(document: Document) -> str:
    """The Typst file that a report is set from."""
    head = f"#set document(title: {literal(document.title)})\n"
    return head + STYLE + to_typst("\n\n".join(document.blocks), document.pictures)


def compile_file(path: Path) -> bytes:
    """Sets a Typst file; pictures lie beside it. The machine's own fonts are not looked at."""
    import typst

    compiler = typst.Compiler(str(path), root=str(path.parent), ignore_system_fonts=True)
    content = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=TIMESTAMP)
    assert isinstance(content, bytes)
    return content
