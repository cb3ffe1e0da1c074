"""The process log: what was done to a drawing and what its study did, in plain words, newest last."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.drawing.drafts import Draft
from datasets.percent import percent_text
from datasets.types import SPLIT_NAMES
from tuners.record import StudyRecord, TrialState
from tuners.summary import StudySummary, SystemSummary

#: Lines about the drawing itself; the study's follow them.
LAST = 12


def lines(draft: Draft, study: StudyRecord, summary: StudySummary) -> list[str]:
    """The last lines about the drawing, then those of the study."""
    found = draft.log[-LAST:]
    sizes = ", ".join(
        f"{split} {study.data.sizes[split]:,}" for split in SPLIT_NAMES if split in study.data.sizes
    )
    found.append(
        f"{_clock(study.created)} Study {study.name} began: {sizes} points of {len(study.data.class_names)} classes"
    )
    for system in summary.systems:
        found += [f"         {words}" for words in _system(system)]
    for row in summary.bayes:
        errors = ", ".join(
            f"{split} {percent_text(row.errors[split])} %" for split in SPLIT_NAMES if split in row.errors
        )
        if row.kind != "closed loop":
            found.append(f"         {row.label}: {errors}")
    if study.finished:
        found.append(f"{_clock(study.finished)} Study {study.name} is {study.state.value}")
    return found


def _system(system: SystemSummary) -> list[str]:
    words = []
    failed = system.states.get(TrialState.FAILED, 0)
    if system.trials:
        tried = f"{system.trials} configuration{'' if system.trials == 1 else 's'}"
        broken = f", {failed} failed" if failed else ""
        words.append(f"{system.label}: trained {tried} in {system.seconds:.1f} s{broken}")
    if system.selected is not None:
        best = ", ".join(f"{name} {value}" for name, value in system.selected.config.items())
        dev = percent_text(system.selected.dev_error)
        words.append(f"{system.label}: lowest dev error {dev} %" + (f" with {best}" if best else ""))
    if system.errors:
        errors = ", ".join(f"{split} {percent_text(system.errors[split])} %" for split in SPLIT_NAMES)
        words.append(f"{system.label}: trained again and scored: {errors} error")
    return words


def _clock(moment: str) -> str:
    """The local time of an ISO date in UTC."""
    when = datetime.fromisoformat(moment)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone().strftime("%H:%M:%S")
