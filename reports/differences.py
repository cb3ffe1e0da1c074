"""Where two texts differ, in the words of somebody who reads a report: lines, and figures within them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

#: Longest piece of a line that a message repeats.
SHOWN = 90

START = "Beginning"

_HEADING = re.compile(r"^#{1,2} (.+)$|<h[12][^>]*>(.+)</h[12]>")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_WORD = re.compile(r"[^\s|]+")
_TAG = re.compile(r"<[^>]*>")

#: Markup and punctuation around a word.
_AROUND = "*`_()[]:;,\\"


@dataclass(frozen=True)
class Difference:
    """section: the heading above. line: where in the report that was given, from 1."""

    section: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


def figures(lines: Sequence[str]) -> dict[str, int]:
    """How many figures stand in each section, by heading, in the order of the text."""
    counts: dict[str, int] = {}
    for heading, line in zip(headings(lines), lines, strict=True):
        counts[heading] = counts.get(heading, 0) + len(_FIGURE.findall(_TAG.sub(" ", line)))
    return counts


def headings(lines: Sequence[str]) -> list[str]:
    """Of each line, the heading that it stands under or is."""
    found: list[str] = []
    current = START
    for line in lines:
        match = _HEADING.search(line)
        if match:
            current = match[1] or match[2]
        found.append(current)
    return found


def differences(given: Sequence[str], expected: Sequence[str]) -> list[Difference]:
    """Every place where the lines of a report are not those that it should have."""
    mine, theirs = headings(given), headings(expected)
    found: list[Difference] = []
    for i, j, text in _compare(given, expected):
        if j is not None:
            section = theirs[j]
        else:
            section = mine[i]
        found.append(Difference(section, min(i, len(given) - 1) + 1, text))
    return found


def _compare(given: Sequence[str], expected: Sequence[str]) -> Iterator[tuple[int, int | None, str]]:
    """(place in given, place in expected or None, what differs)."""
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, given, expected, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        # Within a changed stretch, lines that differ in figures only belong together.
        a, b = ([_FIGURE.sub("#", line) for line in part] for part in (given[i1:i2], expected[j1:j2]))
        for _, k1, k2, l1, l2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
            both = min(k2 - k1, l2 - l1)
            for step in range(both):
                i, j = i1 + k1 + step, j1 + l1 + step
                for text in _line(given[i], expected[j]):
                    yield i, j, text
            for i in range(i1 + k1 + both, i1 + k2):
                if given[i].strip():
                    yield i, None, f"the store gives no such line: {_short(given[i])}"
            for j in range(j1 + l1 + both, j1 + l2):
                if expected[j].strip():
                    yield i1 + k2, j, f"a line is missing here: {_short(expected[j])}"


def _line(given: str, expected: str) -> Iterator[str]:
    """What differs within one line: single figures where the rest is the same, else the text."""
    if given == expected:
        return
    mine, theirs = (_WORD.findall(_TAG.sub(" ", line)) for line in (given, expected))
    pairs = [(a, b) for a, b in zip(mine, theirs, strict=False) if a != b]
    if len(mine) == len(theirs) and pairs and all(any(map(str.isdigit, a + b)) for a, b in pairs):
        for a, b in pairs:
            yield f"the report says {a.strip(_AROUND)}, the store gives {b.strip(_AROUND)}"
        return
    if len(mine) == len(theirs) and not pairs:
        yield "only markup or spaces differ"
        return
    same = _FIGURE.findall(given) == _FIGURE.findall(expected)
    word = "only words differ, no figure" if same else "text and figures differ"
    here, there = _around(given, expected)
    yield f"{word}: the report says “{here}”, the store gives “{there}”"


def _around(given: str, expected: str) -> tuple[str, str]:
    """The parts of two lines from shortly before the first difference to shortly after the last."""
    start = next((i for i, (a, b) in enumerate(zip(given, expected, strict=False)) if a != b), 0)
    start = start or min(len(given), len(expected))
    if given[:1] != expected[:1]:
        start = 0
    begin = max(0, start - 15)
    lead = "…" if begin else ""
    return tuple(lead + _short(text[begin:]) for text in (given, expected))  # type: ignore[return-value]


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
