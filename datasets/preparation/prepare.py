"""Prepares a corpus: scan every file, choose, extract, write. Goes on where it was cut off."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from datasets import cache
from datasets.errors import DataError, UsageError
from datasets.preparation.extractor import BadFile, Extractor, SourceFile
from datasets.preparation.pool import run_each
from datasets.preparation.progress import Progress, quiet
from datasets.preparation.selection import Chosen, Scanned, Sizes, choose
from datasets.preparation.work import KEY_DIGITS, Extract, Scan, Task, Work, key_of
from datasets.preparation.write import samples_by_file, write_folder
from datasets.types import Dataset, SplitName

#: The study's numbers of samples (sets #11 and #12).
STUDY_SIZES: Sizes = {"train": 10_000, "dev": 2_500, "eval": 2_500}

#: The share of files that may be unusable before the corpus itself is doubted.
MOST_BAD = 0.1


@dataclass(frozen=True)
class Request:
    """What to prepare. sizes: samples of every split, all classes together; most_bad: see MOST_BAD."""

    name: str
    sizes: Sizes
    seed: int = 0
    most_bad: float = MOST_BAD


def prepare(
    extractor: Extractor, request: Request, out: Path, workers: int = 1, progress: Progress = quiet
) -> Dataset:
    """The data set that `request` describes, in its own folder below `out`, mapped into memory.

    A finished one is used again; an unfinished one goes on, file by file. Memory does not grow with the
    corpus: workers hold one file each, and the writer one batch of samples.
    Raises DataError where the corpus is none, has too many bad files, shares a patient between splits or
    lacks a class; UsageError where `out` cannot be written.
    """
    files = extractor.files()
    key = key_of(extractor, files, (request.name, sorted(request.sizes.items()), request.seed))
    pointer = out / f"{key[:KEY_DIGITS]}.prepared"
    finished = cache.pointed_at(pointer)
    if finished is not None:
        return finished
    try:
        work = Work(out / f".preparing-{key[:KEY_DIGITS]}")
        work.open()
        chosen, bad = _extracted(extractor, request, files, work, workers, progress)
        folder = write_folder(
            extractor, request.name, request.seed, chosen, bad, len(files), work, out, progress
        )
        pointer.write_text(folder.name + "\n", encoding="utf-8")
        shutil.rmtree(work.folder, ignore_errors=True)
    except OSError as error:
        raise UsageError(
            f"the prepared data cannot be written to {out}: {error.strerror or error}. Make room there or choose"
            " another folder with --out; what is done so far is kept"
        ) from None
    return cache.read_dataset(folder)


def _extracted(
    extractor: Extractor,
    request: Request,
    files: Sequence[SourceFile],
    work: Work,
    workers: int,
    progress: Progress,
) -> tuple[dict[SplitName, list[Chosen]], dict[SourceFile, str]]:
    """Choices whose shards are all written, and the bad files with their reasons.

    A file that turns out bad while it is extracted is dropped and the choice is made again.
    """
    scanned, bad = _scan(extractor, request, files, work, workers, progress)
    while True:
        chosen = choose(scanned, request.sizes, extractor.class_names, request.seed)
        tasks = [
            Task(file, tuple(one.candidate for one in own), work.shard(file, [one.candidate for one in own]))
            for file, own in samples_by_file(chosen).items()
        ]
        todo = [task for task in tasks if not task.shard.exists()]
        done = len(tasks) - len(todo)
        complete = True
        for task, result in run_each(Extract(extractor), todo, workers):
            done += 1
            progress("extracting samples", done, len(tasks))
            if isinstance(result, BadFile):
                complete = False
                work.note(task.file, result)
        if complete:
            return chosen, bad
        scanned, bad = work.scanned(files)
        _check_share(bad, len(files), request.most_bad)


def _scan(
    extractor: Extractor,
    request: Request,
    files: Sequence[SourceFile],
    work: Work,
    workers: int,
    progress: Progress,
) -> tuple[list[Scanned], dict[SourceFile, str]]:
    scanned, bad = work.scanned(files)
    known = {scan.file for scan in scanned} | set(bad)
    done = len(known)
    for file, result in run_each(Scan(extractor), [file for file in files if file not in known], workers):
        done += 1
        work.note(file, result)
        progress("scanning files", done, len(files))
    scanned, bad = work.scanned(files)
    _check_share(bad, len(files), request.most_bad)
    return scanned, bad


def _check_share(bad: dict[SourceFile, str], count: int, most: float) -> None:
    if len(bad) > most * count:
        file, reason = min(bad.items())
        raise DataError(
            f"{len(bad)} of {count} files cannot be used, more than the {100 * most:g} % that are allowed; the"
            f" first: {file.path}: {reason}. Mend the corpus, or allow more with --most-bad."
        )
