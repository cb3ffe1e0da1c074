"""Several studies side by side: systems by studies, ranks over them, and what that allows to say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reports import tables
from reports.document import Document, Progress
from reports.fairness import CONDITIONS, conditions, table_rows
from reports.kind import Kind, Request
from reports.statistics import compare_systems, sentences
from tuners.store import Store
from tuners.summary import StudySummary, SystemSummary, summarize


class ComparisonReport(Kind):
    name = "comparison"
    title = "several studies side by side: errors, ranks, equal terms"
    fewest = 2
    example = "python -m reports comparison set08 set09 set10 --out report"

    def document(self, store: Store, request: Request, progress: Progress) -> Document:
        progress(f"comparison of {', '.join(request.of)}")
        summaries = [summarize(store, name) for name in request.of]
        blocks = [
            f"# Comparison of {len(summaries)} studies",
            _opening(summaries),
            "## Studies",
            _studies(summaries),
            "## Eval errors",
            _errors(summaries),
            "## Ranks",
            _ranks(summaries),
            "## Equal terms",
            _terms(summaries),
        ]
        title = f"Comparison of {', '.join(request.of)}"
        return Document(self.stamp(request), title, tuple(blocks), {})


def _opening(summaries: Sequence[StudySummary]) -> str:
    sets = list(dict.fromkeys(f"{s.study.data.name} ({s.study.data.provenance})" for s in summaries))
    return (
        f"{len(summaries)} studies on {len(sets)} data set{'s' * (len(sets) != 1)}: "
        f"{sentences.listed([tables.escape(name) for name in sets])}. A system is the same in two studies where it has "
        "the same label. Error rates of different data sets have no common scale, so systems are ranked within each "
        "study and the ranks are compared."
    )


def _studies(summaries: Sequence[StudySummary]) -> str:
    rows = [
        [
            tables.escape(s.study.name),
            tables.escape(f"{s.study.data.name}, {s.study.data.provenance}"),
            f"{s.study.data.sizes['train']:,} / {s.study.data.sizes['dev']:,} / {s.study.data.sizes['eval']:,}",
            s.study.data.content_hash[:12],
            s.study.state.value,
            f"{sum(bool(row.scores) for row in s.systems)} of {len(s.systems)}",
        ]
        for s in summaries
    ]
    columns = ["study", "data set", "train / dev / eval", "sha256", "state", "systems scored"]
    return tables.table(columns, rows)


def _labels(summaries: Sequence[StudySummary]) -> list[str]:
    return list(dict.fromkeys(row.label for s in summaries for row in s.systems))


def _by_label(summary: StudySummary) -> dict[str, SystemSummary]:
    return {row.label: row for row in summary.systems if row.errors}


def _errors(summaries: Sequence[StudySummary]) -> str:
    columns = ["system", *(tables.escape(s.study.name) for s in summaries)]
    found = [_by_label(s) for s in summaries]
    lowest = [min((row.errors["eval"] for row in own.values()), default=None) for own in found]
    rows = []
    for label in _labels(summaries):
        cells = []
        for own, best in zip(found, lowest, strict=True):
            row = own.get(label)
            text = tables.error(None if row is None else row.errors["eval"])
            cells.append(f"**{text}**" if row is not None and row.errors["eval"] == best else text)
        rows.append([tables.escape(label), *cells])
    text = "Mean eval error in percent over the searches of a system; bold is the lowest of a study, a dash: not scored there."
    return f"{text}\n\n{tables.table(columns, rows, right=columns[1:])}"


def _ranks(summaries: Sequence[StudySummary]) -> str:
    found = [_by_label(s) for s in summaries]
    common = [label for label in _labels(summaries) if all(label in own for own in found)]
    others = [label for label in _labels(summaries) if label not in common]
    if len(common) < 2:
        return "Fewer than two systems are scored in all of these studies, so there are no ranks to compare."
    several = compare_systems(
        common, np.array([[own[label].errors["eval"] for label in common] for own in found]), ranked=True
    )
    ranks = dict(zip(several.names, several.mean_ranks, strict=True))
    rows = [[tables.escape(label), f"{ranks[label]:.2f}"] for label in several.by_rank]
    blocks = [
        "Rank 1 is the lowest eval error of a study; equal errors share their mean rank.",
        tables.table(["system", "mean rank"], rows, right=["mean rank"]),
        tables.escape(sentences.several(several, unit="study result")),
    ]
    hashes = {s.study.data.content_hash for s in summaries}
    if len(hashes) < len(summaries):
        blocks.append(
            f"Only {len(hashes)} of these {len(summaries)} studies have data of their own: studies of the same samples "
            "say nothing new about other data."
        )
    if others:
        blocks.append(f"Not ranked, as not scored everywhere: {tables.escape(sentences.listed(others))}.")
    return "\n\n".join(blocks)


def _terms(summaries: Sequence[StudySummary]) -> str:
    studies = [s.study for s in summaries]
    rows = [
        [name, f"**{verdict}**" if verdict == "DIFFERS" else verdict, tables.escape(values)]
        for name, verdict, values in table_rows(conditions(studies, CONDITIONS))
    ]
    return "What should be the same for a difference to be one of the systems.\n\n" + tables.table(
        ["condition", "verdict", "value"], rows
    )
