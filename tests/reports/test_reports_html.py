"""Reports as one HTML file: nothing is lost, nothing is asked of a server, nothing in it runs."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest
from matplotlib.figure import Figure

from reports.document import Document, Stamp
from reports.html import split_pictures, to_html
from reports.parse import parser
from reports.pictures import png
from reports.tables import escape, table

NASTY = (
    '<script>alert(1)</script> & "quotes" <img src=x onerror=y> $x$ [a](javascript:b) ![p](http://x/y.png)'
)


class Found(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def picture() -> bytes:
    return png(Figure(figsize=(1, 1)))


def document(picture: bytes, name: str = NASTY) -> Document:
    blocks = (
        f"# Study {escape(name)}",
        f"> **Unfinished.** {escape(name)}",
        *(f"## Part {number}" for number in range(1, 5)),
        f"![{escape(name)}](errors.png)",
        table(["system", "eval"], [[escape(name), "**30.80 ± 0.28**"]], right=["eval"]),
        "```sh\npython tuners/run.py --study '<b>'\n```",
        "- one `a|b`\n- two",
    )
    return Document(
        Stamp("study", (name,), {"split": "eval"}), f"Study {name}", blocks, {"errors.png": picture}
    )


def test_names_with_markup_stay_text(picture: bytes) -> None:
    text = to_html(document(picture))
    found = Found(text)
    assert {tag for tag, _ in found.tags}.isdisjoint({"script", "iframe", "object", "form", "link"})
    assert [attrs["alt"] for tag, attrs in found.tags if tag == "img"] == [" ".join(NASTY.split())]
    assert not [name for _, attrs in found.tags for name in attrs if name.startswith("on")]
    assert "$x$" not in escape(NASTY), "some readers would see a formula"
    assert found.text.count(NASTY) == 4  # title, heading, quotation, cell
    links = [str(attrs["href"]) for tag, attrs in found.tags if tag == "a"]
    assert links == [f"#section-{number}" for number in range(1, 5)]
    assert {attrs["id"] for tag, attrs in found.tags if tag == "h2"} == {link[1:] for link in links}


def test_nothing_is_asked_of_a_server(picture: bytes) -> None:
    found = Found(to_html(document(picture, "plain")))
    addresses = [str(attrs[name]) for _, attrs in found.tags for name in ("src", "href") if name in attrs]
    assert all(address.startswith(("data:image/png;base64,", "#")) for address in addresses)
    (policy,) = [a["content"] for t, a in found.tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert str(policy).startswith("default-src 'none'")
    style = re.search("<style>(.*)</style>", to_html(document(picture)), re.DOTALL)
    assert style
    assert "url(" not in style[1] and "@import" not in style[1]
    assert "prefers-color-scheme: dark" in style[1]


def test_pictures_come_out_as_they_went_in(picture: bytes) -> None:
    text, pictures = split_pictures(to_html(document(picture)))
    assert pictures == {"errors.png": picture}
    assert "base64" not in text
    assert Stamp.read(text).of == (NASTY,)


def test_every_word_and_figure_of_the_markdown_is_there(picture: bytes) -> None:
    found = document(picture, "plain")
    shown = Found(to_html(found)).text
    inline = [token for token in parser().parse(found.markdown) if token.type in ("inline", "fence")]
    words = [
        child.content for token in inline for child in token.children or [token] if child.type != "image"
    ]
    assert all(word in shown for word in words)
    assert io.StringIO(shown).getvalue().count("30.80 ± 0.28") == 1


def test_the_same_document_gives_the_same_text(picture: bytes) -> None:
    assert to_html(document(picture)) == to_html(document(picture))
