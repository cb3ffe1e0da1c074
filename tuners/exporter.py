"""The contract of an export: a study as other programs read it."""

from __future__ import annotations

import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from datasets.errors import UsageError
from datasets.plugins import Plugin
from tuners.notes import Note, notes
from tuners.path import searches
from tuners.record import EpochRecord, ScoreRecord, StudyRecord, StudyState, SystemRecord, TrialRecord
from tuners.store import Store

EXPORTS = "tuners.exports"


@dataclass(frozen=True)
class SearchData:
    """One search of a system with its trials in order; score: of its winner, None before it is scored."""

    system: SystemRecord
    repeat: int
    trials: list[TrialRecord]
    epochs: Mapping[int, list[EpochRecord]]
    score: ScoreRecord | None

    @property
    def title(self) -> str:
        several = len(self.system.searches) > 1
        return f"{self.system.label}, search {self.repeat + 1}" if several else self.system.label


@dataclass(frozen=True)
class StudyData:
    """All that a store holds of a study at one moment."""

    study: StudyRecord
    systems: list[SystemRecord]
    trials: list[TrialRecord]
    epochs: list[EpochRecord]
    scores: list[ScoreRecord]
    notes: list[Note]

    @property
    def finished(self) -> bool:
        return self.study.state == StudyState.FINISHED

    def searches(self) -> list[SearchData]:
        """Every search that has begun, in the order of the study."""
        found = searches(self.trials)
        epochs: dict[tuple[str, int], dict[int, list[EpochRecord]]] = {}
        for epoch in self.epochs:
            epochs.setdefault((epoch.system, epoch.repeat), {}).setdefault(epoch.trial, []).append(epoch)
        scores = {(score.system, score.repeat): score for score in self.scores}
        return [
            SearchData(
                system,
                search.repeat,
                sorted(found[key], key=lambda trial: trial.number),
                epochs.get(key, {}),
                scores.get(key),
            )
            for system in self.systems
            for search in system.searches
            if (key := (system.label, search.repeat)) in found
        ]


class ExporterPlugin(Plugin, ABC):
    """Writes studies in one format. target: what --out names, for the help."""

    target: ClassVar[str]

    @abstractmethod
    def write(self, data: StudyData, out: str, *, overwrite: bool, say: Callable[[str], None]) -> list[str]:
        """Writes the study to `out` and returns what it wrote, one line each.

        Raises UsageError where `out` holds this study already and `overwrite` is not set, or cannot take it.
        """


def read(store: Store, name: str) -> StudyData:
    """A study as the store has it now. Raises UsageError with the closest name where there is none."""
    return StudyData(
        store.study(name),
        store.systems(name),
        store.trials(name),
        store.epochs(name),
        store.scores(name),
        notes(store, name),
    )


def about(data: StudyData) -> dict[str, Any]:
    """What every export says of a study beside its numbers: plain values by name."""
    study = data.study
    return {
        "study": study.name,
        "state": study.state.value,
        "dataset": study.data.name,
        "provenance": study.data.provenance,
        "data source": study.data.source,
        "data hash": study.data.content_hash,
        "study seed": study.spec.seed,
        "created": study.created,
        "command": study.command,
        "commit": study.environment.commit,
    }


def database(out: str, marks: set[str], what: str) -> str:
    """The URL of the database that `out` names: a URL as it is, a path as an SQLite file.

    marks: tables that such a database has. Raises UsageError for a file that is something else, such as
    a store of studies.
    """
    if "://" in out:
        return out
    path = Path(out).expanduser().resolve()
    if path.is_dir():
        raise UsageError(f"--out must be a file or a database URL, and {path} is a folder")
    if path.exists() and path.stat().st_size and not marks <= _tables(path):
        raise UsageError(f"{path} exists and is no {what}; choose another file with --out")
    path.parent.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{path}"


def _tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        try:
            rows = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        except sqlite3.DatabaseError:
            return set()
    return {name for (name,) in rows}
