"""What the exports as plain tables share: the tables, their folder, and the care not to write over others."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from datasets.errors import UsageError
from datasets.types import SPLIT_NAMES
from tuners.exporter import ExporterPlugin, StudyData

if TYPE_CHECKING:
    import pandas as pd

#: What no table says: data, seeds, versions, budget, search spaces.
ABOUT = "study.json"


class TablesExporter(ExporterPlugin):
    """A folder with one file a table and one about the study."""

    suffix: ClassVar[str]
    target = "a folder; made where it is missing"

    @abstractmethod
    def save(self, frame: pd.DataFrame, path: Path) -> None:
        """Writes one table."""

    def write(self, data: StudyData, out: str, *, overwrite: bool, say: Callable[[str], None]) -> list[str]:
        from tuners.trial_table import epoch_table, note_table, score_table, trial_table

        folder = Path(out).expanduser()
        if folder.exists() and not folder.is_dir():
            raise UsageError(
                f"--to {self.name} writes a folder, and {folder} is a file; choose another --out"
            )
        second = () if data.study.spec.second_dev is None else ("second",)
        frames = {
            "trials": trial_table(data.trials),
            "epochs": epoch_table(data.epochs),
            "scores": score_table(data.scores, (*SPLIT_NAMES, *second)),
            "notes": note_table(data.notes),
        }
        paths = {name: folder / f"{name}.{self.suffix}" for name in frames}
        existing = [path for path in (*paths.values(), folder / ABOUT) if path.exists()]
        if existing and not overwrite:
            raise UsageError(
                f"{existing[0]} exists already; choose another --out, or add --overwrite to replace it"
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in frames.items():
            part = paths[name].with_suffix(f".{self.suffix}.part")
            self.save(frame, part)
            part.replace(paths[name])  # never half a table under its name
        about = asdict(data.study) | {"systems": [asdict(system) for system in data.systems]}
        (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
        sizes = [f"{paths[name]}: {len(frame):,} rows" for name, frame in frames.items()]
        return [*sizes, f"{folder / ABOUT}: data, seeds, versions, search spaces"]
