"""The report of one study: every section that its data have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from reports import story, tables
from reports.document import Document, Progress
from reports.kind import Kind, Request
from reports.pictures import png
from reports.section import section, sections
from tuners.store import Store
from tuners.summary import StudySummary, summarize

#: The first part and the last one; those between are sections.
OPENING, TIMES = "opening", "times"


@dataclass(frozen=True)
class Piece:
    """A part of a report. blocks: markdown, none where the data have no such part; pictures: PNG by file name."""

    blocks: tuple[str, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


class StudyReport(Kind):
    name = "study"
    title = "one study: errors, searches, settings and what is needed to repeat it"
    together = False
    options = ("split",)
    example = "python -m reports demo --out report"

    def folder(self, request: Request) -> str:
        return request.of[0]

    def document(self, store: Store, request: Request, progress: Progress) -> Document:
        (study,) = request.of
        pieces = []
        for part, title in parts().items():
            progress(f"{study}: {title}")
            pieces.append(self.piece(store, request, part))
        return self.assembled(request, pieces)

    def piece(self, store: Store, request: Request, part: str) -> Piece:
        """One of `parts`, by itself."""
        (study,) = request.of
        if part == OPENING:
            summary = summarize(store, study)
            banner = filter(None, [story.banner(store, summary)])
            return Piece((f"# Study {tables.escape(study)}", *banner, story.opening(summary)))
        if part == TIMES:
            search = section("search").frame(store, study)
            return Piece(("## Times", _times(summarize(store, study), search)))
        own = section(part)
        frame = own.frame(store, study)
        frame.attrs["split"] = request.split
        if not own.applies(frame):
            return Piece(())
        picture = own.picture(store, frame)
        if picture is None:
            return Piece((f"## {own.title}", own.lead, own.markdown(frame)))
        file = f"{own.name}.png"
        image = f"![{tables.escape(own.alt(frame))}]({file})"
        blocks = (f"## {own.title}", own.lead, image, own.markdown(frame))
        return Piece(blocks, {file: png(picture) if request.draw else b""})

    def assembled(self, request: Request, pieces: Sequence[Piece]) -> Document:
        """The report of all its parts, in their order."""
        (study,) = request.of
        blocks = tuple(block for piece in pieces for block in piece.blocks)
        pictures = {name: content for piece in pieces for name, content in piece.pictures.items()}
        return Document(self.stamp(request), f"Study {study}", blocks, pictures)


def parts() -> dict[str, str]:
    """Titles of the parts of a report by name: the opening, every section, whether or not the data have it, and times."""
    return {OPENING: "what it found", **{one.name: one.title for one in sections()}, TIMES: "Times"}


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
