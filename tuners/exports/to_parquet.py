"""Trials, epochs and scores as Parquet, which keeps the types of the columns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tuners.exports._tables import TablesExporter

if TYPE_CHECKING:
    import pandas as pd


class ToParquet(TablesExporter):
    name = "parquet"
    title = "trials.parquet, epochs.parquet, scores.parquet and notes.parquet in a folder, with the types of their columns"
    requires = ("pyarrow",)
    suffix = "parquet"

    def save(self, frame: pd.DataFrame, path: Path) -> None:
        frame.to_parquet(path, index=False)
