"""The generated report as a page shows it: built into a temporary folder, nothing is left behind."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard import reading
from tuners.summary import StudySummary

_IMAGE_LINE = re.compile(r"^!\[(?P<alt>.*)\]\((?P<file>[\w.-]+)\)$", re.MULTILINE)
_HEADING = re.compile(r"^(#{1,5}) ", re.MULTILINE)


@dataclass(frozen=True)
class Report:
    """The files of one report by name; one of them is its markdown."""

    files: dict[str, bytes]
    markdown: str


@dataclass(frozen=True)
class Picture:
    content: bytes
    alt: str


def report_of(summary: StudySummary) -> Report:
    """The report, built once for all viewers as long as the study stands as it does."""
    stage = (summary.study.state.value, *(f"{s.label}:{s.trials}:{len(s.scores)}" for s in summary.systems))
    return _build(reading.source(), summary.study.name, stage)


@st.cache_data(max_entries=8, show_spinner="Writing the report …")
def _build(source: reading.Source, study: str, stage: tuple[str, ...]) -> Report:
    from reports.markdown import write_report

    with tempfile.TemporaryDirectory(prefix="handtune-report-") as folder:
        path = write_report(reading.store(), study, Path(folder))
        files = {file.name: file.read_bytes() for file in sorted(path.parent.iterdir())}
    return Report(files, files[path.name].decode())


def blocks(report: Report) -> Iterator[str | Picture]:
    """Text and pictures in their order. Only the report's own pictures are shown: a page that fetched
    others would tell a stranger who reads it."""
    place = 0
    for match in _IMAGE_LINE.finditer(report.markdown):
        yield _text(report.markdown[place : match.start()])
        content = report.files.get(match["file"])
        yield Picture(content, match["alt"]) if content is not None else match["alt"]
        place = match.end()
    yield _text(report.markdown[place:])


def zipped(report: Report, folder: str) -> bytes:
    """All files in one archive; the same report gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in report.files.items():
            archive.writestr(zipfile.ZipInfo(f"{folder}/{name}"), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _text(markdown: str) -> str:
    """Headings one level down, below the page's own; every other picture as the text that asks for it."""
    return _HEADING.sub(r"#\1 ", markdown.replace("![", r"!\[")).strip()
