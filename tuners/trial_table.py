"""Trials, epochs and scores of a study as tables with types, for exports, reports and pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import pandas as pd

from tuners.notes import Note
from tuners.record import EpochRecord, ScoreRecord, TrialRecord

#: Stands before the name of a parameter in a column, as in Optuna's own tables: a parameter may be called "epochs".
PREFIX = "params_"

#: The type of a column by the first word of the field's annotation: the same with and without values.
DTYPES = {"int": "Int64", "float": "float64", "str": "string", "bool": "boolean", "TrialState": "string"}

#: Fields of a final training that have a column of their own.
SCORE_FIELDS = (
    *("system", "repeat", "seed", "trial", "architecture", "parameters", "epochs", "best_epoch"),
    *("seconds", "degenerate", "reason"),
)


def trial_table(trials: Sequence[TrialRecord]) -> pd.DataFrame:
    """One row a trial: the fields of its record, then one column a parameter, empty where it is not active.

    Whole numbers, real numbers, truth values and text keep their types; a parameter whose values are of
    several types (of different systems) is text. Errors are fractions, times seconds.
    """
    names = [field.name for field in fields(TrialRecord) if field.name not in ("study", "config")]
    frame = _records(TrialRecord, trials, [name for name in names if name != "class_errors"])
    frame["class_errors"] = pd.Series([list(trial.class_errors) for trial in trials], dtype=object)
    return pd.concat([frame[names], parameter_columns([trial.config for trial in trials])], axis=1)


def epoch_table(epochs: Sequence[EpochRecord]) -> pd.DataFrame:
    """One row an epoch of a trial."""
    return _records(EpochRecord, epochs, [field.name for field in fields(EpochRecord)])


def score_table(scores: Sequence[ScoreRecord], splits: Iterable[str]) -> pd.DataFrame:
    """One row a final training: what was trained, its error on each split, its size and its seed."""
    frame = _records(ScoreRecord, scores, SCORE_FIELDS)
    for split in splits:
        frame[f"{split}_error"] = pd.Series([score.errors.get(split) for score in scores], dtype="float64")
    return pd.concat([frame, parameter_columns([score.config for score in scores])], axis=1)


def note_table(notes: Sequence[Note]) -> pd.DataFrame:
    """One row a note that somebody wrote on a trial; tags as one text."""
    rows = [(*note.key, note.text, ", ".join(note.tags), note.changed) for note in notes]
    frame = pd.DataFrame(rows, columns=["system", "repeat", "number", "note", "tags", "changed"])
    whole = {"repeat": "Int64", "number": "Int64"}
    return frame.astype(dict.fromkeys(frame.columns, "string") | whole)


def parameter_columns(configs: Sequence[Any]) -> pd.DataFrame:
    """One column a parameter, in the order in which they first occur."""
    names = dict.fromkeys(name for config in configs for name in config)
    columns = {PREFIX + name: typed([config.get(name) for config in configs]) for name in names}
    return pd.DataFrame(columns, index=range(len(configs)))


def typed(values: Sequence[Any]) -> pd.Series:
    """A column in the type of its values, of which some may be None; of mixed types as text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pd.Series(values, dtype="boolean")
    if kinds == {int}:
        return pd.Series(values, dtype="Int64")
    if kinds and kinds <= {int, float}:
        return pd.Series(values, dtype="float64")
    texts = [None if value is None else str(value) for value in values]
    return pd.Series(texts, dtype="string")


def _records(kind: Any, records: Sequence[Any], names: Iterable[str]) -> pd.DataFrame:
    """Fields of records as columns of the types that their class declares."""
    types = {field.name: DTYPES[str(field.type).split()[0]] for field in fields(kind) if field.name in names}
    return pd.DataFrame(
        {name: pd.Series([getattr(record, name) for record in records], dtype=types[name]) for name in names}
    )
