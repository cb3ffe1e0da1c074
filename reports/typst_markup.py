"""Markdown as Typst: every text becomes a string literal, so that nothing in it is markup."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from reports.parse import parser, words

if TYPE_CHECKING:
    from markdown_it.token import Token

#: Tables from so many columns on are set smaller.
MANY = 8

_OPEN = {
    "strong_open": "#strong[",
    "em_open": "#emph[",
    "blockquote_open": "#quote(block: true)[",
    "bullet_list_open": "#list(",
    "ordered_list_open": "#enum(",
    "list_item_open": "[",
}
_CLOSE = {
    "strong_close": "]",
    "em_close": "]",
    "blockquote_close": "]\n\n",
    "bullet_list_close": ")\n\n",
    "ordered_list_close": ")\n\n",
    "list_item_close": "],",
    "paragraph_close": "\n\n",
    "heading_close": "]\n\n",
    "th_close": "],",
    "td_close": "],",
}


def to_typst(markdown: str, pictures: Collection[str]) -> str:
    """The markup of a whole text. pictures: the names of those that there are; others become their words."""
    tokens = parser().parse(markdown)
    return "".join(_token(tokens, place, pictures) for place in range(len(tokens)))


def literal(text: str) -> str:
    """A Typst string: JSON's escapes of quotes, backslashes and line breaks are Typst's; other controls go."""
    plain = (c if c.isprintable() or c == "\n" else " " if c.isspace() else "" for c in text)
    return json.dumps("".join(plain), ensure_ascii=False)


def _token(tokens: Sequence[Token], place: int, pictures: Collection[str]) -> str:
    token = tokens[place]
    kind = token.type
    if kind in _OPEN or kind in _CLOSE:
        return _OPEN.get(kind) or _CLOSE[kind]
    if kind == "heading_open":
        return f"#heading(level: {token.tag[1:]})["
    if kind == "inline":
        return "".join(_inline(child, pictures) for child in token.children or [])
    if kind in ("fence", "code_block"):
        return f"#raw(block: true, {literal(token.content.rstrip())})\n\n"
    if kind == "hr":
        return "#line(length: 100%)\n\n"
    if kind == "table_open":
        return _table(tokens, place)
    if kind == "table_close":
        return ")]\n\n"
    if kind == "thead_open":
        return "table.header("
    if kind == "thead_close":
        return "),\n"
    if kind in ("th_open", "td_open"):
        return "["
    return ""  # paragraph_open, tbody, tr: nothing to write


def _inline(token: Token, pictures: Collection[str]) -> str:
    match token.type:
        case "text":
            return f"#{literal(token.content)};" if token.content else ""
        case "code_inline":
            return f"#raw({literal(token.content)});"
        case "softbreak":
            return " "
        case "hardbreak":
            return "#linebreak();"
        case "link_open":
            return f"#link({literal(str(token.attrs['href']))})["
        case "link_close":
            return "]"
        case "image":
            name = str(token.attrs["src"])
            if name not in pictures:
                return f"#{literal(words(token))};"
            return f"#image({literal(name)}, alt: {literal(words(token))}, width: 100%)"
        case kind if kind in _OPEN or kind in _CLOSE:
            return _OPEN.get(kind) or _CLOSE[kind]
    return f"#{literal(token.content)};"


def _table(tokens: Sequence[Token], place: int) -> str:
    """The beginning of a table: numbers to the right, the other columns share the width."""
    sides = []
    for token in tokens[place:]:
        if token.type == "thead_close":
            break
        if token.type == "th_open":
            sides.append("right" if "right" in str(token.attrs.get("style", "")) else "left")
    size = "7pt" if len(sides) >= MANY else "8.5pt"
    columns = ", ".join(["auto"] * len(sides))
    return f"#[#set text(size: {size})\n#table(columns: ({columns},), align: ({', '.join(sides)},),\n"
