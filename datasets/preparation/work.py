"""What a preparation has done so far, on disk, so that it goes on where it was cut off."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap

from datasets.preparation.extractor import BadFile, Candidate, Extractor, SourceFile
from datasets.preparation.selection import Scanned

KEY_DIGITS = 12


def key_of(extractor: Extractor, files: Sequence[SourceFile], extra: object) -> str:
    """A digest of everything that decides the result: corpus, settings, files with size and date, sizes, seed."""
    digest = hashlib.sha256()
    what = (
        type(extractor).__name__,
        str(extractor.root.resolve()),
        sorted(extractor.settings().items()),
        extra,
    )
    digest.update(json.dumps(what).encode())
    for file in files:
        state = extractor.location(file).stat()
        digest.update(f"{file}{state.st_size}{state.st_mtime_ns}".encode())
    return digest.hexdigest()


@dataclass(frozen=True)
class Work:
    """The folder of a preparation under way: a journal of scanned files and one shard a file."""

    folder: Path

    def open(self) -> None:
        (self.folder / "shards").mkdir(parents=True, exist_ok=True)

    # Scanning -----------------------------------------------------------------------------------------

    def scanned(self, files: Sequence[SourceFile]) -> tuple[list[Scanned], dict[SourceFile, str]]:
        """What the journal holds of these files: usable ones, and the reasons of bad ones."""
        known = {file.path: file for file in files}
        good: dict[str, Scanned] = {}
        bad: dict[SourceFile, str] = {}
        for entry in self._journal():
            file = known.get(entry["path"])
            if file is None:
                continue
            if "bad" in entry:
                bad[file] = entry["bad"]
                good.pop(file.path, None)
            else:
                pairs = entry["candidates"]
                candidates = tuple(Candidate(label, tuple(position)) for label, position in pairs)
                good[file.path] = Scanned(file, candidates)
        return [good[path] for path in sorted(good)], bad

    def note(self, file: SourceFile, result: Sequence[Candidate] | BadFile) -> None:
        """Adds one file to the journal; the last entry of a file counts."""
        entry: dict[str, object] = {"path": file.path}
        if isinstance(result, BadFile):
            entry["bad"] = str(result)
        else:
            entry["candidates"] = [(one.label, one.position) for one in result]
        with (self.folder / "journal.jsonl").open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(entry) + "\n")

    def _journal(self) -> list[dict[str, Any]]:
        path = self.folder / "journal.jsonl"
        if not path.exists():
            return []
        entries = []
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                entries.append(json.loads(line))
            except ValueError:  # the last line of a run that was killed
                continue
        return entries

    # Shards -------------------------------------------------------------------------------------------

    def shard(self, file: SourceFile, chosen: Sequence[Candidate]) -> Path:
        """Where the samples of a file lie once they are extracted."""
        name = hashlib.sha256(f"{file.path}{list(chosen)}".encode()).hexdigest()[:24]
        return self.folder / "shards" / f"{name}.npy"


@dataclass(frozen=True)
class Scan:
    """Goes to worker processes: a file's candidates."""

    extractor: Extractor

    def __call__(self, file: SourceFile) -> list[Candidate]:
        return self.extractor.candidates(file)


@dataclass(frozen=True)
class Task:
    """The samples to extract from one file, and where to."""

    file: SourceFile
    chosen: tuple[Candidate, ...]
    shard: Path


@dataclass(frozen=True)
class Extract:
    """Goes to worker processes: writes a shard, whole or not at all, a batch at a time."""

    extractor: Extractor

    def __call__(self, task: Task) -> int:
        extractor = self.extractor
        temporary = task.shard.with_suffix(f".{os.getpid()}")
        try:
            shape = (len(task.chosen), *extractor.shape)
            array = open_memmap(temporary, mode="w+", dtype=np.dtype(extractor.dtype), shape=shape)
            for start in range(0, len(task.chosen), extractor.batch):
                part = task.chosen[start : start + extractor.batch]
                array[start : start + len(part)] = extractor.extract(task.file, part)
            array.flush()
            del array
            temporary.replace(task.shard)
        finally:
            temporary.unlink(missing_ok=True)
        return len(task.chosen)
