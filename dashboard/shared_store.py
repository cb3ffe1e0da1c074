"""A store whose trials are read once for all viewers: what has ended never changes, so only the rest is read again.

A study of ten thousand trials takes a third of a second to read, and a page with six sections asks for them six
times. Records are frozen, so all viewers may hold the same ones; a cache that copies would cost more than it saves.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import TypeVar

from sqlalchemy import select

from tuners import schema
from tuners.record import EpochRecord, StudyState, TrialRecord, TrialState
from tuners.store import Store

#: Seconds for which nothing is looked at again. The live page refreshes every second; what it shows was worked out of what
#: was read, each up to so old, so that a longer time would soon make the page a second late by itself.
FRESH = 0.3

#: Trials and epochs that are kept in memory, some 100 MB; studies that were not looked at longest go first.
MOST_KEPT = 300_000

#: What names a search: system and repeat.
Search = tuple[str, int]

R = TypeVar("R", TrialRecord, EpochRecord)


@dataclass
class _Read:
    """What was read of one search. open_from: the number of the first trial that had not ended, or that may still
    come; everything of those before it is final. curves_from: the same of the epochs."""

    trials: list[TrialRecord] = field(default_factory=list)
    epochs: list[EpochRecord] = field(default_factory=list)
    open_from: int = 0
    curves_from: int = 0
    counts: tuple[int, int] = (0, 0)


@dataclass
class _Study:
    """What was read of one study. final: it was finished before it was read last."""

    created: str
    searches: dict[Search, _Read] = field(default_factory=dict)
    trials: list[TrialRecord] = field(default_factory=list)
    epochs: list[EpochRecord] = field(default_factory=list)
    final: bool = False
    trials_looked: float = -FRESH
    epochs_looked: float = -FRESH


class SharedStore(Store):
    """A store to read from, for many threads. Trials and epochs are at most FRESH seconds old.

    It relies on what the loop writes: the trials of a search are numbered upwards, the epochs of a trial are
    there before its end, and a trial that has ended stays as it is.
    """

    def __init__(self, address: str | None = None) -> None:
        super().__init__(address, readonly=True)
        self._lock = RLock()
        self._studies: OrderedDict[str, _Study] = OrderedDict()

    def trials(
        self, study: str, system: str | None = None, *, repeat: int | None = None, first: int = 0
    ) -> list[TrialRecord]:
        with self._lock:
            found = list(self._with_trials(study).trials)
        return _chosen(found, system, repeat, first, lambda trial: trial.number)

    def epochs(
        self, study: str, system: str | None = None, *, repeat: int | None = None, first: int = 0
    ) -> list[EpochRecord]:
        with self._lock:
            found = list(self._with_epochs(study).epochs)
        return _chosen(found, system, repeat, first, lambda epoch: epoch.trial)

    def look_again(self, study: str) -> None:
        """Whatever is read of it from now on is no older than this call."""
        with self._lock:
            if study in self._studies:
                self._studies[study].trials_looked = -FRESH

    def kept(self) -> int:
        """Trials and epochs in memory."""
        return sum(len(known.trials) + len(known.epochs) for known in self._studies.values())

    def _with_trials(self, study: str) -> _Study:
        known = self._known(study)
        now = time.monotonic()
        if now - known.trials_looked < FRESH:
            return known
        state, created = self._state(study)
        if created != known.created:  # another study by the same name, in a store that was made anew
            self._studies.pop(study, None)
            known = self._known(study)
        if known.final and state == StudyState.FINISHED:
            known.trials_looked = now
            return known
        changed = False
        for search, counts in self.search_counts(study).items():
            read = known.searches.setdefault(search, _Read())
            if read.counts != counts or counts[1]:
                self._read_trials(study, search, read)
                changed = True
        if changed:
            known.trials = [
                trial for search in sorted(known.searches) for trial in known.searches[search].trials
            ]
        known.final = state == StudyState.FINISHED and not any(r.counts[1] for r in known.searches.values())
        known.trials_looked = now
        self._make_room(study)
        return known

    def _with_epochs(self, study: str) -> _Study:
        known = self._with_trials(study)
        if known.epochs_looked >= known.trials_looked:
            return known
        changed = False
        for (system, repeat), read in known.searches.items():
            if read.curves_from < read.open_from or read.counts[1]:
                new = super().epochs(study, system, repeat=repeat, first=read.curves_from)
                read.epochs = [e for e in read.epochs if e.trial < read.curves_from] + new
                read.curves_from = read.open_from
                changed = True
        if changed:
            known.epochs = [
                epoch for search in sorted(known.searches) for epoch in known.searches[search].epochs
            ]
        known.epochs_looked = known.trials_looked
        self._make_room(study)
        return known

    def _read_trials(self, study: str, search: Search, read: _Read) -> None:
        """Reads the open end of a search."""
        system, repeat = search
        ended = [trial for trial in read.trials if trial.number < read.open_from]
        new = super().trials(study, system, repeat=repeat, first=read.open_from)
        read.trials = ended + new
        running = [trial.number for trial in new if trial.state == TrialState.RUNNING]
        read.open_from = min(running, default=read.trials[-1].number + 1 if read.trials else 0)
        read.counts = len(read.trials), len(running)

    def _known(self, study: str) -> _Study:
        if study not in self._studies:
            created = self._state(study)[1]
            if not created:  # there is no such study: nothing to keep
                return _Study("")
            self._studies[study] = _Study(created)
        self._studies.move_to_end(study)
        return self._studies[study]

    def _state(self, study: str) -> tuple[str, str]:
        """Whether it is finished, and when it was begun; of no study nothing."""
        table = schema.studies
        rows = self._rows(select(table.c.state, table.c.created).where(table.c.name == study))
        return (rows[0]["state"], rows[0]["created"]) if rows else ("", "")

    def _make_room(self, study: str) -> None:
        while self.kept() > MOST_KEPT and next(iter(self._studies)) != study:
            self._studies.popitem(last=False)


def _chosen(
    records: list[R], system: str | None, repeat: int | None, first: int, number: Callable[[R], int]
) -> list[R]:
    if system is not None:
        records = [record for record in records if record.system == system]
    if repeat is not None:
        records = [record for record in records if record.repeat == repeat]
    return [record for record in records if number(record) >= first] if first else records
