"""The progress of all systems as one HTML table: light enough to be sent every second."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboard.progress import SystemProgress
from datasets.percent import percent_text
from reports.palette import system_colours
from tuners.record import TrialRecord


def progress_table(rows: Sequence[SystemProgress], labels: Sequence[str]) -> str:
    """One row a system; its swatch is its colour in the charts. labels: all systems of the study."""
    colours = system_colours(labels)
    known = [row.best_dev for row in rows if row.best_dev is not None]
    best = min(known, default=None)
    body = "".join(_row(row, colours[row.label], best) for row in rows)
    head = "".join(f"<th scope='col'{kind}>{name}</th>" for name, kind in _HEADS)
    return (
        f"<div class='errors live'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def troubles_table(trials: Sequence[TrialRecord]) -> str:
    """Trials without a usable result, with their reasons as plain text."""
    body = "".join(
        f"<tr><th scope='row'>{escape(trial.system)} {trial.title}<span class='note'>{trial.state.value}</span></th>"
        f"<td class='reason'>{escape(trial.reason or 'no reason on record')}</td></tr>"
        for trial in trials
    )
    return f"<div class='errors live'><table><tbody>{body}</tbody></table></div>"


_HEADS = (
    ("system", ""),
    ("progress", ""),
    ("trials", ""),
    ("epochs", " class='effort'"),
    ("seconds", " class='effort'"),
    ("best dev, %", ""),
)


def _row(row: SystemProgress, colour: str, best: float | None) -> str:
    state = row.state + (f", {row.running} running" if row.running else "")
    state += f", {row.troubled} failed or degenerate" if row.troubled else ""
    warning = ""
    if row.one_class:
        many = f"{row.one_class} trials answer" if row.one_class > 1 else "a trial answers"
        warning = f"<span class='note warn'>⚠ {many} one class so far</span>"
    of = f" / {row.planned}" if row.planned else ""
    dev = percent_text(row.best_dev)
    if row.best_dev is not None and row.best_dev == best:
        dev = f"<span class='best' title='lowest so far'>{dev}</span>"
    return (
        f"<tr><th scope='row'><span class='swatch' style='background:{colour}'></span>{escape(row.label)}"
        f"<span class='note'>{escape(state)}</span>{warning}</th>"
        f"<td class='bar'><progress value='{row.fraction:.3f}' max='1'>{row.fraction:.0%}</progress></td>"
        f"<td>{row.done}{of}</td><td class='effort'>{row.epochs:,}</td>"
        f"<td class='effort'>{row.seconds:,.0f}</td><td>{dev}</td></tr>"
    )
