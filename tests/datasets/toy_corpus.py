"""A corpus of small files for tests of the preparation; worker processes import it too.

A file `SPLIT/PATIENT/NAME.txt` (SPLIT may be "open") holds one line a sample: label and value.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from datasets.preparation import BadFile, Candidate, Extractor, SourceFile


def write_corpus(root: Path, patients: Mapping[str, Sequence[str]], samples: int = 4, files: int = 2) -> None:
    """`files` files a patient with `samples` samples a class each; every value is unique."""
    value = 0
    for split, names in patients.items():
        for name in names:
            for number in range(files):
                path = root / split / name / f"{number}.txt"
                path.parent.mkdir(parents=True, exist_ok=True)
                lines = [f"{place % 2} {value + place}" for place in range(2 * samples)]
                value += len(lines)
                path.write_text("\n".join(lines) + "\n")


@dataclass(frozen=True)
class ToyExtractor(Extractor):
    """width: numbers a sample; log: a file that gets a line for every file that is extracted."""

    root: Path
    width: int = 3
    log: str = ""
    pause: float = 0.0

    kind: ClassVar[str] = "toy"
    class_names: ClassVar[tuple[str, ...]] = ("a", "b")
    batch: ClassVar[int] = 3

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.width,)

    @property
    def dtype(self) -> str:
        return "float32"

    def files(self) -> list[SourceFile]:
        paths = sorted(path.relative_to(self.root) for path in self.root.rglob("*.txt"))
        splits = {"train": "train", "dev": "dev", "eval": "eval"}
        return [SourceFile(path.as_posix(), path.parts[1], splits.get(path.parts[0])) for path in paths]

    def candidates(self, file: SourceFile) -> list[Candidate]:
        text = (self.root / file.path).read_text()
        if "bad" in text:
            raise BadFile("the file says that it is bad")
        labels = [int(line.split()[0]) for line in text.splitlines() if line[0].isdigit()]
        return [Candidate(label, (float(place),)) for place, label in enumerate(labels)]

    def extract(self, file: SourceFile, chosen: Sequence[Candidate]) -> np.ndarray:
        if self.log and chosen[0].position == self.candidates(file)[0].position:
            with Path(self.log).open("a") as log:
                log.write(file.path + "\n")
        time.sleep(self.pause)
        lines = (self.root / file.path).read_text().splitlines()
        if "broken body" in lines:
            raise BadFile("the body is cut off")
        if "crash" in lines:
            os._exit(11)
        values = [float(lines[int(one.position[0])].split()[1]) for one in chosen]
        return np.repeat(np.array(values, dtype=np.float32)[:, None], self.width, axis=1)

    def preview(self, file: SourceFile, chosen: Sequence[Candidate]) -> Mapping[str, Any]:
        return {"values": self.extract(file, chosen)}

    def settings(self) -> Mapping[str, int]:
        return {"width": self.width}

    def provenance(self) -> tuple[str, str]:
        return "stand-in", "a toy corpus"
