"""The markdown of reports, parsed: CommonMark with tables, and no HTML of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


def parser() -> MarkdownIt:
    """HTML in the text is text. Links to anything that could run are none (`markdown_it` refuses them)."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table").disable(["html_block", "html_inline"])


def words(token: Token) -> str:
    """The text of a heading or of what a picture shows, without its markup."""
    if not token.children:
        return token.content
    return "".join(" " if child.type == "softbreak" else words(child) for child in token.children)
