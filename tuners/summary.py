"""What came of a study, as one record: the source of the table at the end of a run, of --json, and of
the error table in pages and reports."""

from __future__ import annotations

import shlex
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from datasets.bayes_error import RECOMMENDED
from datasets.percent import percent, percent_text
from datasets.study import study_error
from datasets.types import SPLIT_NAMES
from manual.learner import Config
from tuners.path import winner
from tuners.record import (
    CLOSED_LOOP,
    EXACT,
    HAND,
    BayesRecord,
    ScoreRecord,
    StudyRecord,
    SystemRecord,
    TrialRecord,
    TrialState,
)
from tuners.store import Store, shown


@dataclass(frozen=True)
class SystemSummary:
    """A row of the table. errors: means over the repeats, fractions, empty while not scored.

    trials, epochs, seconds and overhead are sums over its searches. winners: by repeat, what each search
    selected; selected: the one of them with the lowest dev error.

    published: the study's own figures for this row in percent, None where it has none.
    """

    label: str
    tuner: str
    learner: str
    errors: Mapping[str, float]
    published: Mapping[str, float | None]
    trials: int
    states: Mapping[str, int]
    epochs: int
    seconds: float
    overhead: float
    selected: TrialRecord | None
    winners: Mapping[int, TrialRecord]
    scores: Sequence[ScoreRecord]
    architecture: str
    degenerate: bool
    failed_altogether: bool

    @property
    def config(self) -> Config:
        return self.selected.config if self.selected else {}


@dataclass(frozen=True)
class BayesSummary:
    """A Bayes error row. kind: "closed loop" as the study did it, "exact" from the known density, or "estimate" by
    the recommended estimator where no density is known.

    intervals: of an estimate, 95 % by split.
    """

    label: str
    kind: str
    errors: Mapping[str, float]
    published: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class StudySummary:
    study: StudyRecord
    systems: Sequence[SystemSummary]
    bayes: Sequence[BayesSummary]

    def best(self, split: str) -> float | None:
        """The lowest error of a system on a split, as printed; None while nothing is scored."""
        values = [percent(system.errors[split]) for system in self.systems if split in system.errors]
        return min(values, default=None)


def summarize(store: Store, name: str) -> StudySummary:
    """The study as it stands, finished or not. Raises UsageError where there is none."""
    study = store.study(name)
    trials = store.trials(name)
    scores = store.scores(name)
    dataset = study.data.name
    systems = [
        _system(
            dataset,
            system,
            [trial for trial in trials if trial.system == system.label],
            [score for score in scores if score.system == system.label],
        )
        for system in store.systems(name)
    ]
    return StudySummary(study, systems, _bayes(dataset, store.bayes(name)))


def _system(
    dataset: str, system: SystemRecord, trials: list[TrialRecord], scores: list[ScoreRecord]
) -> SystemSummary:
    trained = [trial for trial in trials if trial.repeat_of is None and trial.state != TrialState.RUNNING]
    states = {state.value: sum(1 for trial in trained if trial.state == state) for state in TrialState}
    by_place = {(trial.repeat, trial.number): trial for trial in trials}
    winners = {
        search.repeat: by_place[search.repeat, search.selected]
        for search in system.searches
        if search.selected is not None
    }
    selected = winner(winners.values())
    return SystemSummary(
        label=system.label,
        tuner=system.tuner,
        learner=system.learner,
        errors={
            name: statistics.fmean(score.errors[name] for score in scores)
            for name in (*SPLIT_NAMES, "second")
            if scores and all(name in score.errors for score in scores)
        },
        published={name: study_error(dataset, system.label, name) for name in SPLIT_NAMES},
        trials=len(trained),
        states={state: count for state, count in states.items() if count},
        epochs=sum(trial.epochs for trial in trained),
        seconds=sum(trial.seconds for trial in trained),
        overhead=system.overhead,
        selected=selected,
        winners=winners,
        scores=scores,
        architecture=next((s.architecture for s in scores if selected and s.repeat == selected.repeat), ""),
        degenerate=any(score.degenerate for score in scores),
        failed_altogether=bool(trained) and selected is None and system.state == "failed",
    )


def _bayes(dataset: str, records: list[BayesRecord]) -> list[BayesSummary]:
    exact = {record.split: record.value for record in records if record.estimator == EXACT}
    closed: dict[str, float] = {}
    for record in records:
        if record.estimator.startswith(CLOSED_LOOP):
            closed[record.split] = min(record.value, closed.get(record.split, 1.0))
    guessed = [] if exact else [record for record in records if record.estimator == RECOMMENDED]
    published: dict[str, float | None] = {name: study_error(dataset, "BER", name) for name in SPLIT_NAMES}
    nothing: dict[str, float | None] = dict.fromkeys(SPLIT_NAMES)
    rows = []
    if closed:
        rows.append(BayesSummary("BER", "closed loop", closed, published))
    if exact:
        rows.append(BayesSummary("BER (exact)", "exact", exact, nothing))
    if guessed:
        guessed.sort(key=lambda record: [*SPLIT_NAMES].index(record.split))  # type: ignore[arg-type]
        values = {record.split: record.value for record in guessed}
        intervals = {r.split: (r.low, r.high) for r in guessed if r.low is not None and r.high is not None}
        rows.append(BayesSummary("BER (estimated)", "estimate", values, nothing, intervals))
    return rows


