"""Competitors on the same data: people's lists and tuners, ranked by eval error, with what each spent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from datasets.errors import UsageError
from reports import tables
from reports.document import Document, Progress
from reports.fairness import CONDITIONS, budget_text, conditions, table_rows
from reports.kind import Kind, Request
from reports.statistics import count_difference, sentences, wilson
from tuners.record import HAND
from tuners.store import Store
from tuners.summary import StudySummary, SystemSummary, summarize


@dataclass(frozen=True)
class Competitor:
    """A system of a study."""

    name: str
    study: StudySummary
    system: SystemSummary

    @property
    def error(self) -> float:
        return self.system.errors["eval"]


class LeagueReport(Kind):
    name = "league"
    title = "people's lists and tuners on the same data: who comes first, by eval error"
    example = "python -m reports league class-monday class-tuesday --out report"

    def document(self, store: Store, request: Request, progress: Progress) -> Document:
        """Raises UsageError where the studies are not of the same samples: their errors have no order."""
        progress(f"league of {', '.join(request.of)}")
        summaries = [summarize(store, name) for name in request.of]
        _same_data(summaries)
        competitors = _competitors(summaries)
        data = summaries[0].study.data
        hand = sum(one.system.tuner == HAND for one in competitors)
        opening = (
            f"{len(competitors)} competitors on data set {tables.escape(data.name)} ({data.provenance}, "
            f"{data.sizes['eval']:,} eval samples, sha256 {data.content_hash[:12]}…): {hand} list"
            f"{'s' * (hand != 1)} of settings by people, {len(competitors) - hand} by tuners. Each one's winner was chosen "
            "by its dev error and scored on eval; competitors are called what the store calls them."
        )
        blocks = [
            "# League",
            opening,
            "## Ranking",
            _league(competitors, data.sizes["eval"]),
            "## Equal terms",
            _terms(summaries, competitors),
        ]
        return Document(self.stamp(request), f"League {', '.join(request.of)}", tuple(blocks), {})


def _same_data(summaries: Sequence[StudySummary]) -> None:
    first = summaries[0].study
    for summary in summaries[1:]:
        other = summary.study
        if other.data.content_hash != first.data.content_hash:
            raise UsageError(
                f"a league is on the same samples, and those of {other.name} (data set {other.data.name}, sha256 "
                f"{other.data.content_hash[:12]}…) are not those of {first.name} ({first.data.name}, "
                f"{first.data.content_hash[:12]}…). Compare ranks instead: python -m reports comparison "
                f"{first.name} {other.name} --out DIR"
            )


def _competitors(summaries: Sequence[StudySummary]) -> list[Competitor]:
    """Scored systems, the lowest eval error first; the study is named where several are compared."""
    found = [
        Competitor(row.label if len(summaries) == 1 else f"{row.label}, {s.study.name}", s, row)
        for s in summaries
        for row in s.systems
        if row.errors
    ]
    return sorted(found, key=lambda one: (one.error, one.name))


def _league(competitors: Sequence[Competitor], samples: int) -> str:
    if not competitors:
        return "No competitor is scored yet."
    leader, tests = competitors[0], max(1, len(competitors) - 1)
    rows = []
    for place, one in enumerate(competitors, start=1):
        low, high = wilson(one.error * samples, samples)
        told = count_difference(one.error, leader.error, samples, tests).shown
        rows.append(
            [
                str(place),
                tables.escape(one.name),
                "by hand" if one.system.tuner == HAND else tables.escape(one.system.tuner),
                tables.escape(one.system.learner),
                tables.error(one.error),
                f"{tables.error(low)} to {tables.error(high)}",
                "leader" if one is leader else "told apart" if told else "not told apart",
                str(len(one.system.scores)),
                f"{one.system.trials:,}",
                f"{one.system.epochs:,}",
            ]
        )
    columns = ["place", "competitor", "tuned", "model", "eval error in %", "95 % interval", "from the leader"]
    columns += ["final trainings", "trials", "epochs"]
    alike = [one.name for one, row in zip(competitors, rows, strict=True) if row[6] == "not told apart"]
    unscored = "The order of those who cannot be told apart is luck as far as these samples say."
    verdict = (
        f"On {samples:,} eval samples {tables.escape(sentences.listed(alike))} cannot be told apart from the leader. {unscored}"
        if alike
        else f"On {samples:,} eval samples every other competitor can be told apart from the leader."
        if len(competitors) > 1
        else "There is nobody to compare it with."
    )
    text = (
        "Intervals and comparisons speak of the luck of the eval samples (Wilson; Newcombe, corrected for "
        f"{tests} comparison{'s' * (tests != 1)}), not of the luck of another search, and the leader was picked by these "
        "very errors. Trials and epochs are what was spent in all searches of a competitor; seconds differ between "
        "machines and stand in the report of each study."
    )
    table = tables.table(columns, rows, right=["place", "eval error in %", *columns[7:]])
    return f"{text}\n\n{table}\n\n{verdict}"


def _terms(summaries: Sequence[StudySummary], competitors: Sequence[Competitor]) -> str:
    """What was the same for all; what was not is marked, as the league cannot say what it would have changed."""
    found = table_rows(conditions([s.study for s in summaries], CONDITIONS))
    models = list(dict.fromkeys(one.system.learner for one in competitors))
    found.insert(0, ("model", "same" if len(models) == 1 else "DIFFERS", ", ".join(models)))
    trials = {one.name: one.system.trials / max(1, len(one.system.scores)) for one in competitors}
    counts = sorted(set(trials.values()))
    spent = f"{counts[0]:g}" if len(counts) == 1 else f"{counts[0]:g} to {counts[-1]:g}" if counts else "none"
    found.append(("trials that were used a search", "same" if len(counts) < 2 else "DIFFERS", spent))
    rows = [
        [name, f"**{verdict}**" if verdict == "DIFFERS" else verdict, tables.escape(values)]
        for name, verdict, values in found
    ]
    allowed = budget_text(summaries[0].study.spec.budget)
    text = (
        "The samples are the same for all, or there would be no table. What else differs is marked: it is part of a "
        f"difference between competitors. A list by hand is its own limit; tuners were allowed {allowed}"
        f"{' in the first study' if len(summaries) > 1 else ''}."
    )
    return f"{text}\n\n{tables.table(['condition', 'verdict', 'value'], rows)}"
