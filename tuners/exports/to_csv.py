"""Trials, epochs and scores as CSV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from tuners.exports._tables import TablesExporter

if TYPE_CHECKING:
    import pandas as pd


class ToCsv(TablesExporter):
    name = "csv"
    title = "trials.csv, epochs.csv, scores.csv and notes.csv in a folder"
    suffix = "csv"

    def save(self, frame: pd.DataFrame, path: Path) -> None:
        """All digits of every number; a list as JSON."""
        if "class_errors" in frame:
            frame = frame.assign(class_errors=frame["class_errors"].map(json.dumps))
        frame.to_csv(path, index=False)