def as_json(summary: StudySummary) -> dict[str, Any]:
    """The document of --json. Errors in percent with two decimals, null while there is none."""
    return {
        "study": summary.study.name,
        "dataset": summary.study.data.name,
        "provenance": summary.study.data.provenance,
        "state": summary.study.state.value,
        "data_hash": summary.study.data.content_hash,
        "systems": [_system_json(system) for system in summary.systems],
        "bayes_error": [
            {"system": row.label, "kind": row.kind} | _errors_json(row.errors) for row in summary.bayes
        ],
    }


def _system_json(system: SystemSummary) -> dict[str, Any]:
    return (
        {"system": system.label, "tuner": system.tuner}
        | _errors_json(system.errors)
        | {
            "trials": system.trials,
            "failed_trials": system.states.get(TrialState.FAILED, 0),
            "pruned_trials": system.states.get(TrialState.PRUNED, 0),
            "degenerate_trials": system.states.get(TrialState.DEGENERATE, 0),
            "epochs": system.epochs,
            "seconds": round(system.seconds, 3),
            "config": dict(system.config),
            "degenerate": system.degenerate,
            "repeats": [_repeat_json(system, score) for score in system.scores],
        }
    )


def _repeat_json(system: SystemSummary, score: ScoreRecord) -> dict[str, Any]:
    """What one search selected and what became of it."""
    return {
        "repeat": score.repeat,
        "seed": score.seed,
        "best_epoch": score.best_epoch,
        "trial": score.trial,
        "search_dev_error": _percent_of(system.winners.get(score.repeat)),
        "config": dict(score.config),
        **_errors_json(score.errors),
    }


def _percent_of(trial: TrialRecord | None) -> float | None:
    return None if trial is None or trial.dev_error is None else percent(trial.dev_error)


def _errors_json(errors: Mapping[str, float]) -> dict[str, float | None]:
    values = {f"{name}_error": percent(errors[name]) if name in errors else None for name in SPLIT_NAMES}
    return values if "second" not in errors else {**values, "second_dev_error": percent(errors["second"])}


#: Columns of a terminal from which on the table shows what a search cost; errors come first.
WIDE = 108

#: What the column of a second dev set takes.
SECOND_WIDTH = 13


def print_table(summary: StudySummary) -> None:
    """The error table in the study's layout, on standard output; a star marks the best of a column."""
    from rich.console import Console
    from rich.table import Table

    data = summary.study.data
    title = (
        f"Error rates in % on data set {data.name} ({data.provenance}, {data.sizes['train']:,} train samples)"
    )
    if summary.study.spec.repeats > 1:
        title += f", means over up to {summary.study.spec.repeats} searches"
    if any(value is not None for system in summary.systems for value in system.published.values()):
        title += "; in brackets the study's own figures"
    table = Table(title=title)
    heads: dict[str, str] = {name: name for name in SPLIT_NAMES}
    if any("second" in system.errors for system in summary.systems):
        heads = {"train": "train", "dev": "dev", "second": "second dev", "eval": "eval"}
    more = SECOND_WIDTH * (len(heads) - len(SPLIT_NAMES))
    # Wide enough for every column where the output is a file and has no width of its own.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120 + more)
    wide = console.width >= WIDE + more
    table.add_column("system", min_width=16)  # the one column that may take two lines
    for head in heads.values():
        table.add_column(head, justify="right", no_wrap=True)
    for count in ("trials", "failed", "epochs", "seconds") if wide else ():
        table.add_column(count, justify="right", no_wrap=True)
    for system in summary.systems:
        cells = [_cell(system.errors.get(n), system.published.get(n), summary.best(n)) for n in heads]
        failed = system.states.get(TrialState.FAILED, 0)
        marks = " (one class for everything)" if system.degenerate else ""
        counts = [str(system.trials), str(failed), str(system.epochs), f"{system.seconds:.0f}"]
        table.add_row(system.label + marks, *cells, *(counts if wide else ()))
    for row in summary.bayes:
        cells = [_cell(row.errors.get(n), row.published.get(n), None) for n in heads]
        table.add_row(row.label, *cells, style="dim")
    console.print(table)
    _print_failures(console, summary)


def _cell(error: float | None, published: float | None, best: float | None) -> str:
    text = percent_text(error)
    if error is not None and best is not None and percent(error) == best:
        text += "*"
    return text if published is None else f"{text} ({published:.2f})"


def _print_failures(console: Any, summary: StudySummary) -> None:
    """One line a system whose trials did not all complete."""
    for system in summary.systems:
        troubled = {
            s: n for s, n in system.states.items() if s not in (TrialState.COMPLETE, TrialState.PRUNED)
        }
        if troubled and system.tuner != HAND:
            counts = ", ".join(f"{count} {state}" for state, count in troubled.items())
            console.print(f"{system.label}: {counts} of {system.trials} trials", markup=False)


def print_next_steps(summary: StudySummary, store: str | None) -> None:
    """The commands that a person would type next, on standard error."""
    name = summary.study.name
    prefix = f"HANDTUNE_STORE={shlex.quote(shown(store))} " if store else ""
    print(
        f"\nlook at it:  {prefix}streamlit run dashboard/app.py    then open http://localhost:8501/errors?study={name}\n"
        f"report:      {prefix}python -m reports {name} --out report",
        file=sys.stderr,
    )
