"""`python -m reports verify`: is a report what its store gives, and does the store agree with itself?

The report names what it was made of (`reports.document.Stamp`). It is made again, in memory, and compared line
by line and figure by figure; pictures are drawn again and compared by their pixels. As a report can be no truer
than its store, records that follow from each other are compared too (`reports.checks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from datasets.errors import UsageError
from reports.check import checks
from reports.differences import differences, figures, headings
from reports.document import Document, Progress, Stamp, installed
from reports.kind import kind, silent
from reports.pictures import same
from tuners.store import Store

PICTURES, DATA = "pictures", "data"

#: What a verification may leave out on request; the answer names it.
LEFT_OUT = (PICTURES, DATA)


@dataclass
class Part:
    """A section of the report, or a rule of the store. compared: figures, or records."""

    title: str
    compared: int = 0
    pictures: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass
class Verdict:
    """What came of it. notes: what a reader should know before the parts; left_out: what was not compared."""

    report: str
    of: str
    sections: list[Part] = field(default_factory=list)
    rules: list[Part] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return bool(self.sections) and not any(part.problems for part in [*self.sections, *self.rules])

    def as_json(self) -> dict[str, Any]:
        return {"holds": self.holds} | asdict(self)


def verify(
    path: Path,
    store: Store,
    skip: Collection[str] = (),
    data_root: str | None = None,
    progress: Progress = silent,
) -> Verdict:
    """Compares a report (markdown or HTML) with what the store gives.

    skip: of LEFT_OUT. data_root: where real data lie, for the report of a data set. A study that the store does
    not have is a difference, not an error. Raises UsageError for a file that cannot be read or is no report.
    """
    text = _text(path)
    stamp = Stamp.read(text)
    found = kind(stamp.kind)
    request = found.request(stamp, data_root, draw=PICTURES not in skip)
    verdict = Verdict(str(path), f"{stamp.kind}: {', '.join(stamp.of)}")
    if request is None:
        verdict.sections.append(
            Part("What it was made of", problems=[f"no such report can be: {stamp.text()}"])
        )
        return verdict
    if found.reads_store:
        offered = found.offered(store)
        missing = [name for name in stamp.of if name not in offered]
        if missing:
            what = found.subject.lower()
            problem = f"the store {store.address} has no {what} {', '.join(missing)}: it is not this report's"
            verdict.sections.append(Part("What it was made of", problems=[problem]))
            return verdict
        verdict.notes += found.cautions(store, stamp.of)
    document = found.document(store, request, progress)
    given, shown = _given(path, text)
    expected = _expected(path, document)
    drawn = None if PICTURES in skip else document.pictures
    verdict.sections += _sections(given, expected, shown, drawn, stamp, verdict)
    if found.reads_store:
        studies = found.studies(store, stamp.of)
        verdict.rules += _rules(store, studies, DATA in skip, verdict, progress)
    if installed("handtune") != stamp.handtune:
        verdict.notes.append(
            f"the report was written by Handtune {stamp.handtune}, this is {installed('handtune')}: "
            "its wording may differ for that alone"
        )
    return verdict


def _text(path: Path) -> str:
    if path.suffix == ".pdf":
        raise UsageError("a PDF cannot be verified; verify the report.md or report.html of the same store")
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise UsageError(f"the report {path} cannot be read: {reason}") from None


def _given(path: Path, text: str) -> tuple[list[str], Mapping[str, bytes | None]]:
    """The lines of a report and its pictures by name."""
    if path.suffix != ".html":
        return text.split("\n"), _Folder(path.parent)
    from reports.html import split_pictures

    text, pictures = split_pictures(text)
    return text.split("\n"), defaultdict(lambda: None, pictures)


class _Folder(dict[str, "bytes | None"]):
    """The pictures beside a report, read when they are asked for; None where there is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __missing__(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None


def _expected(path: Path, document: Document) -> list[str]:
    if path.suffix != ".html":
        return document.markdown.split("\n")
    from reports.html import split_pictures, to_html

    return split_pictures(to_html(document))[0].split("\n")


def _sections(
    given: list[str],
    expected: list[str],
    shown: Mapping[str, bytes | None],
    drawn: Mapping[str, bytes] | None,
    stamp: Stamp,
    verdict: Verdict,
) -> list[Part]:
    parts = {title: Part(title, count) for title, count in figures(expected).items()}
    for difference in differences(given, expected):
        part = parts.setdefault(difference.section, Part(difference.section))
        part.problems.append(str(difference))
    if drawn is None:
        verdict.left_out.append("pictures")
        return list(parts.values())
    here = installed("matplotlib")
    for name, content in drawn.items():
        part = parts[_section_of(name, expected)]
        part.pictures += 1
        picture = shown[name]
        if picture is None:
            part.problems.append(f"{name} is missing")
        elif not same(picture, content):
            if stamp.matplotlib == here:
                part.problems.append(f"{name} is not the picture that the store gives")
            else:
                part.problems.append(
                    f"{name} cannot be compared: it was drawn by matplotlib {stamp.matplotlib}, and this is {here}. "
                    "Install that version, or leave pictures out with --skip pictures"
                )
    return list(parts.values())


def _section_of(picture: str, lines: list[str]) -> str:
    place = next(i for i, line in enumerate(lines) if picture in line)
    return headings(lines)[place]


def _rules(
    store: Store, studies: Iterable[str], quick: bool, verdict: Verdict, progress: Progress
) -> list[Part]:
    names = list(studies)
    parts = []
    for check in checks():
        part = Part(check.title)
        for name in names:
            if check.slow and quick:
                continue
            progress(f"{name}: {check.title}")
            result = check.run(store, name)
            mark = f"{name}: " if len(names) > 1 else ""
            part.compared += result.compared
            part.problems += [mark + problem for problem in result.problems]
            verdict.left_out += [mark + reason for reason in result.left_out]
        if check.slow and quick:
            verdict.left_out.append(f"whether {check.title}")
        if part.compared:
            parts.append(part)
    return parts
