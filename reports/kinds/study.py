"""The report of one study: every section that its data have."""

from __future__ import annotations

import pandas as pd

from reports import story, tables
from reports.document import Document, Progress
from reports.kind import Kind, Request
from reports.pictures import png
from reports.section import sections
from tuners.store import Store
from tuners.summary import StudySummary, summarize


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
        summary = summarize(store, study)
        blocks = [
            f"# Study {tables.escape(study)}",
            *filter(None, [story.banner(store, summary)]),
            story.opening(summary),
        ]
        pictures: dict[str, bytes] = {}
        search = pd.DataFrame()
        for section in sections():
            progress(f"{study}: {section.title}")
            frame = section.frame(store, study)
            frame.attrs["split"] = request.split
            if section.name == "search":
                search = frame
            if not section.applies(frame):
                continue
            blocks += [f"## {section.title}", section.lead]
            picture = section.picture(store, frame)
            if picture is not None:
                file = f"{section.name}.png"
                pictures[file] = png(picture) if request.draw else b""
                blocks.append(f"![{tables.escape(section.alt(frame))}]({file})")
            blocks.append(section.markdown(frame))
        blocks += ["## Times", _times(summary, search)]
        return Document(self.stamp(request), f"Study {study}", tuple(blocks), pictures)


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
