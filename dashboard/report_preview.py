"""The generated report as a page shows it: built in memory part by part, nothing is left behind."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard import reading
from reports.document import LABEL
from reports.kind import Request
from reports.kinds.study import Piece, StudyReport, parts
from reports.markdown import REPORT, content
from tuners.summary import StudySummary

_IMAGE_LINE = re.compile(r"^!\[(?P<alt>.*)\]\((?P<file>[\w.-]+)\)$", re.MULTILINE)
_STAMP = re.compile(rf"^\[{LABEL}\]: .*$", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,5}) ", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """Markdown, and the pictures in it by the names of their files."""

    pictures: dict[str, bytes]
    markdown: str


@dataclass(frozen=True)
class Picture:
    content: bytes
    alt: str


def pieces(summary: StudySummary) -> Iterator[tuple[str, Report]]:
    """The report part by part, each with its title, as they are made: drawing all pictures takes seconds. Built once for
    all viewers as long as the study stands as it does; a part that its data do not have is empty."""
    for part, title in parts().items():
        piece = _piece(*_key(summary), part)
        yield title, Report(dict(piece.pictures), "\n\n".join(piece.blocks))


def file_of(summary: StudySummary, name: str) -> bytes:
    """The whole report as one file, "zip", "html" or "pdf"; made when somebody asks for it."""
    return _file(*_key(summary), name)


def _key(summary: StudySummary) -> tuple[reading.Source, str, tuple[str, ...]]:
    """Names the state of a study; another state has another report."""
    stage = (summary.study.state.value, *(f"{s.label}:{s.trials}:{len(s.scores)}" for s in summary.systems))
    return reading.source(), summary.study.name, stage


@st.cache_data(max_entries=300, show_spinner=False)
def _piece(source: reading.Source, study: str, stage: tuple[str, ...], part: str) -> Piece:
    return StudyReport().piece(reading.store(), Request((study,)), part)


@st.cache_data(max_entries=8, show_spinner=False)
def _file(source: reading.Source, study: str, stage: tuple[str, ...], name: str) -> bytes:
    made = [_piece(source, study, stage, part) for part in parts()]
    document = StudyReport().assembled(Request((study,)), made)
    if name == "zip":
        return zipped({REPORT: document.markdown.encode(), **document.pictures}, study)
    return content(document, name)


def blocks(report: Report) -> Iterator[str | Picture]:
    """Text and pictures in their order. Only the report's own pictures are shown: a page that fetched
    others would tell a stranger who reads it."""
    place = 0
    for match in _IMAGE_LINE.finditer(report.markdown):
        yield _text(report.markdown[place : match.start()])
        content = report.pictures.get(match["file"])
        yield Picture(content, match["alt"]) if content is not None else match["alt"]
        place = match.end()
    yield _text(report.markdown[place:])


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """All files in one archive; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}"), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _text(markdown: str) -> str:
    """Headings one level down, below the page's own; every other picture as the text that asks for it."""
    text = _STAMP.sub("", markdown).replace("![", r"!\[")
    return _HEADING.sub(r"#\1 ", text).strip()
