"""All trials of a study as one table to search in, notes and tags included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from datasets.percent import percent
from tuners.notes import Note
from tuners.record import TrialRecord
from tuners.trial_table import trial_table

#: Names a trial within its study: system, repeat (from 0), number.
Key = tuple[str, int, int]

#: The state of a trial that was not trained, because it had been tried before.
REPEATED = "told again"

ALL = "all"

#: Orders of the table, each by a column; the lowest dev error and the longest training come first.
ORDERS: Mapping[str, tuple[list[str], list[bool]]] = {
    "trial": (["place", "search", "trial"], [True, True, True]),
    "dev error": (["dev error", "place", "search", "trial"], [True, True, True, True]),
    "seconds": (["seconds", "place", "search", "trial"], [False, True, True, True]),
    "epochs": (["epochs", "place", "search", "trial"], [False, True, True, True]),
    "state": (["state", "dev error", "place", "search", "trial"], [True, True, True, True, True]),
}


@dataclass(frozen=True)
class Filter:
    """What the table is cut to; ALL cuts nothing. search: counted from 1. find: words that all have to stand in the
    settings, the reason, the tags or the note."""

    system: str = ALL
    search: str = ALL
    state: str = ALL
    tag: str = ALL
    find: str = ""


def rows(
    trials: Sequence[TrialRecord], systems: Sequence[str], selected: Iterable[Key], notes: Iterable[Note]
) -> pd.DataFrame:
    """One row a trial. systems: their order in the study; selected: trials that a search has chosen.

    Errors are in percent as everywhere printed; "place" is that of the system, "find" all that can be searched.
    """
    place = {label: number for number, label in enumerate(systems)}
    chosen = set(selected)
    said = {note.key: note for note in notes}
    table: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for trial in trials:
        key = key_of(trial)
        note = said.get(key)
        settings = settings_text(trial.config)
        tags = list(note.tags) if note else []
        values = (
            place[trial.system],
            trial.system,
            trial.repeat + 1,
            trial.number,
            state_of(trial),
            None if trial.dev_error is None else percent(trial.dev_error),
            trial.epochs,
            trial.seconds,
            "★ selected" if key in chosen else "",
            tags,
            settings,
            trial.reason,
            " ".join((settings, trial.reason, *tags, note.text if note else "")).casefold(),
        )
        for name, value in zip(COLUMNS, values, strict=True):
            table[name].append(value)
    frame = pd.DataFrame(table)
    frame["dev error"] = frame["dev error"].astype("float64")
    return frame


COLUMNS = (
    *("place", "system", "search", "trial", "state", "dev error", "epochs", "seconds", "selected"),
    *("tags", "settings", "reason", "find"),
)


def chosen_rows(frame: pd.DataFrame, wanted: Filter, order: str) -> pd.DataFrame:
    """The rows that pass the filter, in an order of ORDERS."""
    keep = pd.Series(True, index=frame.index)
    for column, value in (("system", wanted.system), ("state", wanted.state)):
        if value != ALL:
            keep &= frame[column] == value
    if wanted.search != ALL:
        keep &= frame["search"] == int(wanted.search)
    if wanted.tag != ALL:
        keep &= frame["tags"].map(lambda tags: wanted.tag in tags).astype(bool)
    for word in wanted.find.casefold().split():
        keep &= frame["find"].str.contains(word, regex=False)
    columns, ascending = ORDERS[order]
    return frame[keep].sort_values(columns, ascending=ascending, na_position="last", kind="stable")


def with_notes(trials: Sequence[TrialRecord], notes: Iterable[Note]) -> pd.DataFrame:
    """The trials as exports have them, and what was said of each: all digits, errors as fractions."""
    said = {note.key: note for note in notes}
    found = [said.get(key_of(trial)) for trial in trials]
    frame = trial_table(trials)
    frame["tags"] = [", ".join(note.tags) if note else "" for note in found]
    frame["note"] = [note.text if note else "" for note in found]
    return frame


def key_of(trial: TrialRecord) -> Key:
    return trial.system, trial.repeat, trial.number


def state_of(trial: TrialRecord) -> str:
    return trial.state.value if trial.repeat_of is None else REPEATED


def settings_text(config: Mapping[str, Any]) -> str:
    """A configuration in one line: `layers=2 learning_rate=0.00316`."""
    return " ".join(f"{name}={value_text(value)}" for name, value in config.items())


def value_text(value: Any) -> str:
    """A setting as people read it; numbers in four digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
