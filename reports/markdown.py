"""Reports as files: markdown with pictures beside it, HTML, PDF. The same store gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from datasets.errors import MissingLibraryError, UsageError
from datasets.types import SplitName
from reports import tables
from reports.document import HTML, MD, Document, Progress
from reports.kind import Request, kind, silent
from reports.people_part import parts
from reports.section import sections
from tuners.store import Store
from tuners.summary import summarize

REPORT = f"report.{MD}"
INDEX = "index.md"


def write_report(
    store: Store,
    study: str,
    out: Path,
    split: SplitName = "eval",
    progress: Progress = silent,
) -> Path:
    """Writes `out/<study>/report.md` and its pictures, and returns the path of the report.

    split: whose points lie over the decision surfaces. Raises UsageError where there is no such study
    or the folder cannot be written.
    """
    found, request = kind("study"), Request((study,), split)
    return write_document(found.document(store, request, progress), out / found.folder(request))


def write_document(document: Document, folder: Path, formats: Sequence[str] = (MD,)) -> Path:
    """Writes a report in each format and returns the path of the first.

    Markdown has its pictures beside it; those of sections that an earlier report showed and this one does not
    are removed. HTML and PDF hold theirs.
    """
    make_folder(folder)
    paths = {name: write(folder / f"report.{name}", content(document, name)) for name in formats}
    if MD in formats:
        for drawn in (*sections(), *parts()):
            if f"{drawn.name}.png" not in document.pictures:
                (folder / f"{drawn.name}.png").unlink(missing_ok=True)
        for name, picture in document.pictures.items():
            write(folder / name, picture)
    return paths[formats[0]]


def content(document: Document, name: str) -> bytes:
    """The file of a report in one format. Raises MissingLibraryError without the library that makes it."""
    if name == MD:
        return document.markdown.encode()
    try:
        if name == HTML:
            from reports.html import to_html

            return to_html(document).encode()
        from reports.pdf import to_pdf

        return to_pdf(document)
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"reports in {name} need {error.name}: pip install -r requirements.txt"
        ) from None


def write_index(store: Store, studies: Sequence[str], out: Path, report: str = REPORT) -> Path:
    """Writes `out/index.md`: one row a study, with a link to its report. report: the name of its file."""
    rows = []
    for name in studies:
        summary = summarize(store, name)
        scored = sum(bool(row.scores) for row in summary.systems)
        best = min(
            (row for row in summary.systems if row.errors), key=lambda row: row.errors["eval"], default=None
        )
        result = (
            "none yet"
            if best is None
            else f"{tables.error(best.errors['eval'])} ({tables.escape(best.label)})"
        )
        rows.append(
            [
                f"[{tables.escape(name)}]({name}/{report})",
                tables.escape(f"{summary.study.data.name}, {summary.study.data.provenance}"),
                summary.study.state.value,
                f"{scored} of {len(summary.systems)}",
                result,
            ]
        )
    columns = ["study", "data set", "state", "systems scored", "lowest eval error in %"]
    path = make_folder(out) / INDEX
    return write(path, f"# Studies\n\n{tables.table(columns, rows)}\n".encode())


def make_folder(folder: Path) -> Path:
    """The folder, made where it is missing. Raises UsageError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise UsageError(
            f"reports are written into a folder, and {folder} is a file; choose another --out"
        ) from error
    except OSError as error:
        raise UsageError(
            f"the folder {folder} cannot be made: {error.strerror}; choose another --out"
        ) from error
    return folder


def write(path: Path, content: bytes) -> Path:
    """Writes a file and returns its path. Raises UsageError where it cannot be written."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; choose another --out") from error
    return path
