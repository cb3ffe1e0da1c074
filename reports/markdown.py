"""A study as one markdown file with pictures beside it. The same store gives the same bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from datasets.errors import UsageError
from datasets.types import SplitName
from reports import story, tables
from reports.section import sections
from tuners.store import Store
from tuners.summary import StudySummary, summarize

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REPORT = "report.md"
INDEX = "index.md"


def write_report(
    store: Store,
    study: str,
    out: Path,
    split: SplitName = "eval",
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Writes `out/<study>/report.md` and its pictures, and returns the path of the report.

    split: whose points lie over the decision surfaces. Raises UsageError where there is no such study
    or the folder cannot be written.
    """
    summary = summarize(store, study)
    folder = make_folder(out / study)
    blocks = [
        f"# Study {tables.escape(study)}",
        *filter(None, [story.banner(store, summary)]),
        story.opening(summary),
    ]
    search = pd.DataFrame()
    for section in sections():
        if progress is not None:
            progress(f"{study}: {section.title}")
        frame = section.frame(store, study)
        frame.attrs["split"] = split
        if section.name == "search":
            search = frame
        file = folder / f"{section.name}.png"
        if not section.applies(frame):
            file.unlink(missing_ok=True)
            continue
        blocks += [f"## {section.title}", section.lead]
        picture = section.picture(store, frame)
        if picture is None:
            file.unlink(missing_ok=True)  # of an earlier report, which this one does not show
        else:
            _write(file, png(picture))
            blocks.append(f"![{tables.escape(section.alt(frame))}]({file.name})")
        blocks.append(section.markdown(frame))
    blocks += ["## Times", _times(summary, search)]
    path = folder / REPORT
    _write(path, ("\n\n".join(blocks) + "\n").encode())
    return path


def write_index(store: Store, studies: Sequence[str], out: Path) -> Path:
    """Writes `out/index.md`: one row a study, with a link to its report."""
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
                f"[{tables.escape(name)}]({name}/{REPORT})",
                tables.escape(f"{summary.study.data.name}, {summary.study.data.provenance}"),
                summary.study.state.value,
                f"{scored} of {len(summary.systems)}",
                result,
            ]
        )
    columns = ["study", "data set", "state", "systems scored", "lowest eval error in %"]
    path = make_folder(out) / INDEX
    _write(path, f"# Studies\n\n{tables.table(columns, rows)}\n".encode())
    return path


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


def png(picture: Figure) -> bytes:
    """The picture as PNG without a trace of when or by which version it was drawn."""
    buffer = io.BytesIO()
    picture.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}; choose another --out") from error


def _times(summary: StudySummary, search: pd.DataFrame) -> str:
    """Everything that another run of the same study would give otherwise: dates and seconds."""
    numbers = ["training of trials (s)", "the tuner's own time (s)", "final trainings (s)"]
    final = {row.label: sum(score.seconds for score in row.scores) for row in summary.systems}
    rows = [
        [
            tables.escape(row["system"]),
            f"{row['seconds']:,.1f}",
            f"{row['overhead']:,.1f}",
            f"{final[row['system']]:,.1f}" if final[row["system"]] else tables.DASH,
        ]
        for _, row in search.iterrows()
    ]
    finished = summary.study.finished or "not yet"
    return (
        f"Begun {summary.study.created}, finished {finished} (UTC). Dates and seconds stand here only: they are what "
        "another run of the same study would give differently. Seconds are summed over trials, whichever of the "
        f"workers ran them.\n\n{tables.table(['system', *numbers], rows, right=numbers)}"
    )
