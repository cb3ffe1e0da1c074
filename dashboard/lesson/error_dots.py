"""Errors of systems as dots: those of a study, and printed ones where the store has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.lesson.scene import PUBLISHED, SET, published_label
from dashboard.lesson.step import Picture
from datasets.study import study_error, study_systems
from datasets.types import SPLIT_NAMES, SplitName
from reports.dots import Dot, Kind, dots_figure
from reports.palette import SPLITS
from reports.tables import error

#: How the study calls its row of the Bayes error.
BAYES = "BER"

#: A mark a split.
MARKS = {"train": "circle", "dev": "square", "eval": "diamond"}


def split_kind(split: SplitName, name: str | None = None, above: bool = True) -> Kind:
    """The mark of a split, under its own name or another."""
    return Kind(name or split, SPLITS[split], MARKS[split], above)


def printed_errors(dataset: str = SET) -> dict[str, dict[str, float]]:
    """Errors of the published systems by split, as fractions; the row of the Bayes error is no system."""
    found: dict[str, dict[str, float]] = {}
    for system in study_systems(dataset):
        values = {split: study_error(dataset, system, split) for split in SPLIT_NAMES}
        if system != BAYES:
            found[system] = {split: value / 100 for split, value in values.items() if value is not None}
    return found


def error_dots(
    name: str, errors: Mapping[str, Mapping[str, float]], splits: Sequence[SplitName], label: str
) -> Picture:
    """Errors by system and split, as fractions. label: whose they are."""
    dots = [
        Dot(system, split_kind(split, above=split != "dev"), of[split])
        for system, of in errors.items()
        for split in splits
    ]
    alt = "; ".join(f"{dot.row} {dot.kind.name} {error(dot.value)} %" for dot in dots)
    return Picture(name, dots_figure(dots, "error"), f"Errors: {alt}", label)


def published_dots(
    name: str, systems: Sequence[str], splits: Sequence[SplitName], dataset: str = SET
) -> Picture:
    """Errors of systems as the study printed them."""
    every = printed_errors(dataset)
    printed = {f"{system}, {PUBLISHED}": every[system] for system in systems}
    return error_dots(name, printed, splits, published_label())
