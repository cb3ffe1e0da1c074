"""What the study's 2-D sets share: real files where a data root has them, else drawn anew."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from datasets.csv_folder import read_split
from datasets.source import Source
from datasets.types import Dataset, Provenance, Samples, Split, SplitName, content_hash
from imld_synth import Drawing, Preset


class DrawnSet(Source):
    """A set with a preset in `imld_synth`. A subclass sets `preset`, and `name` etc. follow from it."""

    kind = "points2d"
    preset: ClassVar[Preset]

    def __init_subclass__(cls) -> None:
        cls.name, cls.title, cls.class_names = cls.preset.name, cls.preset.title, cls.preset.class_names

    def load(self, data_root: Path | None, seed: int, workers: int = 1) -> Dataset:
        folder_name = f"set_{self.name}"
        if data_root is not None and (data_root / folder_name).exists():
            return self._real(data_root / folder_name)
        missing = "" if data_root is None else f"; the data root {data_root} has no folder {folder_name}"
        return self._generated(seed, missing)

    def _real(self, folder: Path) -> Dataset:
        way_out = (
            "a real set is read only if it is complete. Add the file, or use the generated set with"
            f" a data root that has no folder {folder.name}"
        )
        split, _ = read_split(folder, self.class_names, way_out)
        provenance = Provenance("real", f"read from the files in {folder}", content_hash(split))
        return Dataset(self.name, split, self.class_names, self.kind, provenance)

    def _generated(self, seed: int, missing: str) -> Dataset:
        parts = {name: Samples(*points) for name, points in self.preset.generate(seed).items()}
        split = Split(parts["train"], parts["dev"], parts["eval"])
        source = f"drawn from the exact densities of imld_synth set {self.name}, seed {seed}{missing}"
        densities: dict[SplitName, Drawing] = {
            "train": self.preset.train,
            "dev": self.preset.dev,
            "eval": self.preset.eval,
        }
        provenance = Provenance("generated", source, content_hash(split), seed=seed)
        return Dataset(self.name, split, self.class_names, self.kind, provenance, densities)
