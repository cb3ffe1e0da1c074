"""The prepared folder: arrays, an index of where every sample came from, what was skipped, previews."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import write_array_header_1_0

from datasets import cache
from datasets.preparation.extractor import BadFile, Candidate, Extractor, SourceFile
from datasets.preparation.progress import Progress
from datasets.preparation.selection import Chosen
from datasets.preparation.work import Work
from datasets.types import HASH_ROWS, SPLIT_NAMES, Provenance, SplitName

INDEX = "index.csv"
SKIPPED = "skipped.csv"
PREVIEWS = "previews"

#: Files of a split of which a preview is kept.
MOST_PREVIEWS = 4

INDEX_COLUMNS = ("split", "row", "patient", "label", "file", "position")


def write_folder(
    extractor: Extractor,
    name: str,
    seed: int,
    chosen: Mapping[SplitName, Sequence[Chosen]],
    bad: Mapping[SourceFile, str],
    files: int,
    work: Work,
    out: Path,
    progress: Progress,
) -> Path:
    """Puts shards together below `out` and returns the set's own folder, named by its content."""
    patients = sorted({one.file.patient for part in chosen.values() for one in part})
    temporary = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
    try:
        content_hash = _write_arrays(extractor, chosen, patients, work, temporary, progress)
        _write_index(chosen, temporary / INDEX)
        _write_skipped(bad, temporary / SKIPPED)
        previews = _write_previews(extractor, chosen, temporary / PREVIEWS, progress)
        kind, source = extractor.provenance()
        meta = {
            "name": name,
            "kind": extractor.kind,
            "view": extractor.view,
            "class_names": extractor.class_names,
            "patients": patients,
            "sizes": {split: len(part) for split, part in chosen.items()},
            "provenance": asdict(Provenance(kind, source, content_hash, seed)),
            "settings": dict(extractor.settings()),
            "corpus": {"files": files, "skipped": dict(Counter(bad.values()).most_common())},
            "previews": previews,
        }
        (temporary / cache.META).write_text(json.dumps(meta, indent=1) + "\n", encoding="utf-8")
        target = out / content_hash[: cache.HASH_DIGITS]
        if target.exists():  # left by another preparation with the same samples
            shutil.rmtree(target)
        cache.publish(temporary, target)
        return target
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def samples_by_file(chosen: Mapping[SplitName, Iterable[Chosen]]) -> dict[SourceFile, list[Chosen]]:
    """The chosen samples of every file, in their order."""
    files: dict[SourceFile, list[Chosen]] = defaultdict(list)
    for part in chosen.values():
        for one in part:
            files[one.file].append(one)
    return files


def _write_arrays(
    extractor: Extractor,
    chosen: Mapping[SplitName, Sequence[Chosen]],
    patients: Sequence[str],
    work: Work,
    folder: Path,
    progress: Progress,
) -> str:
    """Writes x, y and patients of every split; returns the hash over stored x and y, as `content_hash` has it."""
    digest = hashlib.sha256()
    number = {patient: place for place, patient in enumerate(patients)}
    done, total = 0, sum(map(len, chosen.values()))
    for split in SPLIT_NAMES:
        part = chosen[split]
        shape = (len(part), *extractor.shape)
        dtype = np.dtype(extractor.dtype)
        digest.update(f"{split}{shape}{dtype.str}".encode())
        # Written, not mapped: pages of a mapped file would count as memory of this process.
        with (folder / f"{split}_x.npy").open("wb") as x:
            header = {"descr": dtype.str, "fortran_order": False, "shape": shape}
            write_array_header_1_0(x, header)
            for file, own in samples_by_file({split: part}).items():
                shard = np.load(work.shard(file, [one.candidate for one in own]), mmap_mode="r")
                for row in range(0, len(shard), HASH_ROWS):
                    piece = np.ascontiguousarray(shard[row : row + HASH_ROWS]).data
                    x.write(piece)
                    digest.update(piece)
                done += len(shard)
                progress("writing samples", done, total)
        y = np.array([one.candidate.label for one in part], dtype=np.int64)
        digest.update(f"{split}{y.shape}{y.dtype.str}".encode())
        digest.update(y.data)
        np.save(folder / f"{split}_y.npy", y, allow_pickle=False)
        owners = np.array([number[one.file.patient] for one in part], dtype=np.int64)
        np.save(folder / f"{split}_patients.npy", owners, allow_pickle=False)
    return digest.hexdigest()


def _write_index(chosen: Mapping[SplitName, Sequence[Chosen]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(INDEX_COLUMNS)
        for split, part in chosen.items():
            for row, one in enumerate(part):
                where = " ".join(f"{value:.12g}" for value in one.candidate.position)
                rows.writerow([split, row, one.file.patient, one.candidate.label, one.file.path, where])


def _write_skipped(bad: Mapping[SourceFile, str], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("file", "patient", "reason"))
        rows.writerows((one.path, one.patient, reason) for one, reason in sorted(bad.items()))


def _write_previews(
    extractor: Extractor,
    chosen: Mapping[SplitName, Sequence[Chosen]],
    folder: Path,
    progress: Progress,
) -> list[dict[str, Any]]:
    """Keeps what a page shows of a few files a split: one a patient, those with most classes first."""
    folder.mkdir()
    kept: list[dict[str, Any]] = []
    for split, part in chosen.items():
        rows = {(one.file, one.candidate): row for row, one in enumerate(part)}
        files = samples_by_file({split: part})
        picked: list[str] = []
        for file in sorted(
            files, key=lambda file: (-len({one.candidate.label for one in files[file]}), file)
        ):
            if len(picked) == MOST_PREVIEWS or file.patient in picked:
                continue
            own = _in_turn([one.candidate for one in files[file]])
            try:
                arrays = dict(extractor.preview(file, own))
            except BadFile:  # samples were cut from it, so this is no reason to give up
                continue
            picked.append(file.patient)
            path = folder / f"{split}-{len(picked)}.npz"
            places: dict[str, Any] = {"rows": np.array([rows[file, one] for one in own])}
            np.savez_compressed(path, **(arrays | places))
            kept.append({"split": split, "file": file.path, "patient": file.patient, "arrays": path.name})
            progress("keeping previews", len(kept), len(SPLIT_NAMES) * MOST_PREVIEWS)
    return kept


def _in_turn(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The classes in turn, so that a page which shows the first few shows each class."""
    seen: Counter[int] = Counter()
    order = []
    for place, one in enumerate(candidates):
        order.append((seen[one.label], one.label, place))
        seen[one.label] += 1
    return [candidates[place] for _, _, place in sorted(order)]
