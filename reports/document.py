"""A report before it is a file: its markdown, its pictures, and what it was made of."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version

from datasets.errors import UsageError

#: Raised when the same options mean another report, so that an old one is refused and not misjudged.
FORMAT = 1

LABEL = "handtune-report"

#: What a report can be written as.
MD, HTML, PDF = FORMATS = ("md", "html", "pdf")

Option = str | int | None

#: Told what is being done; commands print it.
Progress = Callable[[str], None]

_LINE = re.compile(rf"^\[{LABEL}\]: # '(.*)'$", re.MULTILINE)
_META = re.compile(rf'<meta name="{LABEL}" content="([^"]*)">')

#: What would end the title of a link definition, or an attribute, stands in it as an escape of JSON.
_ESCAPES = {letter: f"\\u{ord(letter):04x}" for letter in "'<>&"}


@dataclass(frozen=True)
class Stamp:
    """What a report was made of: enough to make it again.

    of: names of studies, or of a data set. options: what else shapes the text and the pictures.
    handtune, matplotlib: versions. Another version of matplotlib draws other bytes from the same numbers.
    """

    kind: str
    of: tuple[str, ...]
    options: Mapping[str, Option] = field(default_factory=dict)
    handtune: str = ""
    matplotlib: str = ""

    def text(self) -> str:
        """As one line of JSON that ends neither a quotation nor an HTML attribute."""
        content = {
            LABEL: FORMAT,
            "kind": self.kind,
            "of": list(self.of),
            **self.options,
            "handtune": self.handtune or installed("handtune"),
            "matplotlib": self.matplotlib or installed("matplotlib"),
        }
        plain = json.dumps(content)
        return "".join(_ESCAPES.get(letter, letter) for letter in plain)

    def line(self) -> str:
        """As markdown that nobody sees: the definition of a link that is used nowhere."""
        return f"[{LABEL}]: # '{self.text()}'"

    @classmethod
    def read(cls, text: str) -> Stamp:
        """The stamp of a report in markdown or HTML. Raises UsageError where it has none, or two."""
        found = _LINE.findall(text) + [html.unescape(match) for match in _META.findall(text)]
        if len(found) != 1:
            raise UsageError(
                f"the report has {'no' if not found else 'more than one'} line [{LABEL}], which says what it was made "
                "of, so it cannot be made again. Write it anew with: python -m reports STUDY --out DIR"
            )
        try:
            content = json.loads(found[0])
            form = content.pop(LABEL)
            kind, of = str(content.pop("kind")), tuple(str(name) for name in content.pop("of"))
            versions = {name: str(content.pop(name)) for name in ("handtune", "matplotlib")}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"the line [{LABEL}] of the report cannot be read: {error!r}") from None
        if form != FORMAT:
            raise UsageError(f"the report has format {form}, and this version verifies format {FORMAT}")
        return cls(kind, of, content, **versions)


@dataclass(frozen=True)
class Document:
    """A finished report. blocks: markdown, headings included; pictures: PNG by file name."""

    stamp: Stamp
    title: str
    blocks: tuple[str, ...]
    pictures: Mapping[str, bytes]

    @property
    def markdown(self) -> str:
        return "\n\n".join([*self.blocks, self.stamp.line()]) + "\n"


def installed(package: str) -> str:
    """The version of an installed package, without importing it; "none" where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
