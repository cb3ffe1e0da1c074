"""Trials, epochs and scores of a study as tables with types, for exports, reports and pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

import pandas as pd

from tuners.record import EpochRecord, ScoreRecord, TrialRecord

#: Stands before the name of a parameter in a column, as in Optuna's own tables: a parameter may be called "epochs".
PREFIX = "params_"

#: Fields of a trial that become columns by their own name.
TRIAL_FIELDS = tuple(field.name for field in fields(TrialRecord) if field.name not in ("config", "study"))


def trial_table(trials: Sequence[TrialRecord]) -> pd.DataFrame:
    """One row a trial: the fields of its record, then one column a parameter, empty where it is not active.

    Whole numbers, real numbers, truth values and text keep their types; a parameter whose values are of
    several types (of different systems) is text. Errors are fractions, times seconds.
    """
    columns: dict[str, Any] = {
        name: typed([_plain(getattr(trial, name)) for trial in trials])
        for name in TRIAL_FIELDS
        if name != "class_errors"
    }
    columns["class_errors"] = pd.Series([list(trial.class_errors) for trial in trials], dtype=object)
    frame = pd.DataFrame({name: columns[name] for name in TRIAL_FIELDS})
    return pd.concat([frame, parameter_columns([trial.config for trial in trials])], axis=1)


def epoch_table(epochs: Sequence[EpochRecord]) -> pd.DataFrame:
    """One row an epoch of a trial."""
    names = [field.name for field in fields(EpochRecord)]
    return pd.DataFrame({name: typed([getattr(epoch, name) for epoch in epochs]) for name in names})


def score_table(scores: Sequence[ScoreRecord], splits: Iterable[str]) -> pd.DataFrame:
    """One row a final training: what was trained, its error on each split, its size and its seed."""
    plain = ("system", "repeat", "seed", "trial", "architecture", "parameters", "epochs", "best_epoch")
    more = ("seconds", "degenerate", "reason")
    columns = {name: typed([getattr(score, name) for score in scores]) for name in (*plain, *more)}
    columns |= {f"{split}_error": typed([score.errors.get(split) for score in scores]) for split in splits}
    return pd.concat([pd.DataFrame(columns), parameter_columns([score.config for score in scores])], axis=1)


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


def _plain(value: Any) -> Any:
    """A state as text."""
    return value.value if hasattr(value, "value") else value
