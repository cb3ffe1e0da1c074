"""A report as one HTML file: pictures and style inside, no script, nothing asked of any server."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports.document import LABEL, Document
from reports.parse import parser, words

if TYPE_CHECKING:
    from markdown_it.token import Token

STYLE = Path(__file__).with_name("html.css")

#: What a browser may load: pictures and style that are in the file, nothing else.
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

#: From how many sections on a list of them stands at the top.
CONTENTS = 4

_PICTURE = re.compile(r'<img src="data:image/png;base64,([^"]*)" alt="([^"]*)" title="([^"]*)">')


def to_html(document: Document) -> str:
    """The whole file. The same document gives the same text."""
    markdown = parser()
    tokens = markdown.parse("\n\n".join(document.blocks))
    contents = _contents(tokens)
    body = _renderer(document).render(tokens, markdown.options, {})
    lead, _, rest = body.partition("<h2")
    title = html.escape(document.title)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en-GB">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f'<meta name="{LABEL}" content="{html.escape(document.stamp.text())}">',
            f"<title>{title}</title>",
            f"<style>\n{STYLE.read_text(encoding='utf-8').strip()}\n</style>",
            "</head>",
            "<body>",
            "<main>",
            lead.strip(),
            *contents,
            f"<h2{rest.rstrip()}" if rest else "",
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def split_pictures(text: str) -> tuple[str, dict[str, bytes | None]]:
    """A report in HTML without its pictures, and these by file name; None for one that is damaged."""
    found: dict[str, bytes | None] = {}

    def take(match: re.Match[str]) -> str:
        try:
            found[html.unescape(match[3])] = base64.b64decode(match[1], validate=True)
        except ValueError:
            found[html.unescape(match[3])] = None
        return f'<img alt="{match[2]}" title="{match[3]}">'

    return _PICTURE.sub(take, text), found


def _contents(tokens: Sequence[Token]) -> list[str]:
    """Names the sections so that links reach them, and returns the list of these links."""
    rows: list[str] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            token.attrSet("id", f"section-{len(rows) + 1}")
            title = words(tokens[place + 1])
            rows.append(f'<li><a href="#section-{len(rows) + 1}">{html.escape(title)}</a></li>')
    if len(rows) < CONTENTS:
        return []
    return ['<nav aria-label="Sections">', "<ul>", *rows, "</ul>", "</nav>"]


def _renderer(document: Document) -> Any:
    """markdown-it's own rendering but for pictures and tables."""
    from markdown_it.renderer import RendererHTML

    class Renderer(RendererHTML):
        def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
            name, alt = str(tokens[idx].attrs["src"]), html.escape(words(tokens[idx]))
            if name not in document.pictures:
                return alt  # nothing outside the file is asked for
            data = base64.b64encode(document.pictures[name]).decode()
            picture = f'<img src="data:image/png;base64,{data}" alt="{alt}" title="{html.escape(name)}">'
            # Letters stay large enough on a narrow screen: the picture scrolls by itself.
            return f'<span class="picture" role="region" aria-label="Picture" tabindex="0">{picture}</span>'

        def table_open(self, *_: Any) -> str:
            # A wide table scrolls by itself, with the keyboard too; the page does not.
            return '<div class="table" role="region" aria-label="Table" tabindex="0">\n<table>\n'

        def table_close(self, *_: Any) -> str:
            return "</table>\n</div>\n"

    return Renderer()
