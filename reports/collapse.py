"""Words and marks for networks that answer one class: the same in tables, figures and pages."""

from __future__ import annotations

from collections.abc import Sequence

from datasets.study import study_error, study_systems
from datasets.types import SPLIT_NAMES
from reports.tables import error, escape
from tuners.record import StudyRecord
from tuners.summary import SystemSummary

#: Set at the name of a system whose network collapsed, in tables and figures.
MARK = "†"

#: What is wrong with a final training that collapsed.
ONE_CLASS = "one class for everything"

#: What a degenerate trial is, below lists of them.
EXPLAINED = (
    "Degenerate: the network answers one class for every sample (its training collapsed), so its dev error is that "
    "of a constant answer and says nothing about the data."
)


def marked(label: str, degenerate: bool) -> str:
    """The name of a system, with the mark where its network answers one class."""
    return f"{label} {MARK}" if degenerate else label


def note(system: SystemSummary) -> str:
    """What a table says below the name of a system of which a final training collapsed, else nothing."""
    collapsed = sum(score.degenerate for score in system.scores)
    if not collapsed:
        return ""
    if collapsed == len(system.scores):
        return ONE_CLASS
    return f"{ONE_CLASS} in {collapsed} of {len(system.scores)} trainings"


def footnotes(study: StudyRecord, systems: Sequence[SystemSummary]) -> list[str]:
    """What the mark means, and which figures of the study itself are those of a constant answer."""
    notes = []
    collapsed = [system for system in systems if system.degenerate]
    if collapsed:
        figures = "; ".join(f"{escape(system.label)} {_errors(system)}" for system in collapsed)
        notes.append(
            f"{MARK} This network answers {ONE_CLASS}: its training collapsed, so its error is that of a constant "
            f"answer and not of a classifier ({figures}; train / dev / eval). It is shown as it was found."
        )
    notes += [
        f"The study's {escape(name)} with {' / '.join(f'{value:.2f}' for value in values)} has the error of a constant "
        "answer: nothing that had learnt anything misses exactly every second sample of all three splits."
        for name, values in constant_in_study(study).items()
    ]
    return notes


def constant_in_study(study: StudyRecord) -> dict[str, list[float]]:
    """The published systems of the study's data set whose errors are those of one answer."""
    return constant_answers(study.data.name, len(study.data.class_names))


def constant_answers(dataset: str, classes: int) -> dict[str, list[float]]:
    """The published systems whose errors (percent) on all splits are those of one answer to balanced classes."""
    chance = 100 * (1 - 1 / classes)
    found = {}
    for name in study_systems(dataset):
        values = [study_error(dataset, name, split) for split in SPLIT_NAMES]
        if all(value is not None and abs(value - chance) < 0.005 for value in values):
            found[name] = [value for value in values if value is not None]
    return found


def _errors(system: SystemSummary) -> str:
    return " / ".join(error(system.errors[split]) for split in SPLIT_NAMES) + " %"
